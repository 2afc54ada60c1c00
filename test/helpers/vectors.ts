import type { Match, StoredVector } from '../../plugin/ports';
import { encodeFloat16 } from '../../plugin/vectors/float16';

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Unit vectors in clusters, as embeddings of pictures are. */
export function createClusters(dims: number, clusters: number, random: () => number): () => Float32Array {
  const normal = () => random() + random() + random() + random() - 2;
  const centres = Array.from({ length: clusters }, () => Float32Array.from({ length: dims }, normal));
  return () => {
    const centre = centres[Math.floor(random() * clusters)];
    const vector = centre.map((value) => value + 0.7 * normal());
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  };
}

export function stored(fileId: number, seq: number, vector: Float32Array): StoredVector {
  return { fileId, seq, vector: encodeFloat16(vector) };
}

/** Share of the exact answer's files that the other answer has. */
export function recall(exact: readonly Match[], other: readonly Match[]): number {
  const found = new Set(other.map(({ fileId }) => fileId));
  return exact.length === 0 ? 1 : exact.filter(({ fileId }) => found.has(fileId)).length / exact.length;
}
