import { isDeepStrictEqual } from 'node:util';
import type { Core } from '@strapi/strapi';
import type { MergeChange } from '../../../plugin/contracts/merge';
import type { FileId } from '../../../plugin/ports';
import { type Place, placesOf, type Row, valueAt } from './places';
import type { Swap } from './swap';

/** What becomes of one attribute of an entry, in one language and state. */
export interface Edit {
  uid: string;
  documentId: string;
  locale: string | null;
  status: MergeChange['status'];
  path: string;
  /** The components on the way: lists may be sorted anew in the meantime. */
  parts: string[];
  kind: MergeChange['kind'];
  /** The files that leave it. */
  from: FileId[];
  before: unknown;
  after: unknown;
  /** It names files in a way that nothing here can change. */
  isStuck?: boolean;
}

type Version = Pick<Edit, 'uid' | 'documentId' | 'locale' | 'status'>;

/** The edits that put the kept file in the place of the others everywhere in an entry that was read as a whole. */
export function editsOf(strapi: Core.Strapi, version: Version, row: Row, swaps: readonly Swap[]): Edit[] {
  return placesOf(strapi, version.uid, row).flatMap((place): Edit[] => {
    const before = valueAt(place);
    const { after, from, isStuck } = place.kind === 'media' ? ofFiles(before, swaps) : ofTexts(place, before, swaps);
    if (from.length === 0) return [];
    const { path, parts, kind } = place;
    return [{ ...version, path, parts, kind, from, before, after, ...(isStuck && { isStuck }) }];
  });
}

interface Changed {
  after: unknown;
  from: FileId[];
  isStuck?: boolean;
}

/** In a list the first of all of them stays: what was shown first is shown first. */
function ofFiles(before: unknown, swaps: readonly Swap[]): Changed {
  const to = new Map(swaps.map((swap) => [swap.from, swap.to]));
  const swapped = (id: unknown) => to.get(id as FileId) ?? id;
  const from = [before].flat().filter((id) => to.has(id as FileId)) as FileId[];
  return {
    after: Array.isArray(before) ? [...new Set(before.map(swapped))] : swapped(before),
    from: [...new Set(from)],
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

function ofTexts({ kind }: Place, before: unknown, swaps: readonly Swap[]): Changed {
  const named = swaps.filter((swap) => swap.isNamedIn(textOf(before)));
  let after = before;
  for (const { text, json } of named) after = kind === 'richtext' ? text(String(after)) : json(after);
  const isStuck = named.some((swap) => swap.isNamedIn(textOf(after)));
  return { after, from: named.map(({ from }) => from), isStuck };
}

export const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);

/** The other way round. */
export const reversed = (edit: Edit): Edit => ({ ...edit, before: edit.after, after: edit.before });

/** Edits of one entry in one language belong together: they are written together. */
export function grouped(edits: readonly Edit[]): Edit[][] {
  const groups = new Map<string, Edit[]>();
  for (const edit of edits) {
    const key = JSON.stringify([edit.uid, edit.documentId, edit.locale]);
    const known = groups.get(key);
    if (known) known.push(edit);
    else groups.set(key, [edit]);
  }
  return [...groups.values()];
}

/** Where the edit is to be made: in the same component, or where that was, if Strapi has made it anew meanwhile. */
export function placeOfEdit(places: readonly Place[], { path, parts }: Edit): Place | undefined {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const inSame = places.find((one) => one.name === name && parts.length > 0 && isSame(one.parts, parts));
  return inSame ?? places.find((one) => one.path === path);
}
