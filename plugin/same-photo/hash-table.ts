import { Column } from '../column';
import { HASH_PARTS, type PhotoHash } from './photo-hash';

/** Bits in which the hashes of a photo and of its turned copy may differ; up to 15 of them are always found. */
const MOST_BITS = 31;
/** Larger families are found through each other. */
const MOST_FOUND = 16;
/** Pictures of a bucket that are looked at: many may be as good as empty. */
const MOST_VISITED = 2_000;
const BUCKETS = 2 ** 16;
const NOBODY = -1;

/**
 * Which pictures have nearly the same hash as another one. Two hashes that differ in few bits have one of their sixteen parts in
 * common: only those that do are compared. 96 bytes per picture and 4 MB.
 */
export class HashTable {
  readonly #parts = new Column(Uint16Array);
  /** Of each part: the picture before that has the same. */
  readonly #before = new Column(Int32Array);
  /** Of each part: the last picture of each bucket. Made with the first picture: many a table stays empty. */
  #last = new Int32Array(0);

  /** @returns its number: 0, 1, 2 … */
  add(hash: PhotoHash): number {
    const picture = this.#parts.length / HASH_PARTS;
    if (picture === 0) this.#last = new Int32Array(HASH_PARTS * BUCKETS).fill(NOBODY);
    for (const [at, part] of hash.entries()) {
      this.#parts.push(part);
      this.#before.push(this.#last[at * BUCKETS + part]);
      this.#last[at * BUCKETS + part] = picture;
    }
    return picture;
  }

  /** Numbers of the newest ones whose hash is near, in any order. */
  near(hash: PhotoHash): number[] {
    const found = new Set<number>();
    if (this.#parts.length === 0) return [];
    for (const [at, part] of hash.entries()) {
      let picture = this.#last[at * BUCKETS + part];
      for (let visited = 0; picture !== NOBODY && visited < MOST_VISITED; visited++) {
        if (this.#bits(picture, hash) <= MOST_BITS) found.add(picture);
        if (found.size === MOST_FOUND) return [...found];
        picture = this.#before.get(picture * HASH_PARTS + at);
      }
    }
    return [...found];
  }

  at(picture: number): PhotoHash {
    return Uint16Array.from({ length: HASH_PARTS }, (_, part) => this.#parts.get(picture * HASH_PARTS + part));
  }

  /** In which they differ. */
  #bits(picture: number, hash: PhotoHash): number {
    let bits = 0;
    for (let at = 0; at < HASH_PARTS; at++) bits += onesOf(this.#parts.get(picture * HASH_PARTS + at) ^ hash[at]);
    return bits;
  }
}

function onesOf(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x5555);
  count = (count & 0x3333) + ((count >>> 2) & 0x3333);
  count = (count + (count >>> 4)) & 0x0f0f;
  return (count + (count >>> 8)) & 0x1f;
}
