import { faultPoint } from '../../fault-point';
import type { FileId, Match, StoredVector } from '../../ports';
import type { FlatVectors } from '../flat';
import type { Graph } from './graph';

export interface SearchableOptions {
  /** Makes an empty graph; absent: searches always scan. */
  createGraph?: () => Graph;
  /** Below this number of distinct vectors a scan is as fast as a graph. */
  graphFrom: number;
  /** Candidates from the graph per wanted neighbour. */
  overfetch: number;
  /** Candidates however few neighbours are wanted. */
  leastCandidates: number;
  /** The graph has all vectors. */
  onComplete(): void;
  onGraphFailed(error: unknown): void;
}

/** Time for building the graph before waiting searches get their turn. */
const SLICE_MS = 0.5;
/** During searches, building rests this many times as long as the previous slice took, so most searches do not wait. */
const REST = 2;
/** After this long without a search there are no rests. */
const QUIET_MS = 200;
/** More vectors than that are scanned in longer than a search waits for a slice: then building comes first. */
const RESTFUL = 256;
/** Share of points without a file from which on vectors are compacted and the graph is rebuilt. */
const DEAD_SHARE = 0.3;
/** More of them than that are worth the work. */
const DEAD_MIN = 256;

/**
 * Flat vectors with a graph that is built behind them, in slices between searches. What the graph misses is scanned, so a
 * vector can be found as soon as it was put.
 */
export class SearchableVectors {
  /** The graph that answers. Another one than `building` only while that replaces it. */
  private serving?: Graph;
  private building?: Graph;
  /** Calls off the next slice. */
  private scheduled?: () => void;
  private sliceMs = 0;
  private searchedAt = -QUIET_MS;
  private waiting: Array<{ limit: number; resolve: () => void }> = [];

  constructor(
    private flat: FlatVectors,
    private readonly options: SearchableOptions,
    loaded?: Graph,
  ) {
    this.serving = loaded;
    this.building = loaded;
    this.buildSoon();
  }

  get vectors(): FlatVectors {
    return this.flat;
  }

  /** The graph, if it can be saved with the vectors. */
  get savableGraph(): Graph | undefined {
    return this.serving === this.building && this.serving?.isCurrent ? this.serving : undefined;
  }

  /** Scans until the graph has half of the vectors; then searches the graph and scans the rest. */
  get mode(): 'exact' | 'graph' {
    return this.serving && this.serving.covered * 2 >= this.flat.points ? 'graph' : 'exact';
  }

  /** @returns whether anything changed. */
  put(items: readonly StoredVector[]): boolean {
    const before = this.flat.lastSeq;
    let changed = false;
    for (const item of items) changed = this.flat.put(item) || changed;
    if (changed) this.tidy();
    return changed || this.flat.lastSeq > before;
  }

  remove(fileIds: readonly FileId[]): boolean {
    let changed = false;
    for (const fileId of fileIds) changed = this.flat.remove(fileId) || changed;
    if (changed) this.tidy();
    return changed;
  }

  /** @param query unit length. */
  search(query: Float32Array, k: number): Match[] {
    this.searchedAt = performance.now();
    const { flat, serving, options } = this;
    const wanted = Math.ceil(Math.max(k * options.overfetch, options.leastCandidates));
    if (!serving || this.mode === 'exact' || wanted * 4 >= flat.size) return flat.search(query, k);

    const ranking = flat.ranking(query, k);
    // Points without a file take places among the candidates. Each of the others brings all its files.
    for (let count = Math.ceil((wanted * flat.points) / flat.size); ; count *= 2) {
      const points = serving
        .search(query, Math.min(count, serving.size))
        .filter((point) => point >= 0 && flat.isHeld(point));
      if (points.length < wanted && count < serving.size) continue;
      ranking.add(points);
      break;
    }
    return ranking.addRange(serving.covered, flat.points).best();
  }

  /**
   * Resolves when the graph misses at most `limit` vectors, so that a long series of puts does not slow searches down.
   * At once while the graph is built from scratch: searches scan in the meantime.
   */
  caughtUp(limit: number): Promise<void> {
    if (this.missing() <= limit) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ limit, resolve }));
  }

  /** Ends the building of the graph; searches still work. */
  stop(): void {
    this.scheduled?.();
    this.options.createGraph = undefined;
    this.wake();
  }

  private missing(): number {
    const { building, serving, flat, options } = this;
    if (!options.createGraph || !building || building !== serving || this.mode === 'exact') return 0;
    return flat.points - building.covered;
  }

  private wake(): void {
    const missing = this.missing();
    const awake = this.waiting.filter(({ limit }) => missing <= limit);
    this.waiting = this.waiting.filter(({ limit }) => missing > limit);
    for (const { resolve } of awake) resolve();
  }

  private tidy(): void {
    const dead = this.flat.points - this.flat.size;
    if (dead > DEAD_MIN && dead > DEAD_SHARE * this.flat.points) {
      const { flat, moved } = this.flat.compact();
      this.flat = flat;
      // The old graph keeps answering until the new one has all vectors.
      this.serving?.remap(moved);
      this.building = undefined;
    }
    if (this.flat.size < this.options.graphFrom && !this.building) this.serving = undefined;
    this.buildSoon();
    this.wake();
  }

  private buildSoon(): void {
    const { createGraph, graphFrom } = this.options;
    if (this.scheduled || !createGraph || (!this.building && this.flat.size < graphFrom)) return;
    if (this.building && this.building.covered === this.flat.points) return;
    this.scheduled = after(this.restMs(), () => {
      this.scheduled = undefined;
      const start = performance.now();
      try {
        this.building ??= createGraph();
        this.serving ??= this.building;
        this.build(this.building);
      } catch (error) {
        this.options.createGraph = undefined;
        this.building = undefined;
        this.serving = undefined;
        this.options.onGraphFailed(error);
      }
      this.sliceMs = performance.now() - start;
      this.wake();
      this.buildSoon();
    });
  }

  private restMs(): number {
    const { serving, flat } = this;
    const isSearched = performance.now() - this.searchedAt < QUIET_MS;
    return isSearched && serving && flat.points - serving.covered <= RESTFUL ? REST * this.sliceMs : 0;
  }

  private build(graph: Graph): void {
    const { flat } = this;
    const unit = new Float32Array(flat.dims);
    const end = performance.now() + SLICE_MS;
    while (graph.covered < flat.points) {
      // Also what no file has at the moment: when its vector comes back, it is taken for covered.
      flat.unit(graph.covered, unit);
      graph.add(graph.covered, unit);
      graph.covered++;
      faultPoint('in-graph');
      if (performance.now() >= end) break;
    }
    if (graph.covered < flat.points) return;
    this.serving = graph;
    this.options.onComplete();
  }
}

/** @returns what calls it off. */
function after(ms: number, run: () => void): () => void {
  if (ms > 0) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  }
  const immediate = setImmediate(run);
  return () => clearImmediate(immediate);
}
