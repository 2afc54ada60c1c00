import { Calibration } from './calibration';
import { cosinesTo } from './neighbours';
import type { EmbeddingStore, FileId, Space, VectorIndex } from './ports';

/** 200 × 100 pairs: a share is known to within 0.004 (two standard deviations at one half). */
const PROBES = 200;
const PARTNERS = 100;

export interface CalibrateDeps {
  space: Space;
  store: Pick<EmbeddingStore, 'vectors'>;
  index: Pick<VectorIndex, 'search' | 'keys'>;
}

/** Measures random pairs of the library: all pairs while it is small. The same library gives the same result. */
export async function calibrate({ space, store, index }: CalibrateDeps): Promise<Calibration> {
  const ids = (await index.keys()).map(({ fileId }) => fileId).sort((a, b) => a - b);
  const random = createRandom(ids.length);
  const cosines: number[] = [];
  const vectors = await store.vectors(space.id, pick(ids, PROBES, random));
  for (const [probe, vector] of vectors) {
    // Each pair of a small library once.
    const others = ids.length <= PROBES ? ids.filter((id) => id > probe) : pick(ids, PARTNERS, random);
    const partners = others.filter((id) => id !== probe);
    cosines.push(...(await cosinesTo(index, vector, partners)).values());
  }
  return new Calibration(cosines);
}

/** @returns all of them, when there are not more. */
function pick(ids: readonly FileId[], count: number, random: () => number): FileId[] {
  if (ids.length <= count) return [...ids];
  const chosen = new Set<FileId>();
  while (chosen.size < count) chosen.add(ids[Math.floor(random() * ids.length)]);
  return [...chosen];
}

/** mulberry32 (Tommy Ettinger, public domain): the same seed gives the same numbers from 0 to 1. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
