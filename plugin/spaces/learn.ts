import { createHash } from 'node:crypto';
import { SimilarError } from '../errors';
import type { Blobs, EmbeddingStore, FileId, Space } from '../ports';
import type { Refiner } from '../refine/refiner';
import { shuffled } from './shuffled';

/** A refined space, as all nodes know it. */
export interface GenerationInfo {
  space: string;
  dims: number;
  /** Nearest pictures that each one is averaged with. */
  neighbours: number;
  /** Number of pictures in the library when it was learnt. */
  learntFrom: number;
  /** The configured number: there may be too few pictures for so many dimensions. */
  asked: { dims: number };
}

export interface LearnOptions {
  base: Space;
  store: Pick<EmbeddingStore, 'vectors' | 'vectorKeys'>;
  blobs: Blobs;
  dims: number;
  neighbours: number;
  signal: AbortSignal;
  startRefiner(): Refiner;
}

/** Pictures that are learnt from; more of them changed nothing (docs/decisions/10-refined-spaces.md). */
const SAMPLES = 3_000;
const PAGE = 1_000;
/** Vectors of one message: decoding more of them at once would hold up requests. */
const CHUNK = 32;

/**
 * Learns a projection from pictures of the library, and keeps it where all nodes find it.
 * @throws SimilarError `REFINEMENT_FAILED`
 */
export async function learnGeneration(options: LearnOptions): Promise<GenerationInfo> {
  const { base, store, blobs, neighbours, signal } = options;
  const ids = await allIds(store, base, signal);
  const sample = shuffled(ids).slice(0, SAMPLES);
  // n samples cannot span more than n − 1 dimensions.
  const dims = Math.min(options.dims, base.dims, sample.length - 1);
  const refiner = options.startRefiner();
  const end = () => refiner.close();
  signal.addEventListener('abort', end);
  try {
    for (let at = 0; at < sample.length; at += CHUNK) {
      signal.throwIfAborted();
      const vectors = [...(await store.vectors(base.id, sample.slice(at, at + CHUNK))).values()];
      const packed = new Float32Array(vectors.length * base.dims);
      for (const [i, vector] of vectors.entries()) packed.set(vector, i * base.dims);
      await refiner.sample(packed, base.dims);
    }
    const projection = await refiner.learn(dims);
    const digest = createHash('sha256').update(projection).digest('hex').slice(0, 8);
    const space = `${base.id}~${digest}`;
    await blobs.write(space, projection);
    return { space, dims, neighbours, learntFrom: ids.length, asked: { dims: options.dims } };
  } finally {
    signal.removeEventListener('abort', end);
    refiner.close();
  }
}

async function allIds(store: LearnOptions['store'], { id }: Space, signal: AbortSignal): Promise<FileId[]> {
  const ids: FileId[] = [];
  for (;;) {
    signal.throwIfAborted();
    const page = await store.vectorKeys(id, ids.at(-1) ?? 0, PAGE);
    if (page.length === 0) break;
    for (const { fileId } of page) ids.push(fileId);
  }
  if (ids.length < 3)
    throw new SimilarError('REFINEMENT_FAILED', `Refining needs at least 3 pictures, and there are ${ids.length}`);
  return ids;
}
