import { cosine } from '../vectors/cosine';
import type { EngineFactory, EngineOptions } from './engine';
import { inFullBatches } from './full-batches';
import { engineFactory } from './index';
import { type PixelSession, takingPixels } from './pixel-session';

export interface Choice {
  session: PixelSession;
  /** Engines that come before it and cannot be used here, each with its reason in one line. */
  skipped: string[];
}

type ChoiceOptions = Omit<EngineOptions, 'devices'> &
  Required<Pick<EngineOptions, 'preprocessing'>> & {
    /** Pictures of a full batch: on a GPU all batches are. */
    batchSize: number;
  };

/** In this order: a GPU is faster than any CPU, onnxruntime than TensorFlow.js on both, and WebAssembly runs everywhere. */
const CANDIDATES: ReadonlyArray<[engine: string, devices: 'gpu' | 'cpu']> = [
  ['onnxruntime', 'gpu'],
  ['tensorflow', 'gpu'],
  ['onnxruntime', 'cpu'],
  ['tensorflow', 'cpu'],
  ['wasm', 'cpu'],
];

/** A GPU may compute in TF32: a wrong result is further off than that. */
const LEAST_COSINE = 0.999;

/**
 * The first engine that loads, and that computes on a GPU what the CPU computes.
 * @param name an engine, an engine with its kind of device (`onnxruntime:cpu`), or `auto`.
 * @throws SimilarError `ENGINE_UNAVAILABLE` of onnxruntime on the CPU, or else of the first candidate.
 */
export async function chooseEngine(
  name: string,
  options: ChoiceOptions,
  factoryOf: (name: string) => EngineFactory = engineFactory,
): Promise<Choice> {
  const candidates = CANDIDATES.filter(([engine, devices]) => ['auto', engine, `${engine}:${devices}`].includes(name));
  if (candidates.length === 0) factoryOf(name);
  const skipped: string[] = [];
  let failure: unknown;
  for (const [engine, devices] of candidates) {
    let session: PixelSession | undefined;
    try {
      const opened = await factoryOf(engine)({ ...options, devices });
      const fitted = devices === 'gpu' ? inFullBatches(opened, options.batchSize) : opened;
      session = takingPixels(fitted, options.preprocessing);
      if (devices === 'cpu' || (await reproducesCpu(session, options, factoryOf))) return { session, skipped };
      throw new Error(`${session.device} gives different embeddings from the CPU`);
    } catch (error) {
      // What has failed may fail at this, too: the engines after it are tried all the same.
      await session?.dispose().catch(() => {});
      // Of several failures that of the engine which everybody has says most.
      if (!failure || (engine === 'onnxruntime' && devices === 'cpu')) failure = error;
      skipped.push(`${engine} on ${devices}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw failure;
}

async function reproducesCpu(
  session: PixelSession,
  options: ChoiceOptions,
  factoryOf: (name: string) => EngineFactory,
): Promise<boolean> {
  const { preprocessing } = options;
  const reference = takingPixels(await factoryOf('onnxruntime')({ ...options, devices: 'cpu' }), preprocessing);
  try {
    const picture = testPicture(preprocessing.size);
    const [wanted, given] = [await reference.run(picture, 1), await session.run(picture, 1)];
    return cosine(wanted.embedding, given.embedding) >= LEAST_COSINE;
  } finally {
    await reference.dispose();
  }
}

/** Smooth colours. */
function testPicture(size: number): Uint8Array {
  const wave = (i: number) => Math.sin(i / 97) + Math.cos(i / (7 * size));
  return Uint8Array.from({ length: 3 * size * size }, (_, i) => 128 + 63 * wave(i));
}
