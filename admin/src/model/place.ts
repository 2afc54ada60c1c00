/** Pictures on a page of the list. */
export const PAGE_SIZE = 24;

/** The first or the last picture of its page, whichever that is: the way on from one page to the next. */
export type Wanted = number | 'first' | 'last';

/** Of the address. What somebody has typed into it and is no picture opens none. */
export function readWanted(value: string | undefined): Wanted | undefined {
  if (value === 'first' || value === 'last') return value;
  const id = Number(value);
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

/** A picture of the sample, and the page of the list that it is on. */
export interface Place {
  picture: Wanted;
  page: number;
}

interface Pages {
  /** Of the page that is shown, in order; undefined while it is being loaded. */
  ids: readonly number[] | undefined;
  page: number;
  pages: number;
}

/** Which picture is meant, and which ones are before and after it; undefined: none, or not known. */
export function placeOf(wanted: Wanted, { ids, page, pages }: Pages) {
  const id = wanted === 'first' ? ids?.[0] : wanted === 'last' ? ids?.at(-1) : wanted;
  const at = id === undefined ? -1 : (ids?.indexOf(id) ?? -1);
  if (!ids || at < 0) return { id };
  const before: Place | undefined =
    at > 0 ? { picture: ids[at - 1], page } : page > 1 ? { picture: 'last', page: page - 1 } : undefined;
  const after: Place | undefined =
    at < ids.length - 1
      ? { picture: ids[at + 1], page }
      : page < pages
        ? { picture: 'first', page: page + 1 }
        : undefined;
  return { id, at, before, after };
}
