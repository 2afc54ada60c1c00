/** Child process that decodes pictures and runs the engine. Bytes nobody vouches for are decoded here and nowhere else. */

import { createBudget } from '../../budget';
import { hasFeatures } from '../../engines/foreign';
import { faultPoint } from '../../fault-point';
import type { EmbedResult } from '../../ports';
import { type Miniature, miniatureOf } from '../../same-photo/miniature';
import type { EmbedRequest, ProcessOptions, ToProcess } from '../protocol';
import { badVector } from '../reasons';
import { createBatcher } from './batcher';
import { decodePicture } from './decode';
import { startEnginePool } from './engine-pool';
import { explainPair } from './explain-pair';
import { watchMemory } from './memory-watch';
import { say, sayWithNext } from './say';

/** Decoded pixels held at once, besides those of a single picture that has more: 32 million are about 130 MB as RGBA. */
const PIXEL_BUDGET = 32_000_000;
/** The share of it that every decoder may fill without asking. */
const UNCOUNTED = 2_000_000;
/** Explanations at the same time: one is decoded while the engine works on the other. Each of them takes a batch of its own. */
const EXPLANATIONS = 2;

/** @param decode replaced in tests by one that crashes or hangs. */
export function serve(decode = decodePicture): void {
  process.on('disconnect', end);
  process.once('message', (message: ToProcess) => {
    if (message.type === 'start') start(message.options, decode).catch(fail);
  });
}

async function start(options: ProcessOptions, decode: typeof decodePicture): Promise<void> {
  const { model, batchSize, limits } = options;
  const { path: modelPath, dims, preprocessing, tensors } = model;
  const { size } = preprocessing;
  const engines = await startEnginePool({ ...options, modelPath, dims, preprocessing, tensors }, (message) =>
    fail(new Error(message)),
  );
  const memoryMb = watchMemory(limits.memoryMb, (now) => say({ type: 'out-of-memory', memoryMb: now }, end));
  const budget = createBudget(PIXEL_BUDGET - options.decoders * UNCOUNTED);
  const explanations = createBudget(EXPLANATIONS);
  const heicTurns = createBudget(1);
  const queue: EmbedRequest[] = [];
  let decoding = 0;
  let results: Array<{ id: number; result: EmbedResult }> = [];
  /** Of pictures whose vectors are being made. */
  const miniatures = new Map<number, Miniature>();

  const batcher = createBatcher({
    engines,
    batchSize,
    values: 3 * size * size,
    onVector(id, vector) {
      const miniature = miniatures.get(id);
      miniatures.delete(id);
      results.push({ id, result: vector ? { ok: true, vector, miniature } : badVector() });
    },
    onBatch() {
      say({ type: 'results', results });
      results = [];
    },
  });

  async function take({ id, path, crop, maxPixels = limits.maxPixels }: EmbedRequest): Promise<void> {
    say({ type: 'decoding', id });
    const admitted = (pixels: number) => admit(id, pixels);
    const turn = () => admit(id, 1, heicTurns);
    const decoded = await decode(path, {
      ...limits,
      maxPixels: Math.min(maxPixels, limits.maxPixels),
      ...preprocessing,
      crop,
      uncounted: UNCOUNTED,
      admit: admitted,
      turn,
    });
    faultPoint('decoded');
    if (decoded.ok) {
      // The next picture is about to be decoded, and says so.
      sayWithNext({ type: 'decoded', id });
      miniatures.set(id, miniatureOf(decoded.pixels, size));
      batcher.add(id, decoded.pixels);
    } else {
      say({ type: 'results', results: [{ id, result: decoded }] });
    }
  }

  async function admit(id: number, amount: number, of = budget): Promise<() => void> {
    const waits = of.waits(amount);
    if (waits) say({ type: 'waiting', id });
    const release = await of.take(amount);
    if (waits) say({ type: 'decoding', id });
    return release;
  }

  function next(): void {
    while (decoding < options.decoders && queue.length > 0) {
      decoding++;
      take(queue.shift()!)
        .catch(fail)
        .finally(() => {
          decoding--;
          next();
        });
    }
  }

  /** Outside the queue: somebody waits for it, and it is rare. */
  async function explain(id: number, paths: [string, string]): Promise<void> {
    const waiting = { admit: (pixels: number) => budget.take(pixels), turn: () => heicTurns.take(1) };
    const limit = { ...limits, ...preprocessing, ...waiting };
    const deps = {
      engines,
      preprocessing,
      isExplainable: hasFeatures(tensors),
      decode: (path: string) => decode(path, limit),
    };
    const giveBack = await explanations.take(1);
    try {
      say({ type: 'explained', id, result: await explainPair(paths, deps) });
    } finally {
      giveBack();
    }
  }

  process.on('message', (message: ToProcess) => {
    if (message.type === 'explain') explain(message.id, message.paths).catch(fail);
    if (message.type !== 'embed') return;
    queue.push(...message.pictures);
    next();
  });
  const { engine, device, skipped } = engines;
  say({ type: 'ready', engine, device, skipped, memoryMb });
}

function fail(error: unknown): void {
  say({ type: 'failed', message: error instanceof Error ? error.message : String(error) }, end);
}

/** At once: there is nothing to save, and an orderly exit would wait for threads that may hang. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

if (require.main === module) serve();
