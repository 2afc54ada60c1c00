import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blend } from '../../../plugin/refine/blend';
import { whitenPairs } from '../../../plugin/refine/pair-whitening';
import { principalSubspace } from '../../../plugin/refine/principal';
import { decodeProjection, encodeProjection } from '../../../plugin/refine/projection';
import { cosine, dot, normalise } from '../../../plugin/vectors/cosine';

/** The same numbers from 0 to 1 in every run (Park and Miller). */
function createRandom(seed = 7): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Samples around a mean that vary much along the first axes and little along the others, turned by a rotation. */
function samplesOf(count: number, dims: number, wide: number, random: () => number) {
  const axes = Array.from({ length: dims }, () => Float32Array.from({ length: dims }, () => random() - 0.5));
  for (const [at, axis] of axes.entries()) {
    for (const other of axes.slice(0, at)) {
      const along = dot(axis, other);
      for (let i = 0; i < dims; i++) axis[i] -= along * other[i];
    }
    axis.set(normalise(axis) as Float32Array);
  }
  const samples = Array.from({ length: count }, () => {
    const sample = new Float32Array(dims).fill(0.5);
    for (const [at, axis] of axes.entries()) {
      const weight = (random() - 0.5) * (at < wide ? 2 : 0.02);
      for (let i = 0; i < dims; i++) sample[i] += weight * axis[i];
    }
    return sample;
  });
  return { axes, samples };
}

describe('principal subspace', () => {
  const random = createRandom();
  const { axes, samples } = samplesOf(203, 24, 5, random);
  const { mean, basis } = principalSubspace(samples, 5, random);

  test('the basis is orthonormal', () => {
    for (const [i, a] of basis.entries()) {
      for (const [j, b] of basis.entries()) assert.ok(Math.abs(dot(a, b) - Number(i === j)) < 1e-5, `${i} and ${j}`);
    }
  });

  test('holds the directions in which the samples vary', () => {
    for (const [at, axis] of axes.entries()) {
      const inside = Math.sqrt(basis.reduce((sum, row) => sum + dot(row, axis) ** 2, 0));
      if (at < 5) assert.ok(inside > 0.999, `axis ${at}: ${inside}`);
      else assert.ok(inside < 0.05, `axis ${at}: ${inside}`);
    }
  });

  test('the mean is that of the samples', () => {
    const first = samples.reduce((sum, sample) => sum + sample[0], 0) / samples.length;
    assert.ok(Math.abs(mean[0] - first) < 1e-5);
  });
});

describe('projection', () => {
  const subspace = {
    mean: Float32Array.of(0.5, 0.25, 1),
    basis: [Float32Array.of(0, 0, 1), Float32Array.of(1, 0, 0)],
  };

  test('takes the mean away, keeps the coordinates in the basis, and has unit length', () => {
    const { dims, project } = decodeProjection(encodeProjection(subspace), 3);
    assert.equal(dims, 2);
    assert.deepEqual([...project(Float32Array.of(4.5, 9, 4))], [0.6, 0.8].map(Math.fround));
  });

  test('the mean itself gets a direction', () => {
    const { project } = decodeProjection(encodeProjection(subspace), 3);
    assert.deepEqual([...project(subspace.mean)], [1, 0]);
  });

  test('reads bytes that lie anywhere in memory', () => {
    const bytes = encodeProjection(subspace);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    const { project } = decodeProjection(shifted.subarray(1), 3);
    assert.deepEqual([...project(Float32Array.of(0.5, 0.25, 7))], [1, 0]);
  });

  test('refuses bytes that are none', () => {
    assert.throws(() => decodeProjection(new Uint8Array(13), 3), RangeError);
    assert.throws(() => decodeProjection(new Uint8Array(6), 3), RangeError);
  });

  test('as many dimensions as the samples span keep all their angles', () => {
    const random = createRandom();
    const { samples } = samplesOf(40, 12, 12, random);
    const { mean, basis } = principalSubspace(samples, 12, random);
    const { project } = decodeProjection(encodeProjection({ mean, basis }), 12);
    const centred = samples.map((sample) => sample.map((value, i) => value - mean[i]));
    for (let i = 1; i < samples.length; i++) {
      const kept = dot(project(samples[0]), project(samples[i]));
      assert.ok(Math.abs(kept - cosine(centred[0], centred[i])) < 5e-3, `${i}: ${kept}`);
    }
  });
});

