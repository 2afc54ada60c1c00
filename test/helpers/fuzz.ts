import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { configSchema } from '../../plugin/contracts/config';
import { resolveModel } from '../../plugin/models/resolve';
import type { Embedder, EmbedResult } from '../../plugin/ports';
import type { Mutant } from './mutants';
import { watchPeakMemory } from './peak-memory';
import type { Seen } from './sharp-oracle';

export interface Fuzzed {
  mutant: Mutant;
  result: EmbedResult;
  /** Why the result is not true, if so. */
  lie?: string;
}

export interface FuzzRun {
  fuzzed: Fuzzed[];
  /** Largest resident memory of the embedder's processes in bytes, where the system tells. */
  peak?: number;
  /** How often the process had to be started again. */
  restarts: number;
}

/** Embeds all of them beside each other, as a library is embedded. @param dist of `compilePlugin`: a loader would be counted in the memory. */
export async function fuzz(mutants: readonly Mutant[], dist: string): Promise<FuzzRun> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-fuzz-'));
  const { createEmbedder } = require(path.join(dist, 'plugin/embedder/embedder.js'));
  const embedder: Embedder = createEmbedder({ model: await resolveModel('efficientnet-lite0') });
  const peakMemory = watchPeakMemory(embedder);
  const oracle = startOracle();
  try {
    const files = mutants.map(({ bytes }, at) => {
      const file = path.join(folder, String(at));
      writeFileSync(file, bytes);
      return file;
    });
    const results = await Promise.all(files.map((file) => embedder.embed(file)));
    const peak = peakMemory();
    const fuzzed: Fuzzed[] = [];
    for (const [at, mutant] of mutants.entries()) {
      const result = results[at];
      fuzzed.push({ mutant, result, lie: result.ok ? undefined : lieIn(result, mutant, await oracle.look(files[at])) });
    }
    return { fuzzed, peak, restarts: embedder.status().restarts };
  } finally {
    peakMemory();
    oracle.end();
    await embedder.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const { maxPixels } = configSchema.parse({}).limits;

/** Whether what is said of a picture that was not embedded is so. Of one at which sharp itself crashes nothing is known. */
function lieIn(
  result: Exclude<EmbedResult, { ok: true }>,
  { bytes, format }: Mutant,
  seen: Seen | undefined,
): string | undefined {
  if (!/^[A-Z].{20,}\.$/.test(result.reason)) return 'the reason is no sentence';
  if (!seen) return undefined;
  switch (result.code) {
    case 'EMPTY_FILE':
      return bytes.length === 0 ? undefined : 'it is not empty';
    case 'UNSUPPORTED_FORMAT':
      return seen.known ? 'sharp knows it' : undefined;
    case 'DECODE_FAILED':
      // A drawing whose size is known has been read, and is not damaged.
      if (format === 'svg' && seen.known && /damaged/.test(result.reason)) return 'sharp reads it';
      return seen.decodes && !/cannot be drawn/.test(result.reason) ? 'sharp decodes it' : undefined;
    case 'TOO_MANY_PIXELS':
      return seen.pixels !== undefined && seen.pixels <= maxPixels ? `it has ${seen.pixels}` : undefined;
    case 'NOTHING_VISIBLE':
      return seen.decodes ? undefined : 'sharp does not decode it';
    // Crashes, hangs and memory are counted by whoever asks.
    default:
      return undefined;
  }
}

function startOracle() {
  const start = () => fork(path.join(__dirname, 'sharp-oracle.ts'), { execArgv: ['--import', 'tsx'] });
  let child = start();
  return {
    /** @returns undefined when it crashed. */
    async look(file: string): Promise<Seen | undefined> {
      const waiting = new AbortController();
      const { signal } = waiting;
      const answered = once(child, 'message', { signal }).then(([seen]) => seen as Seen);
      const crashed = once(child, 'exit', { signal }).then(() => undefined);
      child.send({ path: file, maxPixels });
      const seen = await Promise.race([answered, crashed]);
      for (const other of [answered, crashed]) other.catch(() => {});
      waiting.abort();
      if (!seen) child = start();
      return seen;
    },
    end: () => child.kill('SIGKILL'),
  };
}
