import { setImmediate as breathe } from 'node:timers/promises';
import { Column } from '../column';
import type { FileId } from '../ports';

/**
 * Similarities are kept as steps below 1: multiples of 0.00001 come back as they were, and 0.8 still fits into 16 bits. What is less
 * alike, a photo and its turned copy, comes back as 0.
 */
const STEPS = 300_000;
const MOST_STEPS = 2 ** 16 - 1;
/** What is less alike is no duplicate: below it most pairs are different pictures (native-bench/results/near-duplicates.md). */
export const LEAST_SIMILARITY = 0.8;
/** Links and pictures that are looked at before others have their turn: a millisecond or so. */
export const BREATH = 10_000;
/** Fewer are not worth the copying. */
const FEWEST_DEAD = 1_000;

const GONE = 0;

/** The later one of two pictures, the earlier one, both as numbers of places in the table; their cosine, and whether they are one photo. */
export type VisitLink = (later: number, earlier: number, similarity: number, isSamePhoto: boolean) => void;

/** Of a picture that is compared. */
export interface NearPicture {
  fileId: FileId;
  similarity: number;
  isSamePhoto?: boolean;
}

/**
 * Who is linked to whom, in a few bytes: each picture has a place, in the order in which they were compared, and each link is kept
 * once, with the later one of its two pictures. With 16 links each that is about 130 bytes per picture, the map of the places included.
 *
 * A picture that goes leaves a dead place behind, and with it all links from and to it are dead: nothing has to be looked for.
 */
export class LinkTable {
  readonly #places = new Map<FileId, number>();
  readonly #ids = new Column(Int32Array);
  /** Where the links of a place end; they begin where those of the place before end. */
  readonly #ends = new Column(Int32Array);
  /** Twice the place of the earlier one, and 1 more where the two are one photo. */
  readonly #earlier = new Column(Int32Array);
  readonly #steps = new Column(Uint16Array);

  /** Pictures that are there. */
  get size(): number {
    return this.#places.size;
  }

  /** Places, those of pictures that are gone included. */
  get places(): number {
    return this.#ids.length;
  }

  /** Bytes of the columns. */
  get bytes(): number {
    return this.#ids.bytes + this.#ends.bytes + this.#earlier.bytes + this.#steps.bytes;
  }

  /** Most of it is dead: a copy would be smaller by half. */
  get isWasteful(): boolean {
    return this.places > 2 * this.size + FEWEST_DEAD;
  }

  /** The picture of a place; undefined where it is gone. */
  idAt(place: number): FileId | undefined {
    return this.#ids.get(place) || undefined;
  }

  /**
   * A picture was compared (again): what was known of it before is forgotten.
   * @param near those that are not in the table yet, and those that are no one photo and less alike than `LEAST_SIMILARITY`, are left
   * out: what comes later brings its own links.
   */
  add(id: FileId, near: readonly NearPicture[]): void {
    this.remove(id);
    for (const { fileId, similarity, isSamePhoto = false } of near) {
      const place = this.#places.get(fileId);
      const isNear = isSamePhoto || similarity >= LEAST_SIMILARITY;
      if (place !== undefined && isNear) this.#link(place, similarity, isSamePhoto);
    }
    this.#end(id);
  }

  remove(id: FileId): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#ids.set(place, GONE);
    this.#places.delete(id);
  }

  /** Visits each link of at least `least` once. Others have their turn meanwhile: what is added then is not visited. */
  async each(visit: VisitLink, least = 0): Promise<void> {
    await this.#walk((place, start, end) => {
      for (let at = start; at < end; at++) {
        const earlier = this.#earlier.get(at) >>> 1;
        const similarity = this.#similarity(at);
        if (similarity < least || this.#ids.get(earlier) === GONE) continue;
        visit(place, earlier, similarity, this.#isSamePhoto(at));
      }
    });
  }

  /**
   * Copies what is alive to an empty table. Others have their turn meanwhile: until it is done, what goes has to go from both.
   * @param copied called with the place of each, in the order of their new places
   */
  async copyTo(table: LinkTable, copied: (place: number) => void = () => {}): Promise<void> {
    await this.#walk((place, start, end) => {
      for (let at = start; at < end; at++) {
        const other = this.idAt(this.#earlier.get(at) >>> 1);
        const there = other === undefined ? undefined : table.#places.get(other);
        if (there !== undefined) table.#link(there, this.#similarity(at), this.#isSamePhoto(at));
      }
      table.#end(this.#ids.get(place));
      copied(place);
    });
  }

  /** Visits the places that are there now and whose pictures are not gone by then, with where their links begin and end. */
  async #walk(visit: (place: number, start: number, end: number) => void): Promise<void> {
    const places = this.places;
    let seen = 0;
    for (let place = 0; place < places; place++) {
      const [start, end] = [place === 0 ? 0 : this.#ends.get(place - 1), this.#ends.get(place)];
      if (this.#ids.get(place) !== GONE) visit(place, start, end);
      seen += 1 + end - start;
      if (seen < BREATH) continue;
      seen = 0;
      await breathe();
    }
  }

  #similarity(link: number): number {
    const steps = this.#steps.get(link);
    return steps === MOST_STEPS ? 0 : 1 - steps / STEPS;
  }

  #isSamePhoto(link: number): boolean {
    return (this.#earlier.get(link) & 1) === 1;
  }

  #link(place: number, similarity: number, isSamePhoto: boolean): void {
    this.#earlier.push(2 * place + (isSamePhoto ? 1 : 0));
    this.#steps.push(Math.min(MOST_STEPS, Math.max(0, Math.round((1 - similarity) * STEPS))));
  }

  #end(id: FileId): void {
    this.#places.set(id, this.places);
    this.#ids.push(id);
    this.#ends.push(this.#earlier.length);
  }
}
