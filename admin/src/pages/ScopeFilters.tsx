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

interface FolderChoiceProps {
  folder: string | undefined;
  onChange(folder: string | undefined): void;
}

/** A folder of the media library; nothing where there are none. */
export function FolderChoice({ folder, onChange }: FolderChoiceProps) {
  const text = useText();
  const api = useApi();
  const { data: folders = [] } = useRemote('folders', (signal) => api.folders(signal));
  const options = withChosen(optionsOf(folders), folder);
  if (options.length === 0) return null;
  return (
    <Choice
      label={text('duplicates.folder')}
      value={folder ?? ALL}
      onChange={(value) => onChange(value === ALL ? undefined : value)}
      options={[{ value: ALL, label: text('duplicates.folder.all') }, ...options]}
    />
  );
}

/** The folder in which a picture lies, and the type whose entries use it; nothing where there are none. */
export function ScopeFilters({ address }: { address: Address }) {
  const text = useText();
  const types = useTypes();
  const usedIn = address.get('usedIn');
  const byTypes = withChosen(
    types.map(({ uid, name }) => ({ value: uid, label: name })),
    usedIn,
  );
  return (
    <>
      <FolderChoice folder={address.get('folder')} onChange={(folder) => address.set({ folder, page: undefined })} />
      {byTypes.length > 0 && (
        <Choice
          label={text('duplicates.usedIn')}
          value={usedIn ?? ALL}
          onChange={(value) => address.set({ usedIn: value === ALL ? undefined : value, page: undefined })}
          options={[{ value: ALL, label: text('duplicates.usedIn.all') }, ...byTypes]}
        />
      )}
    </>
  );
}
