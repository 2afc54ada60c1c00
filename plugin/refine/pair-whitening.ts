import { dot } from '../vectors/cosine';
import { keepBest, type Likeness, weightOf } from './blend';
import type { Subspace } from './principal';

/** Nearest samples that each sample is paired with. */
const PARTNERS = 3;

/**
 * Learned whitening (Mikolajczyk and Matas, 2007; Radenović, Tolias and Chum, 2018) without labels: each sample and its nearest
 * are taken for the same kind of thing, and directions in which such pairs differ count for less.
 * @param samples that the subspace was learnt from, unit length.
 * @returns the same subspace with a basis that is not orthonormal any more.
 */
export function whitenPairs({ mean, basis }: Subspace, samples: readonly Float32Array[]): Subspace {
  const covariance = pairCovariance(samples, basis);
  return { mean, basis: covariance ? solveLower(cholesky(covariance), basis) : basis };
}

/**
 * Covariance of the differences within pairs, with a mean variance of one, plus the identity: without it a direction in which
 * pairs hardly differ, perhaps by chance, would count for more than all others.
 * @returns its lower triangle, or undefined when no samples are alike or all that are alike are equal.
 */
function pairCovariance(samples: readonly Float32Array[], basis: readonly Float32Array[]): Float64Array[] | undefined {
  const sum = basis.map((_, i) => new Float64Array(i + 1));
  // Only their differences are looked at: the mean need not be taken away.
  const coordinates = samples.map((sample) => Float32Array.from(basis, (row) => dot(row, sample)));
  for (const [self, nearest] of nearestOf(samples).entries()) {
    for (const { at, similarity } of nearest) {
      const apart = coordinates[self].map((value, i) => value - coordinates[at][i]);
      addSquare(sum, apart, weightOf(similarity));
    }
  }
  const variance = sum.reduce((total, row, i) => total + row[i], 0) / basis.length;
  if (!(variance > 0)) return undefined;
  return sum.map((row, i) => row.map((value, j) => value / variance + Number(i === j)));
}

/** Of each sample those that are most like it. */
function nearestOf(samples: readonly Float32Array[]): Likeness[][] {
  const nearest: Likeness[][] = samples.map(() => []);
  for (const [at, sample] of samples.entries()) {
    for (let other = 0; other < at; other++) {
      const similarity = dot(sample, samples[other]);
      keepBest(nearest[at], { at: other, similarity }, PARTNERS);
      keepBest(nearest[other], { at, similarity }, PARTNERS);
    }
  }
  return nearest;
}

/** Adds the lower triangle of the outer product of `vector` with itself. */
function addSquare(sum: readonly Float64Array[], vector: Float32Array, weight: number): void {
  for (const [i, row] of sum.entries()) {
    const factor = weight * vector[i];
    for (let j = 0; j <= i; j++) row[j] += factor * vector[j];
  }
}

/** @param matrix lower triangle of a positive definite one. @returns lower triangle L with L·Lᵀ = matrix. */
function cholesky(matrix: readonly Float64Array[]): Float64Array[] {
  const lower: Float64Array[] = [];
  for (const row of matrix) {
    const i = lower.length;
    const done = row.slice();
    for (const [j, other] of [...lower, done].entries()) {
      for (let k = 0; k < j; k++) done[j] -= done[k] * other[k];
      done[j] = j === i ? Math.sqrt(done[i]) : done[j] / other[j];
    }
    lower.push(done);
  }
  return lower;
}

/** @returns X with lower·X = rows. */
function solveLower(lower: readonly Float64Array[], rows: readonly Float32Array[]): Float32Array[] {
  const solved: Float32Array[] = [];
  for (const [i, row] of rows.entries()) {
    const left = Float64Array.from(row);
    for (let k = 0; k < i; k++) {
      for (let at = 0; at < left.length; at++) left[at] -= lower[i][k] * solved[k][at];
    }
    solved.push(Float32Array.from(left, (value) => value / lower[i][i]));
  }
  return solved;
}
