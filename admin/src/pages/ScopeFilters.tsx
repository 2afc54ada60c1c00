import { Choice } from '../components/Choice';
import type { Address } from '../hooks/use-address';
import { type Folder, useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { useTypes } from '../hooks/use-types';

const ALL = 'all';

interface Option {
  value: string;
  label: string;
}

/** By its way from the top: two folders may have one name. */
const optionsOf = (folders: readonly Folder[], before = ''): Option[] =>
  folders.flatMap(({ id, name, children }) => {
    const label = `${before}${name}`;
    return [{ value: String(id), label }, ...optionsOf(children, `${label} / `)];
  });

/** What somebody has typed into the address, or has deleted since, can be seen and chosen away. */
const withChosen = (options: Option[], chosen: string | undefined): Option[] =>
  chosen === undefined || options.some(({ value }) => value === chosen)
    ? options
    : [...options, { value: chosen, label: chosen }];

/** The folder in which a picture lies, and the type whose entries use it; nothing where there are none. */
export function ScopeFilters({ address }: { address: Address }) {
  const text = useText();
  const api = useApi();
  const types = useTypes();
  const { data: folders = [] } = useRemote('folders', (signal) => api.folders(signal));
  const filter = (key: string) => (value: string) =>
    address.set({ [key]: value === ALL ? undefined : value, page: undefined });
  const [folder, usedIn] = [address.get('folder'), address.get('usedIn')];
  const inFolders = withChosen(optionsOf(folders), folder);
  const byTypes = withChosen(
    types.map(({ uid, name }) => ({ value: uid, label: name })),
    usedIn,
  );
  return (
    <>
      {inFolders.length > 0 && (
        <Choice
          label={text('duplicates.folder')}
          value={folder ?? ALL}
          onChange={filter('folder')}
          options={[{ value: ALL, label: text('duplicates.folder.all') }, ...inFolders]}
        />
      )}
      {byTypes.length > 0 && (
        <Choice
          label={text('duplicates.usedIn')}
          value={usedIn ?? ALL}
          onChange={filter('usedIn')}
          options={[{ value: ALL, label: text('duplicates.usedIn.all') }, ...byTypes]}
        />
      )}
    </>
  );
}
