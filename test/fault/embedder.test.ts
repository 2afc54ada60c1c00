import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { configSchema } from '../../plugin/contracts/config';
import { createEmbedder, type EmbedderOptions } from '../../plugin/embedder/embedder';
import type { ResolvedModel } from '../../plugin/models/model';
import { resolveModel } from '../../plugin/models/resolve';
import type { Embedder, EmbedResult } from '../../plugin/ports';
import { memoryOf, watchPeakMemory } from '../helpers/peak-memory';
import { until } from '../helpers/until';

/** By how much two processes that have just started differ. */
const START_SPREAD = 32 * 2 ** 20;

const LIMITS = { ...configSchema.parse({}).limits, timeoutMs: 1_000 };
const folder = mkdtempSync(path.join(tmpdir(), 'similar-fault-'));
const open: Embedder[] = [];
let model: ResolvedModel;
let good: string;

before(async () => {
  model = await resolveModel('efficientnet-lite0');
  good = path.join(folder, 'good.png');
  await sharp({
    create: {
      width: 64,
      height: 64,
      channels: 3,
      background: '#4a8',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  })
    .png()
    .toFile(good);
});
after(async () => {
  await Promise.all(open.map((embedder) => embedder.close()));
  rmSync(folder, { recursive: true });
});

function create(options: Partial<EmbedderOptions> = {}): Embedder {
  const processFile = path.join(__dirname, `embedder-entry${path.extname(__filename)}`);
  const embedder = createEmbedder({ model, batchSize: 4, limits: LIMITS, processFile, ...options });
  open.push(embedder);
  return embedder;
}

/** A good picture under a name that makes the decoder misbehave. */
function evil(name: string): string {
  const file = path.join(folder, name);
  copyFileSync(good, file);
  return file;
}

const outcome = (result: EmbedResult) => (result.ok ? 'ok' : `${result.state} ${result.code}`);

async function embedAll(embedder: Embedder, files: string[]): Promise<string[]> {
  return (await Promise.all(files.map((file) => embedder.embed(file)))).map(outcome);
}

const CASES: Array<[misdeed: string, code: string]> = [
  ['crash', 'DECODER_CRASHED'],
  ['abort', 'DECODER_CRASHED'],
  ['exit', 'DECODER_CRASHED'],
  ['throw', 'DECODER_CRASHED'],
  ['hang', 'DECODER_TIMEOUT'],
  ['block', 'DECODER_TIMEOUT'],
];

for (const [misdeed, code] of CASES) {
  test(`${misdeed}: the picture fails after two tries, its neighbours succeed`, async () => {
    const embedder = create();
    const files = [good, good, evil(`${misdeed}-1.png`), good, good, good];
    assert.deepEqual(await embedAll(embedder, files), ['ok', 'ok', `failed ${code}`, 'ok', 'ok', 'ok']);
    assert.equal(embedder.status().restarts, 2);
    assert.deepEqual(await embedAll(embedder, [good]), ['ok'], 'it goes on');
    await embedder.close();
  });
}

test('a picture that a stranger sent ends the process once, and its neighbours succeed', async () => {
  const embedder = create();
  const sent = embedder.embed(evil('crash-sent.png'), { urgent: true, untrusted: { maxPixels: 1_000_000 } });
  const others = embedAll(embedder, [good, good, good]);
  assert.equal(outcome(await sent), 'failed DECODER_CRASHED');
  assert.deepEqual(await others, ['ok', 'ok', 'ok']);
  assert.equal(embedder.status().restarts, 1);
  await embedder.close();
});

test('memory: the picture fails, its neighbours succeed, the limit beside what the model holds is kept', async () => {
  const embedder = create({ limits: { ...LIMITS, memoryMb: 300, timeoutMs: 10_000 } });
  await embedAll(embedder, [good]);
  const held = memoryOf(embedder);
  const peakMemory = watchPeakMemory(embedder);
  const outcomes = await embedAll(embedder, [good, evil('memory-1.png'), good]);
  assert.deepEqual(outcomes, ['ok', 'failed DECODER_MEMORY', 'ok']);
  const peak = peakMemory();
  // The peak is that of a later process than the one that was looked at first.
  assert.ok(
    peak === undefined || held === undefined || peak <= held + 300 * 2 ** 20 + START_SPREAD,
    `${peak} bytes, ${held} at first`,
  );
});

test('several at fault among many: each ends with its own reason, all others succeed', async () => {
  const embedder = create();
  const files = Array.from({ length: 40 }, () => good);
  files[3] = evil('crash-a.png');
  files[4] = evil('hang-b.png');
  files[20] = evil('abort-c.png');
  const expected = files.map(() => 'ok');
  expected[3] = 'failed DECODER_CRASHED';
  expected[4] = 'failed DECODER_TIMEOUT';
  expected[20] = 'failed DECODER_CRASHED';
  assert.deepEqual(await embedAll(embedder, files), expected);
});

test('kill -9 of the process, again and again while it works: every picture gets its vector', async () => {
  const embedder = create();
  const outcomes: string[] = [];
  const inFlight = 40;
  let enough = false;
  // There is always work, however fast the machine is.
  const fed = Array.from({ length: inFlight }, async () => {
    while (!enough) outcomes.push(outcome(await embedder.embed(good)));
  });
  /** A picture that is alone in the process when it ends twice is held to be at fault: those of the last end are done first. */
  async function goesOn(): Promise<void> {
    const before = outcomes.length;
    await until('it goes on', () => outcomes.length > before + 2 * inFlight);
  }
  for (let i = 0; i < 3; i++) {
    await goesOn();
    process.kill(embedder.status().pid!, 'SIGKILL');
    await until('the end is noticed', () => embedder.status().restarts > i);
  }
  await goesOn();
  enough = true;
  await Promise.all(fed);
  assert.deepEqual([...new Set(outcomes)], ['ok']);
});

test('an engine that cannot start: rejected with the reason, the status says so, and the next try comes by itself', async () => {
  const errors: string[] = [];
  const silent = () => {};
  const logger = { info: silent, warn: silent, debug: silent, error: (message: string) => errors.push(message) };
  const embedder = create({ model: { ...model, path: path.join(folder, 'none.onnx') }, logger });
  await assert.rejects(embedder.embed(good), { code: 'EMBEDDER_UNAVAILABLE', message: /could not open the model/ });
  await assert.rejects(embedder.embed(good), { code: 'EMBEDDER_UNAVAILABLE', message: /Possible causes/ });
  assert.equal(embedder.status().state, 'broken');
  assert.match(embedder.status().problem ?? '', /Engine onnxruntime could not open the model/);
  assert.equal(errors.length, 1);
  copyFileSync(model.path, path.join(folder, 'none.onnx'));
  await until('the next try', () => embedder.status().state === 'ready');
  assert.deepEqual(await embedAll(embedder, [good]), ['ok']);
  assert.equal(embedder.status().problem, undefined);
});

test('a process that ends at its start is tried three times, then counts as broken', async () => {
  const embedder = create({ processFile: path.join(folder, 'none.js') });
  await assert.rejects(embedder.embed(good), { code: 'EMBEDDER_UNAVAILABLE', message: /Cannot find module/ });
  assert.equal(embedder.status().restarts, 3);
});
