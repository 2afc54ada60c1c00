import type { FileId, Match, StoredVector } from '../pipeline/ports';
import { HALF_TO_FLOAT } from '../vectors/float16';
import { createHalfDot } from '../vectors/half-dot';
import { Top } from './top';

/** Float16 numbers of one chunk: 4 MB. */
const CHUNK_NUMBERS = 2 ** 21;
const DEAD = -1;

export function slotsPerChunk(dims: number): number {
  return Math.max(1, Math.floor(CHUNK_NUMBERS / dims));
}

/** What a save writes. Chunks are shared, which is safe: slots below `slots` never change. */
export interface FlatSnapshot {
  dims: number;
  slots: number;
  live: number;
  lastSeq: number;
  perChunk: number;
  chunks: readonly Uint16Array[];
  /** Three rows of `slots` numbers: file ids (−1: removed), sequence numbers, 1 / length of the vector. */
  keys: Float64Array;
}

/** Built up slot by slot, then read. */
export interface Ranking {
  add(slots: readonly number[]): Ranking;
  addRange(from: number, to: number): Ranking;
  /** Best first. */
  best(): Match[];
}

/**
 * All vectors in memory, searched exactly: oracle and fallback of the graph, and what ranks its candidates.
 * Each put takes the next slot. A slot never gets another vector, so its number serves as the graph's key, and a save can
 * write while puts go on. A replaced or removed vector leaves a dead slot until `compact`.
 */
export class FlatVectors {
  private readonly perChunk: number;
  private chunks: Uint16Array[] = [];
  private ids = new Float64Array(1024);
  private seqs = new Float64Array(1024);
  private scales = new Float64Array(1024);
  private slotOf = new Map<FileId, number>();
  private used = 0;
  lastSeq = 0;
  private readonly dotWith: ReturnType<typeof createHalfDot>;

  constructor(readonly dims: number) {
    this.perChunk = slotsPerChunk(dims);
    this.dotWith = createHalfDot(dims);
  }

  static restore(snapshot: FlatSnapshot): FlatVectors {
    const flat = new FlatVectors(snapshot.dims);
    const { slots, keys } = snapshot;
    flat.chunks = [...snapshot.chunks];
    flat.ids = keys.slice(0, slots);
    flat.seqs = keys.slice(slots, 2 * slots);
    flat.scales = keys.slice(2 * slots);
    flat.used = slots;
    flat.lastSeq = snapshot.lastSeq;
    for (let slot = 0; slot < slots; slot++) if (flat.ids[slot] !== DEAD) flat.slotOf.set(flat.ids[slot], slot);
    return flat;
  }

  /** Vectors that searches can find. */
  get live(): number {
    return this.slotOf.size;
  }

  /** Slots in use, dead ones included. */
  get slots(): number {
    return this.used;
  }

  /** The caller has checked the vector. @returns false when a vector as new is held for the file. */
  put({ fileId, seq, vector }: StoredVector): boolean {
    this.lastSeq = Math.max(this.lastSeq, seq);
    const old = this.slotOf.get(fileId);
    if (old !== undefined && this.seqs[old] >= seq) return false;
    if (old !== undefined) this.ids[old] = DEAD;
    this.append(fileId, seq, vector);
    return true;
  }

  remove(fileId: FileId): boolean {
    const slot = this.slotOf.get(fileId);
    if (slot === undefined) return false;
    this.ids[slot] = DEAD;
    return this.slotOf.delete(fileId);
  }

  keys(): Array<{ fileId: FileId; seq: number }> {
    return Array.from(this.slotOf, ([fileId, slot]) => ({ fileId, seq: this.seqs[slot] }));
  }

  isLive(slot: number): boolean {
    return this.ids[slot] !== DEAD;
  }

  /** Writes the vector of a slot at unit length. */
  unit(slot: number, into: Float32Array): void {
    const chunk = this.chunks[Math.floor(slot / this.perChunk)];
    const offset = (slot % this.perChunk) * this.dims;
    const table = HALF_TO_FLOAT;
    for (let i = 0; i < this.dims; i++) into[i] = table[chunk[offset + i]] * this.scales[slot];
  }

