/** Child process that makes vectors of words. It is started by the first search, and its end is how the tower is unloaded. */

import { readFile } from 'node:fs/promises';
import { loadNativeRuntime } from '../../engines/native-runtime';
import { loadWasmRuntime } from '../../engines/wasm';
import type { FromTextProcess, TextProcessOptions, ToTextProcess } from '../protocol';
import { createTokens } from './tokens';
import { openTower } from './tower';

/** @returns a vector of unit length; null for a text that the model has no tokens for. */
type Embed = (text: string) => Promise<Float32Array | null>;

process.on('disconnect', end);
let embed: Promise<Embed>;
/** One at a time: a run takes all threads. */
let queue: Promise<void> = Promise.resolve();

process.on('message', (message: ToTextProcess) => {
  if (message.type === 'start') embed = load(message.options);
  queue = queue.then(() => (message.type === 'start' ? embed.then(() => {}) : answer(message))).catch(fail);
});

async function answer({ id, texts }: Extract<ToTextProcess, { type: 'embed' }>): Promise<void> {
  const vectors: Array<Float32Array | null> = [];
  for (const text of texts) vectors.push(await (await embed)(text));
  say({ type: 'embedded', id, vectors });
}

async function load({ tower, threads }: TextProcessOptions): Promise<Embed> {
  const tokensOf = await createTokens(JSON.parse(await readFile(tower.tokenizer, 'utf8')), tower);
  const { engine, run } = await open(tower, threads);
  const vectorOf: Embed = async (text) => {
    const tokens = tokensOf(text);
    return tokens ? run(tokens) : null;
  };
  // A tokenizer of another model, or a wrong output, is seen here.
  const [one, other] = [await vectorOf('a red dress'), await vectorOf('mountains at night')];
  if (!one || !other) throw new Error('The tokenizer finds no tokens in “a red dress”: it may be of another model.');
  if (one.every((value, at) => value === other[at])) {
    throw new Error('The text tower gives the same vector for two different texts: `text.output.name` may be wrong.');
  }
  say({ type: 'ready', engine, memoryMb: Math.round(process.memoryUsage.rss() / 2 ** 20) });
  return vectorOf;
}

async function open({ path, dims, tensors }: TextProcessOptions['tower'], threads: number) {
  const failures: string[] = [];
  try {
    const options = { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 } as const;
    return { engine: 'onnxruntime', run: await openTower(loadNativeRuntime(), { path, dims, tensors, options }) };
  } catch (error) {
    failures.push(`onnxruntime: ${(error as Error).message}`);
  }
  try {
    const options = { executionProviders: ['wasm'] };
    return { engine: 'wasm', run: await openTower(loadWasmRuntime(threads), { path, dims, tensors, options }) };
  } catch (error) {
    throw new Error([...failures, `wasm: ${(error as Error).message}`].join('; '), { cause: error });
  }
}

function say(message: FromTextProcess, then?: () => void): void {
  process.send?.(message, undefined, undefined, () => then?.());
}

function fail(error: unknown): void {
  say({ type: 'failed', message: error instanceof Error ? error.message : String(error) }, end);
}

/** At once: there is nothing to save. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}
