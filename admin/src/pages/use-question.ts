import { useQueryParams } from '@strapi/strapi/admin';
import { useEffect, useRef, useState } from 'react';
import type { AdminItem, AdminPicture } from '../../../plugin/contracts/admin';
import { COLOUR_NAMES, type ColourName } from '../../../plugin/contracts/colours';
import { MAX_EXAMPLES } from '../../../plugin/contracts/examples';
import { useAddress } from '../hooks/use-address';
import { type LibraryFile, useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useTypes } from '../hooks/use-types';
import { useEntryTitle } from './use-entry-title';
import { WORD_WEIGHTS, type WordWeightName } from './WordWeight';

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
/** Neither a picture of the library nor an entry nor examples. */
const NOTHING = { picture: undefined, entry: undefined, with: undefined };
const WEIGHTS = Object.keys(WORD_WEIGHTS) as WordWeightName[];
const COLOURS = Object.keys(COLOUR_NAMES) as ColourName[];

/** What Explore asks: all of it is in the page's address, but for a picture that only this browser has. */
export function useQuestion() {
  const api = useApi();
  const address = useAddress('explore');
  const [sent, setSent] = useState<SentPicture>();
  useEffect(() => sent && (() => URL.revokeObjectURL(sent.url)), [sent]);
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
  const locales = useTypes().find(({ uid }) => uid === type)?.locales ?? [];
  const locale = address.get('locale') ?? locales[0]?.code;
  const entry = type === FILES || id === undefined ? undefined : address.get('entry');
  const title = useEntryTitle(type, entry, locale);
  const others = id === undefined ? [] : idsOf(address.get('with')).filter((other) => other !== id);
  const examples = useRemote(others.length > 0 ? others.join() : undefined, (signal) =>
    api.mapPictures(others, signal),
  );

  function ask(next: LibraryFile, ofEntry?: string): void {
    seen.current.set(next.id, next);
    setSent(undefined);
    address.set({ ...NOTHING, picture: String(next.id), entry: ofEntry });
  }

  return {
    /** Of the picture of the library. */
    id,
    /** documentId of the entry of `type` that is asked about, by all of its pictures; `id` is one of them. */
    entry,
    /** Absent where there is one of the library: the browser's Back leads to that one. */
    sent: id === undefined ? sent : undefined,
    picture: id === undefined ? sent : file && { ...file, name: title ?? file.name },
    /** What is found shall be like these, too; those that are gone are missing. */
    examples: others.length > 0 ? (examples.data ?? NONE) : NONE,
    problem: linked.error ?? examples.error,
    type,
    locale,
    /** Of the type; none where it has no languages. */
    locales,
    /** Of entries: as the content manager's filters are in the address. */
    filters: type === FILES ? undefined : query?.filters,
    /** Of files: where they lie. */
    folder: address.get('folder'),
    least: shareOf(address.get('least')),
    colour: COLOURS.find((name) => name === address.get('color')),
    /** Undefined while nobody knows whether the model knows words. */
    words: server && (server.words ? words : ''),
    /** How much they count beside a picture. */
    weight: WEIGHTS.find((name) => name === address.get('weight')) ?? 'as',
    /** There may be words. */
    offersWords: server?.words ?? false,
    /** Something is asked that cannot be asked yet. */
    waits: (server === undefined && words !== '') || (others.length > 0 && !examples.data && !examples.error),
    askLibrary: (next: LibraryFile) => ask(next),
    /** About what was found: an entry that has others of its type beside it, or a picture. */
    askItem({ type: found, documentId, picture, single, hidden }: AdminItem) {
      if (picture) ask(picture, found === FILES || single || hidden ? undefined : documentId);
    },
    askSent(next: File) {
      setSent({ file: next, name: next.name, url: URL.createObjectURL(next) });
      if (id !== undefined) address.set(NOTHING);
    },
    withoutExamples: () => address.set({ with: undefined }),
    withoutPicture() {
      setSent(undefined);
      if (id !== undefined) address.set(NOTHING);
    },
    setWords: (next: string) => address.set({ q: next || undefined }),
    setWeight: (next: WordWeightName) => address.set({ weight: next === 'as' ? undefined : next }),
    /** Fields of one type are not those of another. */
    setType: (next: string) =>
      address.set(
        { type: next === FILES ? undefined : next, locale: undefined, folder: undefined, entry: undefined },
        false,
        isFilter,
      ),
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