describe('whitening of pairs', () => {
  const PER_KIND = 6;
  const KINDS = 12;
  const DIMS = 10;
  const random = createRandom();
  // Kinds differ along the first eight axes, pictures of one kind mostly along the last two.
  const samples = Array.from({ length: KINDS }, () => Float32Array.from({ length: DIMS - 2 }, () => random() - 0.5))
    .flatMap((kind) => Array.from({ length: PER_KIND }, () => kind))
    .map((kind) => {
      const sample = Float32Array.from({ length: DIMS }, (_, i) => 0.3 + (kind[i] ?? 1.2 * (random() - 0.5)));
      return normalise(sample) as Float32Array;
    });
  const plain = principalSubspace(samples, DIMS, createRandom());
  const whitened = whitenPairs(plain, samples);
  const kindOf = (at: number) => Math.floor(at / PER_KIND);

  /** Mean cosine of samples of one kind, less that of the others. */
  function contrast(subspace: typeof plain): number {
    const projected = samples.map(decodeProjection(encodeProjection(subspace), DIMS).project);
    const sums = { own: 0, owns: 0, other: 0, others: 0 };
    for (const [a, vector] of projected.entries()) {
      for (const [b, other] of projected.slice(0, a).entries()) {
        const own = kindOf(a) === kindOf(b);
        sums[own ? 'own' : 'other'] += dot(vector, other);
        sums[own ? 'owns' : 'others'] += 1;
      }
    }
    return sums.own / sums.owns - sums.other / sums.others;
  }

  test('sets what is of one kind further apart from the rest', () => {
    const [before, after] = [contrast(plain), contrast(whitened)];
    assert.ok(after > before + 0.05, `${before} → ${after}`);
  });

  test('directions within kinds count for less, none for more', () => {
    const gain = (axis: number) => {
      const direction = Float32Array.from({ length: DIMS }, (_, i) => Number(i === axis));
      return Math.hypot(...whitened.basis.map((row) => dot(row, direction)));
    };
    const gains = Array.from({ length: DIMS }, (_, axis) => gain(axis));
    const between = gains.slice(0, -2);
    for (const within of gains.slice(-2)) assert.ok(within < 0.8 * Math.min(...between), gains.join());
    assert.ok(Math.max(...gains) <= 1 + 1e-6, gains.join());
  });

  test('with pairs that are equal there is nothing to learn', () => {
    const twice = [0, 2, 4, 6].flatMap((at) => Array.from({ length: 4 }, () => samples[at]));
    const subspace = principalSubspace(twice, 2, createRandom());
    assert.equal(whitenPairs(subspace, twice).basis, subspace.basis);
  });
});

describe('blend', () => {
  const X = Float32Array.of(1, 0, 0);
  const near = Float32Array.of(0.5, Math.sqrt(0.75), 0);
  const far = Float32Array.of(0.4, 0, Math.sqrt(0.84));

  test('neighbours count by the square of their similarity', () => {
    const blended = blend(X, [near], 1);
    assert.ok(Math.abs(blended[1] / blended[0] - (0.25 * near[1]) / (1 + 0.25 * near[0])) < 1e-6);
    assert.ok(Math.abs(dot(blended, blended) - 1) < 1e-6);
  });

  test('of the candidates the nearest are taken, in whatever order they come', () => {
    assert.deepEqual(blend(X, [far, near], 1), blend(X, [near], 1));
    assert.deepEqual(blend(X, [near, far], 1), blend(X, [near], 1));
    assert.ok(blend(X, [far, near], 2)[2] > 0);
  });

  test('what is unlike does not count, and without neighbours nothing changes', () => {
    assert.deepEqual([...blend(X, [Float32Array.of(-0.6, 0.8, 0)], 1)], [1, 0, 0]);
    assert.deepEqual([...blend(X, [], 3)], [1, 0, 0]);
  });
});
