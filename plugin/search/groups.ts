import { setImmediate as breathe } from 'node:timers/promises';
import type { FileId } from '../ports';
import { BREATH, type LinkTable } from './link-table';
import { sorted } from './sorted';

export interface WantedLinks {
  /** Links that are less alike count for nothing. */
  least: number;
  /** Only copies of one photo count, however alike. */
  samePhoto?: boolean;
  /** Whether a picture counts; absent: all do. */
  picture?(id: FileId): boolean;
  /** Whether the link between two pictures counts; absent: all do. */
  link?(a: FileId, b: FileId): boolean;
}

export interface Group {
  /** In any order. */
  pictures: Int32Array;
  /** Of the weakest link. */
  similarity: number;
  /** All its links are of copies of one photo. */
  isSamePhoto: boolean;
}

const NO_LINK = 2;
const ALONE = -1;

/** A sort key holds what is sorted by, up to 2³¹, and which group it is: up to this many. */
const GROUPS = 2 ** 21;

/** Groups of pictures, in a few arrays: there may be a million of them, or one with a million pictures. */
export class Groups {
  readonly #orders = new Map<boolean, Promise<Float64Array>>();

  constructor(
    private readonly members: Int32Array,
    /** Where each begins in `members`, and where the last one ends. */
    private readonly starts: Int32Array,
    private readonly similarities: Float64Array,
    private readonly samePhotos: ArrayLike<boolean>,
  ) {}

  get count(): number {
    return this.similarities.length;
  }

  /** Of all groups. */
  get pictures(): Int32Array {
    return this.members;
  }

  at(index: number): Group {
    const pictures = this.members.subarray(this.starts[index], this.starts[index + 1]);
    return { pictures, similarity: this.similarities[index], isSamePhoto: this.samePhotos[index] };
  }

  /** The group that holds a picture. */
  of(id: FileId): Group | undefined {
    const place = this.members.indexOf(id);
    if (place < 0) return undefined;
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.starts[middle] <= place) low = middle;
      else high = middle - 1;
    }
    return this.at(low);
  }

  /** Their indexes: the most alike first, or those with the newest picture. */
  order(newestFirst: boolean): Promise<Float64Array> {
    const order = this.#orders.get(newestFirst) ?? this.#order(newestFirst);
    this.#orders.set(newestFirst, order);
    return order;
  }

  async #order(newestFirst: boolean): Promise<Float64Array> {
    const keys = new Float64Array(this.count);
    for (let index = 0, seen = 0; index < this.count; index++) {
      const { pictures, similarity } = this.at(index);
      let newest = 0;
      if (newestFirst) for (const id of pictures) newest = Math.max(newest, id);
      // The larger comes first. Ids grow.
      keys[index] = (newestFirst ? 2 ** 31 - newest : Math.round((1 - similarity) * 1e6)) * GROUPS + index;
      seen += 1 + (newestFirst ? pictures.length : 0);
      if (seen < BREATH) continue;
      seen = 0;
      await breathe();
    }
    return (await sorted(keys)).map((key) => key % GROUPS);
  }
}

/** Pictures that hang together by links, in time that grows with the links; others have their turn meanwhile. */
export async function groupPictures(
  table: LinkTable,
  { least, samePhoto = false, picture, link }: WantedLinks,
): Promise<Groups> {
  const places = table.places;
  const parent = new Int32Array(places);
  for (let place = 0; place < places; place++) parent[place] = place;
  /** Of the weakest link of a group, at its root. */
  const weakest = new Float64Array(places).fill(NO_LINK);
  /** Whether a group has a link between other pictures than copies of one photo, at its root. */
  const isMixed = new Uint8Array(places);
  const rootOf = (place: number): number => {
    let at = place;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  await table.each(
    (later, earlier, similarity, isSamePhoto) => {
      if (samePhoto && !isSamePhoto) return;
      const [a, b] = [table.idAt(later) as FileId, table.idAt(earlier) as FileId];
      if (picture && !(picture(a) && picture(b))) return;
      if (link && !link(a, b)) return;
      const [one, other] = [rootOf(later), rootOf(earlier)];
      const [root, child] = one < other ? [one, other] : [other, one];
      parent[child] = root;
      weakest[root] = Math.min(weakest[root], weakest[child], similarity);
      if (!isSamePhoto || isMixed[child]) isMixed[root] = 1;
    },
    samePhoto ? 0 : least,
  );
  return collect(table, places, rootOf, weakest, isMixed);
}

async function collect(
  table: LinkTable,
  places: number,
  rootOf: (place: number) => number,
  weakest: Float64Array,
  isMixed: Uint8Array,
) {
  const ids: FileId[] = [];
  const roots: number[] = [];
  /** First how many pictures each root has, then where its next one goes. */
  const next = new Int32Array(places);
  for (let place = 0; place < places; place++) {
    if (place % BREATH === BREATH - 1) await breathe();
    const root = rootOf(place);
    // It may have gone since its links were looked at.
    const id = table.idAt(place);
    if (weakest[root] === NO_LINK || id === undefined) continue;
    next[root]++;
    ids.push(id);
    roots.push(root);
  }
  const starts: number[] = [];
  const similarities: number[] = [];
  const samePhotos: boolean[] = [];
  let end = 0;
  for (let root = 0; root < places; root++) {
    if (root % BREATH === BREATH - 1) await breathe();
    const count = next[root];
    next[root] = count < 2 ? ALONE : end;
    if (count < 2) continue;
    starts.push(end);
    similarities.push(weakest[root]);
    samePhotos.push(isMixed[root] === 0);
    end += count;
  }
  const members = new Int32Array(end);
  for (let at = 0; at < ids.length; at++) {
    if (at % BREATH === BREATH - 1) await breathe();
    if (next[roots[at]] !== ALONE) members[next[roots[at]]++] = ids[at];
  }
  starts.push(end);
  return new Groups(members, Int32Array.from(starts), Float64Array.from(similarities), samePhotos);
}
