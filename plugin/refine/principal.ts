import { dot } from '../vectors/cosine';

/** Enough for the share of the variance that is kept to change by less than a thousandth (docs/decisions/10-refined-spaces.md). */
const ROUNDS = 4;
/** Samples of one step: their weights stay in registers while a basis vector passes through the cache. */
const BLOCK = 8;

export interface Subspace {
  mean: Float32Array;
  /** Orthonormal, and all rows together are as good as the principal components: cosines do not depend on which basis spans them. */
  basis: Float32Array[];
}

/**
 * The subspace of `dims` dimensions that holds most of the samples' variance around their mean: subspace iteration from
 * random directions (Halko, Martinsson and Tropp, SIAM Review 2011, algorithm 4.4), without their last step, which only
 * turns the basis.
 * @param samples of one length, at least `dims` of them and `dims` numbers each.
 * @param random numbers from 0 to 1.
 */
export function principalSubspace(samples: readonly Float32Array[], dims: number, random = Math.random): Subspace {
  const mean = meanOf(samples);
  const centred = samples.map((sample) => sample.map((value, i) => value - mean[i]));
  let basis: Float32Array[] = Array.from({ length: dims }, () => mean.map(() => random() - 0.5));
  for (let round = 0; round < ROUNDS; round++) basis = orthonormal(timesCovariance(centred, basis));
  return { mean, basis };
}

function meanOf(samples: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(samples[0].length);
  for (const sample of samples) for (let i = 0; i < sum.length; i++) sum[i] += sample[i];
  return Float32Array.from(sum, (value) => value / samples.length);
}

/** Each basis vector times the sum of all samples' outer products. */
function timesCovariance(samples: readonly Float32Array[], basis: readonly Float32Array[]): Float32Array[] {
  const products = basis.map((vector) => new Float32Array(vector.length));
  const none = new Float32Array(basis[0].length);
  for (let at = 0; at < samples.length; at += BLOCK) {
    const [a, b, c, d, e, f, g, h] = Array.from({ length: BLOCK }, (_, i) => samples[at + i] ?? none);
    for (const [row, vector] of basis.entries()) {
      const sum = products[row];
      const [wa, wb, wc, wd] = [dot(a, vector), dot(b, vector), dot(c, vector), dot(d, vector)];
      const [we, wf, wg, wh] = [dot(e, vector), dot(f, vector), dot(g, vector), dot(h, vector)];
      for (let i = 0; i < sum.length; i++) {
        sum[i] += wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i] + (we * e[i] + wf * f[i]) + (wg * g[i] + wh * h[i]);
      }
    }
  }
  return products;
}

/** Gram and Schmidt, twice for each vector: once leaves what single precision lost. */
function orthonormal(vectors: Float32Array[]): Float32Array[] {
  const done: Float32Array[] = [];
  for (const vector of vectors) {
    for (let pass = 0; pass < 2; pass++) {
      for (const other of done) subtract(vector, other, dot(vector, other));
      scale(vector, 1 / Math.sqrt(dot(vector, vector)));
    }
    done.push(vector);
  }
  return done;
}

function subtract(vector: Float32Array, other: Float32Array, weight: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] -= weight * other[i];
}

function scale(vector: Float32Array, factor: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] *= factor;
}
