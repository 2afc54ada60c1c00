import type { FileId, Match, StoredVector } from '../ports';
import { createHalfDot } from '../vectors/half-dot';
import { Holders } from './holders';
import { Points, type SavedPoints } from './points';
import { Top } from './top';

const GONE = -1;

/** What a save writes; it does not change while puts continue. */
export interface FlatSnapshot {
  dims: number;
  lastSeq: number;
  points: SavedPoints;
  /** As `Holders.save` gives them. */
  holders: Float64Array;
}

/** Built up point by point, then read. */
export interface Ranking {
  add(points: readonly number[]): Ranking;
  addRange(from: number, to: number): Ranking;
  /** Best first. */
  best(): Match[];
}

/**
 * All vectors in memory, searched exactly: oracle and fallback of the graph, and what ranks its candidates.
 * Files with the same vector share a point. A point that no file has any more stays until `compact`, and is taken again when
 * its vector comes back.
 */
export class FlatVectors {
  lastSeq = 0;
  private readonly dotWith: ReturnType<typeof createHalfDot>;

  constructor(
    readonly dims: number,
    private readonly vectors = new Points(dims),
    private readonly holders = new Holders(),
  ) {
    this.dotWith = createHalfDot(dims);
  }

  static restore({ dims, lastSeq, points, holders }: FlatSnapshot): FlatVectors {
    const flat = new FlatVectors(dims, Points.restore(dims, points), Holders.restore(holders));
    flat.lastSeq = lastSeq;
    return flat;
  }

  /** Files that searches can find. */
  get live(): number {
    return this.holders.files;
  }

  /** Distinct vectors in memory, those that no file has any more included. */
  get points(): number {
    return this.vectors.count;
  }

  /** Points that a file has. */
  get size(): number {
    return this.holders.held;
  }

  /** The caller has checked the vector. @returns false when a vector as new is held for the file. */
  put({ fileId, seq, vector }: StoredVector): boolean {
    this.lastSeq = Math.max(this.lastSeq, seq);
    const known = this.holders.seqOf(fileId);
    if (known !== undefined && known >= seq) return false;
    this.holders.set(fileId, seq, this.vectors.add(vector));
    return true;
  }

  remove(fileId: FileId): boolean {
    return this.holders.remove(fileId);
  }

  keys(): Array<{ fileId: FileId; seq: number }> {
    return this.holders.keys();
  }

  isHeld(point: number): boolean {
    return this.holders.isHeld(point);
  }

  /** Writes the vector of a point at unit length. */
  unit(point: number, into: Float32Array): void {
    this.vectors.unit(point, into);
  }

  /** The file's vector at unit length. */
  unitOf(fileId: FileId): Float32Array | undefined {
    const point = this.holders.pointOf(fileId);
    if (point === undefined) return undefined;
    const unit = new Float32Array(this.dims);
    this.unit(point, unit);
    return unit;
  }

  /** @param query unit length. */
  search(query: Float32Array, k: number): Match[] {
    return this.ranking(query, k).addRange(0, this.points).best();
  }

  searchAmong(query: Float32Array, k: number, fileIds: Iterable<FileId>): Match[] {
    const top = new Top(Math.min(k, this.live));
    const cosine = this.cosineWith(query);
    for (const fileId of new Set(fileIds)) {
      const point = this.holders.pointOf(fileId);
      if (point !== undefined) top.offer(fileId, cosine(point));
    }
    return top.sorted();
  }

  /**
   * The best `k` files that have one of the points that are added, by cosine.
   * @param query unit length.
   */
  ranking(query: Float32Array, k: number): Ranking {
    const { holders } = this;
    const top = new Top(Math.min(k, this.live));
    const cosine = this.cosineWith(query);
    const offer = (point: number) => {
      if (!holders.isHeld(point)) return;
      const similarity = cosine(point);
      holders.forEach(point, (fileId) => top.offer(fileId, similarity));
    };
    const ranking: Ranking = {
      add(points) {
        for (const point of points) offer(point);
        return ranking;
      },
      addRange(from, to) {
        for (let point = from; point < to; point++) offer(point);
        return ranking;
      },
      best: () => top.sorted(),
    };
    return ranking;
  }

  snapshot(): FlatSnapshot {
    const { dims, lastSeq } = this;
    return { dims, lastSeq, points: this.vectors.save(), holders: this.holders.save() };
  }

  /** A copy without the points that no file has, and the new number of each old point (−1 for those), in the same order. */
  compact(): { flat: FlatVectors; moved: Int32Array } {
    const kept = new Points(this.dims);
    const moved = new Int32Array(this.points).fill(GONE);
    for (let point = 0; point < moved.length; point++) {
      if (this.isHeld(point)) moved[point] = kept.add(this.vectors.vectorOf(point));
    }
    const flat = new FlatVectors(this.dims, kept, Holders.restore(this.holders.save(moved)));
    flat.lastSeq = this.lastSeq;
    return { flat, moved };
  }

  private cosineWith(query: Float32Array): (point: number) => number {
    const { vectors } = this;
    const dot = this.dotWith(query);
    return (point) => {
      const cosine = dot(vectors.chunkOf(point), vectors.offsetOf(point)) * vectors.scaleOf(point);
      return Math.min(1, Math.max(-1, cosine));
    };
  }
}
