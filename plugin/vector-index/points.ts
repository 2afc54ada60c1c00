import { HALF_TO_FLOAT } from '../vectors/float16';
import { enlarged } from './enlarged';

/** Float16 numbers of one chunk: 4 MB. */
const CHUNK_NUMBERS = 2 ** 21;
const NONE = -1;

export function pointsPerChunk(dims: number): number {
  return Math.max(1, Math.floor(CHUNK_NUMBERS / dims));
}

/** What is kept of points from one process to the next. */
export interface SavedPoints {
  count: number;
  chunks: readonly Uint16Array[];
  /** Two rows of `count` numbers: 1 / length of the vector, its hash. */
  columns: Float64Array;
}

/**
 * The distinct vectors, each once, however many files have it. A point never gets another vector, so its number serves as the
 * graph's key, and a save can write the first ones while more are added.
 */
export class Points {
  private readonly perChunk: number;
  private chunks: Uint16Array[] = [];
  private scales = new Float64Array(1024);
  private hashes = new Int32Array(1024);
  /** Points by hash: open addressing, at most half full. */
  private table = new Int32Array(2048).fill(NONE);
  private used = 0;

  constructor(readonly dims: number) {
    this.perChunk = pointsPerChunk(dims);
  }

  static restore(dims: number, { count, chunks, columns }: SavedPoints): Points {
    const points = new Points(dims);
    points.chunks = [...chunks];
    points.scales = columns.slice(0, count);
    points.hashes = Int32Array.from(columns.subarray(count, 2 * count));
    points.used = count;
    points.fillTable();
    return points;
  }

  get count(): number {
    return this.used;
  }

  /** @returns the point of the vector, a new one unless there is one already: equal bytes are equal vectors. */
  add(vector: Uint16Array): number {
    const hash = hashOf(vector);
    const place = this.placeOf(hash, vector);
    if (this.table[place] !== NONE) return this.table[place];
    const point = this.used;
    if (point === this.chunks.length * this.perChunk) this.chunks.push(new Uint16Array(this.perChunk * this.dims));
    this.scales = enlarged(this.scales, point);
    this.hashes = enlarged(this.hashes, point);
    this.chunks[this.chunks.length - 1].set(vector, this.offsetOf(point));
    this.scales[point] = 1 / lengthOf(vector);
    this.hashes[point] = hash;
    this.table[place] = point;
    this.used++;
    if (2 * this.used > this.table.length) this.fillTable();
    return point;
  }

  /** The chunk that holds the vector, see `offsetOf`. */
  chunkOf(point: number): Uint16Array {
    return this.chunks[Math.floor(point / this.perChunk)];
  }

  offsetOf(point: number): number {
    return (point % this.perChunk) * this.dims;
  }

  /** 1 / length of the vector. */
  scaleOf(point: number): number {
    return this.scales[point];
  }

  vectorOf(point: number): Uint16Array {
    const offset = this.offsetOf(point);
    return this.chunkOf(point).subarray(offset, offset + this.dims);
  }

  /** Writes the vector at unit length. */
  unit(point: number, into: Float32Array): void {
    const vector = this.vectorOf(point);
    const scale = this.scales[point];
    const table = HALF_TO_FLOAT;
    for (let i = 0; i < this.dims; i++) into[i] = table[vector[i]] * scale;
  }

  /** Chunks are shared, which is safe: points never change. */
  save(): SavedPoints {
    const { used: count, chunks } = this;
    const columns = new Float64Array(2 * count);
    columns.set(this.scales.subarray(0, count), 0);
    columns.set(this.hashes.subarray(0, count), count);
    return { count, chunks: [...chunks], columns };
  }

  /** Where the table has the vector's point, or a free place for it. */
  private placeOf(hash: number, vector: Uint16Array): number {
    const { table, hashes } = this;
    const mask = table.length - 1;
    let place = hash & mask;
    for (; table[place] !== NONE; place = (place + 1) & mask) {
      const point = table[place];
      if (hashes[point] === hash && areEqual(this.vectorOf(point), vector)) break;
    }
    return place;
  }

  /** Rebuilds the table, large enough for twice as many points. */
  private fillTable(): void {
    let length = 2048;
    while (length < 4 * this.used) length *= 2;
    const table = new Int32Array(length).fill(NONE);
    for (let point = 0; point < this.used; point++) {
      let place = this.hashes[point] & (length - 1);
      while (table[place] !== NONE) place = (place + 1) & (length - 1);
      table[place] = point;
    }
    this.table = table;
  }
}

/** FNV-1a over the halves; the end mixes high bits into the low ones, of which the table takes its places. */
function hashOf(vector: Uint16Array): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < vector.length; i++) hash = Math.imul(hash ^ vector[i], 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function areEqual(one: Uint16Array, other: Uint16Array): boolean {
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

function lengthOf(vector: Uint16Array): number {
  const table = HALF_TO_FLOAT;
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += table[vector[i]] ** 2;
  return Math.sqrt(sum);
}
