import { useQueryParams } from '@strapi/strapi/admin';
import { useRef, useState } from 'react';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import { COLOUR_NAMES, type ColourName } from '../../../plugin/contracts/colours';
import { MAX_EXAMPLES } from '../../../plugin/contracts/examples';
import { useAddress } from '../hooks/use-address';
import { type LibraryFile, useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';

/** A picture that was dropped or pasted. */
interface SentPicture {
  file: File;
  name: string;
  url: string;
}

/** All files of the library, in place of the entries of a type. */
export const FILES = 'file';

const isFilter = (key: string) => key.startsWith('filters[');

const NONE: AdminPicture[] = [];
const COLOURS = Object.keys(COLOUR_NAMES) as ColourName[];

/** What Explore asks: all of it is in the page's address, but for a picture that only this browser has. */
export function useQuestion() {
  const api = useApi();
  const address = useAddress('explore');
  const [sent, setSent] = useState<SentPicture>();
  // What was seen a moment ago needs no request.
  const seen = useRef(new Map<number, LibraryFile>());
  const id = Number(address.get('picture')) || undefined;
  const linked = useRemote(
    id?.toString(),
    async (signal) => seen.current.get(id as number) ?? (await api.file(id as number, signal)),
  );
  const { data: server } = useRemote('words', (signal) => api.progress(signal));
  const file = linked.data?.id === id ? linked.data : undefined;
  const words = address.get('q') ?? '';
  const type = address.get('type') ?? FILES;
  const [{ query }] = useQueryParams<{ filters?: object }>();
  const others = id === undefined ? [] : idsOf(address.get('with')).filter((other) => other !== id);
  const examples = useRemote(others.length > 0 ? others.join() : undefined, (signal) =>
    api.mapPictures(others, signal),
  );

  return {
    /** Of the picture of the library. */
    id,
    /** Absent where there is one of the library: the browser's Back leads to that one. */
    sent: id === undefined ? sent : undefined,
    picture: id === undefined ? sent : file,
    /** What is found shall be like these, too; those that are gone are missing. */
    examples: others.length > 0 ? (examples.data ?? NONE) : NONE,
    problem: linked.error ?? examples.error,
    type: address.get('type') ?? FILES,
    locale: address.get('locale'),
    /** Of entries: as the content manager's filters are in the address. */
    filters: type === FILES ? undefined : query?.filters,
    /** Of files: where they lie. */
    folder: address.get('folder'),
    least: shareOf(address.get('least')),
    colour: COLOURS.find((name) => name === address.get('color')),
    /** Undefined while nobody knows whether the model knows words. */
    words: server && (server.words ? words : ''),
    /** There may be words. */
    offersWords: server?.words ?? false,
    /** Something is asked that cannot be asked yet. */
    waits: (server === undefined && words !== '') || (others.length > 0 && !examples.data && !examples.error),
    askLibrary(next: LibraryFile) {
      seen.current.set(next.id, next);
      setSent(undefined);
      address.set({ picture: String(next.id), with: undefined });
    },
    askSent(next: File) {
      setSent({ file: next, name: next.name, url: URL.createObjectURL(next) });
      if (id !== undefined) address.set({ picture: undefined, with: undefined });
    },
    withoutExamples: () => address.set({ with: undefined }),
    withoutPicture() {
      setSent(undefined);
      if (id !== undefined) address.set({ picture: undefined, with: undefined });
    },
    setWords: (next: string) => address.set({ q: next || undefined }),
    /** Fields of one type are not those of another. */
    setType: (next: string) =>
      address.set({ type: next === FILES ? undefined : next, locale: undefined, folder: undefined }, false, isFilter),
    setFolder: (folder: string | undefined) => address.set({ folder }),
    setLocale: (next: string) => address.set({ locale: next }),
    setColour: (next: ColourName | undefined) => address.set({ color: next }),
    setLeast: (next: number) => address.set({ least: next > 0 ? String(next) : undefined }, true),
  };
}

/** No more than can be asked about together. */
const idsOf = (list = ''): number[] =>
  [...new Set(list.split(',').map(Number))]
    .filter((id) => Number.isSafeInteger(id) && id > 0)
    .slice(0, MAX_EXAMPLES - 1);

/** What somebody has typed into the address is not sent where the server would refuse it. */
function shareOf(value: string | undefined): number {
  const share = Number(value ?? 0);
  return share >= 0 && share <= 1 ? share : 0;
}
