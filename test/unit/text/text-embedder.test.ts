import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, test } from 'node:test';
import { SimilarError } from '../../../plugin/errors';
import { onnxBytes, readOnnx } from '../../../plugin/models/onnx-file';
import type { TextTower } from '../../../plugin/models/text-tower';
import {
  createTextEmbedder,
  type LazyTextEmbedder,
  type TextEmbedderOptions,
} from '../../../plugin/text/text-embedder';
import { cosine } from '../../../plugin/vectors/cosine';
import { createTestLogger } from '../../helpers/index-under-test';
import { modelWithText, resolveTower, textFilesOf } from '../../helpers/text-tower';
import { until } from '../../helpers/until';

const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-text-'));
after(() => rmSync(folder, { recursive: true }));

let embedder: LazyTextEmbedder;
afterEach(() => embedder?.close());

const towerOf = (text: object = {}): Promise<TextTower> => resolveTower('mine', modelWithText('clip-text', text));

function start(options: Partial<TextEmbedderOptions> = {}): LazyTextEmbedder {
  const logger = createTestLogger();
  const more = { threads: 1, patienceMs: 60_000, ...options };
  embedder = createTextEmbedder({ model: 'mine', tower: () => towerOf(), logger, ...more });
  return embedder;
}

test('is not loaded before the first words, and unloaded when nobody searches any more', async () => {
  const text = start({ idleMs: 1 });
  assert.equal(text.isLoaded, false);
  await text.prepare();
  assert.equal(text.isLoaded, false);
  const first = await text.embed('red dress');
  await until('it is unloaded', async () => !text.isLoaded);
  assert.equal(await text.embed('red dress'), first, 'what was searched for is remembered');
  assert.equal(text.isLoaded, false);
  assert.ok(await text.embed('green apple'), 'it is loaded again');
});

test('several at once share one process, and each gets its own', async () => {
  const text = start();
  const words = ['red dress', 'green apple', 'a cat', 'red dress'];
  const vectors = await Promise.all(words.map((word) => text.embed(word)));
  assert.ok(cosine(vectors[0], vectors[3]) > 0.9999);
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ]) {
    assert.ok(cosine(vectors[i], vectors[j]) < 0.99);
  }
});

test('half precision gives the same', async () => {
  const { path: file } = textFilesOf('clip-text');
  const half = path.join(folder, 'half.onnx');
  const model = await readOnnx(file);
  const [output] = model.graph.output;
  // As exports in float16 do: their last node is a cast.
  model.graph.node.push({
    input: [output.name],
    output: ['halves'],
    op_type: 'Cast',
    attribute: [{ name: 'to', i: 10, type: 2 }],
  } as never);
  model.graph.output[0] = {
    ...output,
    name: 'halves',
    type: { tensor_type: { ...output.type.tensor_type, elem_type: 10 } },
  };
  writeFileSync(half, onnxBytes(model));
  const whole = await start().embed('red dress');
  await embedder.close();
  const tower = await towerOf({ path: half });
  assert.deepEqual(tower.tensors.output, { name: 'halves', type: 'float16' });
  const halved = await start({ tower: async () => tower }).embed('red dress');
  assert.ok(cosine(whole, halved) > 0.9999);
});

test('words that nothing is left of are the fault of the request', async () => {
  await assert.rejects(start().embed('  '), { code: 'INVALID_PARAMETER', details: { name: 'q' } });
  assert.deepEqual(
    (await embedder.embedAll(['  ', 'cat'])).map((vector) => vector?.length),
    [undefined, 32],
  );
});

test('a tower that is not there says why, and is looked for again', async () => {
  let isThere = false;
  const tower = async () => {
    if (!isThere) throw new SimilarError('MODEL_UNAVAILABLE', 'The server is away.');
    return towerOf();
  };
  const text = start({ tower });
  await assert.rejects(text.embed('red dress'), { code: 'WORDS_UNREADY', message: /The server is away/ });
  isThere = true;
  assert.ok(await text.embed('red dress'));
});

test('nobody waits longer than patience, and what was begun goes on', async () => {
  let found: (tower: TextTower) => void = () => {};
  const tower = () => new Promise<TextTower>((resolve) => (found = resolve));
  const text = start({ tower, patienceMs: 1 });
  await assert.rejects(text.embed('red dress'), { code: 'WORDS_UNREADY', status: 503, message: /being downloaded/ });
  found(await towerOf());
  await until('it is loaded', async () => text.isLoaded);
  await until('the words are known', () =>
    text.embed('red dress').then(
      () => true,
      () => false,
    ),
  );
});

test('a process that is killed costs a search, not the next one', async () => {
  const text = start();
  await text.embed('red dress');
  const pids = childrenOf(process.pid);
  assert.equal(pids.length, 1);
  process.kill(pids[0], 'SIGKILL');
  await until('its end is seen', async () => !text.isLoaded);
  assert.ok(await text.embed('green apple'));
});

test('a tokenizer of another model, or a file that is none, is seen before anybody is answered', async () => {
  const broken = path.join(folder, 'tokenizer.json');
  writeFileSync(broken, '{"model": ');
  const tower = () => towerOf({ tokenizer: { path: broken } });
  await assert.rejects(start({ tower }).embed('red dress'), { code: 'WORDS_UNREADY', message: /JSON/ });
  await embedder.close();
  const file = path.join(folder, 'unknown.json');
  copyFileSync(textFilesOf('clip-text').tokenizer.path, file);
  const { model, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...rest, model: { ...model, vocab: shifted(model.vocab) } }));
  const other = () => towerOf({ tokenizer: { path: file } });
  await assert.rejects(start({ tower: other }).embed('red dress'), { code: 'WORDS_UNREADY' });
});

/** Ids that the model has no rows for. */
const shifted = (vocab: Record<string, number>) =>
  Object.fromEntries(Object.entries(vocab).map(([token, id]) => [token, id + 100_000]));

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
