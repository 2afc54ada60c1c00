import type { Index } from 'usearch';
import type { SimilarConfig } from '../../contracts/config';

export type GraphConfig = Pick<SimilarConfig['index'], 'scalar' | 'connectivity' | 'expansionAdd' | 'expansionSearch'>;

/**
 * Approximate search with USearch (HNSW) over the points of the flat vectors. Each point once: nodes that are equal link to
 * each other only, and hide what lies beyond them.
 * Always one thread: parallel adds leave vectors that no search finds, and more threads than reserved make a search throw.
 */
export class Graph {
  /** Every point below is in the graph. */
  covered = 0;
  /** Point of each key, once the flat vectors were compacted. */
  private moved?: Int32Array;

  private constructor(
    private readonly index: Index,
    readonly config: GraphConfig,
  ) {}

  /** @throws when usearch cannot be loaded on this machine. */
  static create(dims: number, config: GraphConfig): Graph {
    // Lazily: native code is loaded only where a graph is really wanted.
    const { Index, MetricKind, ScalarKind } = require('usearch') as typeof import('usearch');
    const quantization = { bf16: ScalarKind.BF16, f16: ScalarKind.F16, f32: ScalarKind.F32, i8: ScalarKind.I8 };
    const index = new Index({
      dimensions: dims,
      // Of unit vectors the inner product is the cosine, and building takes a third less time.
      metric: MetricKind.IP,
      quantization: quantization[config.scalar],
      connectivity: config.connectivity,
      expansion_add: config.expansionAdd,
      expansion_search: config.expansionSearch,
      multi: false,
    });
    return new Graph(index, config);
  }

  /**
   * @param file verified by its checksum: usearch ends the process when it reads a damaged one.
   * @throws when the graph in the file is not the expected one.
   */
  static load(file: string, dims: number, config: GraphConfig, covered: number): Graph {
    const graph = Graph.create(dims, config);
    graph.index.load(file);
    if (graph.index.dimensions() !== dims || graph.index.size() !== covered) {
      throw new Error(`it holds ${graph.index.size()} vectors of ${graph.index.dimensions()} numbers`);
    }
    graph.covered = covered;
    return graph;
  }

  get size(): number {
    return this.index.size();
  }

  /** Whether its keys are still points, so that it can be saved with the vectors. */
  get isCurrent(): boolean {
    return this.moved === undefined;
  }

  /** @param unit a finite vector of unit length. */
  add(point: number, unit: Float32Array): void {
    this.index.add(BigInt(point), unit, 1);
  }

  /** @returns about the nearest `count` points; −1 for vectors that are gone. */
  search(unit: Float32Array, count: number): number[] {
    const keys = Array.from(this.index.search(unit, count, 1).keys, Number);
    return this.moved ? keys.map((key) => this.moved![key]) : keys;
  }

  /** The vectors were compacted; `moved` holds the new number of each old point. */
  remap(moved: Int32Array): void {
    let covered = 0;
    for (let point = 0; point < this.covered; point++) if (moved[point] >= 0) covered++;
    this.moved = this.moved ? this.moved.map((point) => (point < 0 ? point : moved[point])) : moved;
    this.covered = covered;
  }

  /** Writes without fsync, and without an error when the disk is full: see `expectedGraphBytes`. */
  write(file: string): void {
    this.index.save(file);
  }
}
