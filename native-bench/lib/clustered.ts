import { createRandom } from '../../plugin/vectors/random';

/**
 * Unit vectors that lie as embeddings of pictures do: many in few places. `clusters` centres, drawn with normal numbers; each
 * vector is a centre plus normal noise of `spread` times its length, at unit length. With a spread of 0.7 two vectors of a
 * cluster have a cosine of about 0.67, and two of different ones about 0.
 */
export function clusteredVectors(dims: number, clusters: number, { seed = 1, spread = 0.7 } = {}): () => Float32Array {
  const random = createRandom(seed);
  const normals = createNormals(random);
  const centres = Array.from({ length: clusters }, () => Float32Array.from({ length: dims }, normals));
  return () => {
    const centre = centres[Math.floor(random() * clusters)];
    const vector = new Float32Array(dims);
    let squares = 0;
    for (let i = 0; i < dims; i++) {
      vector[i] = centre[i] + spread * normals();
      squares += vector[i] ** 2;
    }
    const scale = 1 / Math.sqrt(squares);
    for (let i = 0; i < dims; i++) vector[i] *= scale;
    return vector;
  };
}

/** Normal numbers out of a large table, from a random place in random steps: 200 million one by one would take as long as the search. */
function createNormals(random: () => number): () => number {
  const table = Float32Array.from({ length: 2 ** 20 }, () => {
    return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  });
  let at = 0;
  let left = 0;
  return () => {
    if (left-- === 0) {
      at = Math.floor(random() * table.length);
      left = 64;
    }
    at = (at + 1) % table.length;
    return table[at];
  };
}