  /** The file's vector at unit length. */
  unitOf(fileId: FileId): Float32Array | undefined {
    const slot = this.slotOf.get(fileId);
    if (slot === undefined) return undefined;
    const unit = new Float32Array(this.dims);
    this.unit(slot, unit);
    return unit;
  }

  /** @param query unit length. */
  search(query: Float32Array, k: number): Match[] {
    return this.ranking(query, k).addRange(0, this.used).best();
  }

  searchAmong(query: Float32Array, k: number, fileIds: Iterable<FileId>): Match[] {
    const slots = Array.from(new Set(fileIds), (fileId) => this.slotOf.get(fileId) ?? DEAD);
    return this.ranking(query, k)
      .add(slots.filter((slot) => slot !== DEAD))
      .best();
  }

  /**
   * The best `k` of the slots that are added, by cosine. Dead ones are left out.
   * @param query unit length.
   */
  ranking(query: Float32Array, k: number): Ranking {
    const top = new Top(Math.min(k, this.live));
    const dot = this.dotWith(query);
    const offer = (slot: number) => {
      const fileId = this.ids[slot];
      if (fileId === DEAD) return;
      const chunk = this.chunks[Math.floor(slot / this.perChunk)];
      const cosine = dot(chunk, (slot % this.perChunk) * this.dims) * this.scales[slot];
      top.offer(fileId, Math.min(1, Math.max(-1, cosine)));
    };
    const ranking: Ranking = {
      add(slots) {
        for (const slot of slots) offer(slot);
        return ranking;
      },
      addRange(from, to) {
        for (let slot = from; slot < to; slot++) offer(slot);
        return ranking;
      },
      best: () => top.sorted(),
    };
    return ranking;
  }

  snapshot(): FlatSnapshot {
    const { dims, used: slots, live, lastSeq, perChunk, chunks } = this;
    const keys = new Float64Array(3 * slots);
    keys.set(this.ids.subarray(0, slots), 0);
    keys.set(this.seqs.subarray(0, slots), slots);
    keys.set(this.scales.subarray(0, slots), 2 * slots);
    return { dims, slots, live, lastSeq, perChunk, chunks: [...chunks], keys };
  }

  /** A copy without the dead slots, and the new slot of each old one (−1 for dead ones). */
  compact(): { flat: FlatVectors; moved: Int32Array } {
    const flat = new FlatVectors(this.dims);
    const moved = new Int32Array(this.used).fill(DEAD);
    for (let slot = 0; slot < this.used; slot++) {
      if (this.ids[slot] === DEAD) continue;
      const chunk = this.chunks[Math.floor(slot / this.perChunk)];
      const offset = (slot % this.perChunk) * this.dims;
      moved[slot] = flat.used;
      flat.append(this.ids[slot], this.seqs[slot], chunk.subarray(offset, offset + this.dims));
    }
    flat.lastSeq = this.lastSeq;
    return { flat, moved };
  }

  private append(fileId: FileId, seq: number, vector: Uint16Array): void {
    const slot = this.used;
    if (slot === this.chunks.length * this.perChunk) this.chunks.push(new Uint16Array(this.perChunk * this.dims));
    if (slot >= this.ids.length) this.grow();
    this.chunks[this.chunks.length - 1].set(vector, (slot % this.perChunk) * this.dims);
    this.ids[slot] = fileId;
    this.seqs[slot] = seq;
    this.scales[slot] = 1 / lengthOf(vector);
    this.slotOf.set(fileId, slot);
    this.used++;
  }

  private grow(): void {
    const length = Math.max(1024, 2 * this.used);
    for (const column of ['ids', 'seqs', 'scales'] as const) {
      const larger = new Float64Array(length);
      larger.set(this[column].subarray(0, this.used));
      this[column] = larger;
    }
  }
}

function lengthOf(vector: Uint16Array): number {
  const table = HALF_TO_FLOAT;
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += table[vector[i]] ** 2;
  return Math.sqrt(sum);
}
