import { blend } from './blend';
import { whitenPairs } from './pair-whitening';
import { principalSubspace } from './principal';
import { decodeProjection, encodeProjection, type Projection } from './projection';

/** Learns projections and applies them: minutes of arithmetic, for a process of its own (refiner.ts). */
export class Arithmetic {
  private samples: Float32Array[] = [];
  private projection: Projection | undefined;

  /** @param vectors to learn from, one after another, `length` numbers each. */
  sample(vectors: Float32Array, length: number): void {
    for (let at = 0; at < vectors.length; at += length) this.samples.push(vectors.subarray(at, at + length));
  }

  /** @returns the projection to `dims` numbers, encoded. The samples are used up. */
  learn(dims: number): Uint8Array {
    const { samples } = this;
    this.samples = [];
    return encodeProjection(whitenPairs(principalSubspace(samples, dims), samples));
  }

  /** @param from length of the vectors that are projected. */
  load(projection: Uint8Array, from: number): void {
    this.projection = decodeProjection(projection, from);
  }

  /**
   * The refined vector of a picture, unit length.
   * @param candidates of which the `neighbours` that are nearest once they are projected are averaged with it.
   */
  refine(vector: Float32Array, candidates: readonly Float32Array[], neighbours: number): Float32Array {
    if (!this.projection) throw new Error('no projection was loaded');
    const { project } = this.projection;
    return blend(project(vector), candidates.map(project), neighbours);
  }
}
