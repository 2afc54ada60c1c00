import { Column } from '../column';
import type { Oklab } from './oklab';
import { distanceOf, MOST_COLOURS, MOST_DISTANCE, type Swatch } from './palette';

/** Lightness, a, b and the share. */
const PER_SWATCH = 4;
const PER_PICTURE = MOST_COLOURS * PER_SWATCH;

/** The palettes of many pictures by their ids: 80 bytes each, beside a place in a map. */
export class PaletteTable {
  readonly #values = new Column(Float32Array);
  readonly #places = new Map<number, number>();
  /** Places of pictures that are gone. */
  readonly #free: number[] = [];

  get size(): number {
    return this.#places.size;
  }

  set(id: number, palette: readonly Swatch[]): void {
    const place = this.#places.get(id) ?? this.#free.pop() ?? this.#values.length / PER_PICTURE;
    this.#places.set(id, place);
    for (let at = 0; at < MOST_COLOURS; at++) {
      // A share of 0: the palette ends before.
      const { colour, share } = palette[at] ?? NONE;
      for (const [axis, value] of [...colour, share].entries()) {
        this.#put(place * PER_PICTURE + at * PER_SWATCH + axis, value);
      }
    }
  }

  delete(id: number): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#places.delete(id);
    this.#free.push(place);
  }

  /** Ids of the pictures that have this colour. */
  having(wanted: Oklab): Set<number> {
    const found = new Set<number>();
    for (const [id, place] of this.#places) if (this.#has(place * PER_PICTURE, wanted)) found.add(id);
    return found;
  }

  /** How many of these pictures have each of these colours. */
  count(ids: Iterable<number>, wanted: readonly Oklab[]): number[] {
    const counts = wanted.map(() => 0);
    for (const id of ids) {
      const place = this.#places.get(id);
      if (place === undefined) continue;
      for (const [at, colour] of wanted.entries()) if (this.#has(place * PER_PICTURE, colour)) counts[at]++;
    }
    return counts;
  }

  /** How far the nearest colour of this picture is from the wanted one; infinitely, where it has none. */
  distance(id: number, wanted: Oklab): number {
    const place = this.#places.get(id);
    if (place === undefined) return Number.POSITIVE_INFINITY;
    const from = place * PER_PICTURE;
    const largest = this.#swatch(from).colour;
    let least = Number.POSITIVE_INFINITY;
    for (let at = from; at < from + PER_PICTURE; at += PER_SWATCH) {
      const swatch = this.#swatch(at);
      if (swatch.share === 0) break;
      least = Math.min(least, distanceOf(swatch, largest, wanted));
    }
    return least;
  }

  #has(from: number, wanted: Oklab): boolean {
    const largest = this.#swatch(from).colour;
    for (let at = from; at < from + PER_PICTURE; at += PER_SWATCH) {
      const swatch = this.#swatch(at);
      if (swatch.share === 0) return false;
      if (distanceOf(swatch, largest, wanted) <= MOST_DISTANCE) return true;
    }
    return false;
  }

  #swatch(at: number): Swatch {
    const values = this.#values;
    return { colour: [values.get(at), values.get(at + 1), values.get(at + 2)], share: values.get(at + 3) };
  }

  #put(at: number, value: number): void {
    if (at === this.#values.length) this.#values.push(value);
    else this.#values.set(at, value);
  }
}

const NONE: Swatch = { colour: [0, 0, 0], share: 0 };
