import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { createEmbedder } from '../../plugin/embedder/embedder';
import { createRemoteEmbedder, type RemoteEmbedderOptions } from '../../plugin/embedder/remote/remote-embedder';
import { createService } from '../../plugin/embedder/remote/service';
import type { ResolvedModel } from '../../plugin/models/model';
import { resolveModel } from '../../plugin/models/resolve';
import { spaceOf } from '../../plugin/models/space';
import type { Embedder, EmbedResult, Logger } from '../../plugin/ports';
import { type EmbedderService, startEmbedderService } from '../helpers/embedder-service';
import { freePort } from '../helpers/free-port';
import { listen } from '../helpers/listen';
import { manyPictures, texture } from '../helpers/pictures';
import { until } from '../helpers/until';

const TOKEN = 'a-token-of-the-tests';
const folder = mkdtempSync(path.join(tmpdir(), 'similar-remote-'));
const services: EmbedderService[] = [];
const embedders: Embedder[] = [];
const drains: Array<() => Promise<void>> = [];
let model: ResolvedModel;
let good: string;

before(async () => {
  model = await resolveModel('efficientnet-lite0');
  good = fileOf('good.jpg', await texture(1));
});
after(async () => {
  await Promise.all(embedders.map((embedder) => embedder.close()));
  await Promise.all(drains.map((drain) => drain()));
  await Promise.all(services.map((service) => service.kill()));
  rmSync(folder, { recursive: true });
});

function fileOf(name: string, bytes: Buffer): string {
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

async function service(...args: Parameters<typeof startEmbedderService>): Promise<EmbedderService> {
  const started = await startEmbedderService(...args);
  services.push(started);
  return started;
}

/** A service in this process, of an embedder that a test may make odd. */
async function serve(embedder: Embedder, batchSize: number): Promise<string> {
  embedders.push(embedder);
  const { server, drain } = await createService({ embedder, batchSize, maxBytes: 100_000 });
  drains.push(drain);
  return `http://127.0.0.1:${await listen(server)}`;
}

function remote(urls: string[], options: Partial<RemoteEmbedderOptions> = {}) {
  const log: string[] = [];
  const tell = (message: string) => void log.push(message);
  const logger: Logger = { info: tell, warn: tell, error: tell, debug() {} };
  const embedder = createRemoteEmbedder({
    space: spaceOf(model),
    machines: urls.map((url) => ({ url, token: TOKEN })),
    maxBytes: 10_000_000,
    local: 'never',
    openLocal: () => Promise.reject(new Error('not here')),
    localCapacity: 16,
    logger,
    ...options,
  });
  embedders.push(embedder);
  return { embedder, log };
}

function local(): Embedder {
  const embedder = createEmbedder({ model, batchSize: 4 });
  embedders.push(embedder);
  return embedder;
}

const count = (log: string[], pattern: RegExp) => log.filter((line) => pattern.test(line)).length;
const outcome = (result: EmbedResult) => (result.ok ? 'ok' : `${result.state} ${result.code}`);

test('a machine that is killed and one that hangs cost no picture: the others, and then this node, embed them', async () => {
  const env = { SIMILAR_EMBEDDER_TOKEN: TOKEN };
  const [killed, stopped] = await Promise.all([
    service(['--batch-size', '4'], env),
    service(['--batch-size', '4'], env),
  ]);
  let opened = 0;
  const { embedder, log } = remote([killed.url, stopped.url], {
    local: 'fallback',
    openLocal: async () => {
      opened++;
      return local();
    },
  });
  const files = (await manyPictures(200)).map((bytes, i) => fileOf(`many-${i}.jpg`, bytes));
  await until('both answer', () => embedder.status().device.startsWith('remote: 2 of 2'));
  assert.equal(embedder.capacity, 32);
  let settled = 0;
  const asked = files.map((file) =>
    embedder.embed(file).then((result) => {
      settled++;
      return result;
    }),
  );
  await until('some are there', () => settled >= 20);
  assert.ok(settled < 180, `the middle was missed: ${settled}`);
  await killed.kill();
  const then = settled;
  assert.equal(opened, 0, 'the other machine goes on');
  await until('more are there', () => settled >= Math.min(then + 20, 190));
  stopped.process.kill('SIGSTOP');
  const results = await Promise.all(asked);
  assert.equal(opened, 1);

  const reference = local();
  const expected = await Promise.all(files.map((file) => reference.embed(file)));
  for (const [i, result] of results.entries()) {
    const other = expected[i];
    assert.ok(result.ok && other.ok, `${files[i]}: ${outcome(result)}`);
    // Batches are of other sizes, which may change the last bits.
    const largest = result.vector.reduce((most, value, at) => Math.max(most, Math.abs(value - other.vector[at])), 0);
    assert.ok(largest < 1e-3, `${files[i]}: ${largest}`);
  }
  const { state, device, problem } = embedder.status();
  assert.equal(state, 'ready');
  assert.match(device, /^remote: 0 of 2 \(cpu\)$/);
  assert.match(problem ?? '', new RegExp(new URL(killed.url).host));
  for (const { url } of [killed, stopped]) {
    assert.equal(count(log, new RegExp(`${new URL(url).host} is not used`)) >= 1, true, log.join('\n'));
  }
  assert.equal(count(log, /this node embeds itself/), 1);

  stopped.process.kill('SIGCONT');
  await until('it is used again', () => embedder.status().device.startsWith('remote: 1 of 2'));
  assert.equal(count(log, new RegExp(`${new URL(stopped.url).host} answers`)), 2, log.join('\n'));
});

test('with `never`, pictures are refused while no machine answers, and embedded once one does', async () => {
  const port = await freePort();
  const { embedder, log } = remote([`http://127.0.0.1:${port}`]);
  await assert.rejects(embedder.embed(good), { code: 'EMBEDDER_UNAVAILABLE' });
  assert.equal(embedder.status().state, 'broken');
  assert.match(embedder.status().problem ?? '', /127\.0\.0\.1:\d+: it cannot be reached \(ECONNREFUSED\)/);
  await assert.rejects(embedder.explain(good, good), { code: 'EMBEDDER_UNAVAILABLE', message: /`never`/ });
  await service([], { SIMILAR_EMBEDDER_TOKEN: TOKEN }, `127.0.0.1:${port}`);
  await until('it answers', () => embedder.status().state === 'ready');
  assert.equal(outcome(await embedder.embed(good)), 'ok');
  assert.equal(embedder.status().problem, undefined);
  assert.equal(count(log, /is not used/), 1, log.join('\n'));
  assert.equal(count(log, /answers/), 1, log.join('\n'));
});

test('a wrong token and another space are said by name, and send no picture anywhere', async () => {
  const [guarded, other] = await Promise.all([
    service([], { SIMILAR_EMBEDDER_TOKEN: `another-${TOKEN}` }),
    service(['--resize', 'nearest'], { SIMILAR_EMBEDDER_TOKEN: TOKEN }),
  ]);
  const { embedder, log } = remote([guarded.url, other.url]);
  await assert.rejects(embedder.embed(good), { code: 'EMBEDDER_UNAVAILABLE' });
  const problem = embedder.status().problem ?? '';
  for (const said of [problem, log.join('\n')]) {
    assert.match(said, new RegExp(`${new URL(guarded.url).host}.*: it refuses the token`));
    assert.match(said, new RegExp(`${new URL(other.url).host}.*: it makes vectors of \\S+/nearest, and \\S+/lanczos3`));
    assert.ok(!said.includes(TOKEN));
  }
});

test('a picture that kills the process there fails after its tries, damaged ones with their reasons; neighbours succeed', async () => {
  const processFile = path.join(__dirname, `embedder-bytes-entry${path.extname(__filename)}`);
  const there = createEmbedder({ model, batchSize: 4, processFile });
  const { embedder } = remote([await serve(there, 4)]);
  const bytes = await texture(2);
  const evil = fileOf('evil.jpg', Buffer.concat([bytes, Buffer.from('CRASH')]));
  const files = [
    good,
    evil,
    good,
    fileOf('damaged.jpg', bytes.subarray(0, 400)),
    fileOf('empty.jpg', Buffer.alloc(0)),
    fileOf('large.jpg', Buffer.concat([bytes, Buffer.alloc(100_000)])),
    good,
  ];
  const results = await Promise.all(files.map((file) => embedder.embed(file)));
  assert.deepEqual(results.map(outcome), [
    'ok',
    'failed DECODER_CRASHED',
    'ok',
    'failed DECODE_FAILED',
    'failed EMPTY_FILE',
    'unsupported TOO_LARGE',
    'ok',
  ]);
  assert.equal(there.status().restarts, 2);
  const sent = embedder.embed(evil, { urgent: true, untrusted: { maxPixels: 1_000_000 } });
  assert.equal(outcome(await sent), 'failed DECODER_CRASHED');
  assert.equal(there.status().restarts, 3, 'strangers have one try');
  assert.equal(embedder.status().restarts, 0, 'the machine was there all the time');
  const part = await embedder.embed(good, { crop: { left: 0, top: 0, width: 0.5, height: 0.5 } });
  const whole = await embedder.embed(good);
  assert.ok(part.ok && whole.ok);
  assert.notDeepEqual(part.vector, whole.vector);
});

test('more than a machine takes at once waits, and is embedded by it', async () => {
  const url = await serve(createEmbedder({ model, batchSize: 1 }), 1);
  // Each of them keeps it busy, and all together are more than its queue holds.
  const all = Array.from({ length: 70 }, () => remote([url]).embedder);
  const results = await Promise.all(
    all.flatMap((embedder) => Array.from({ length: 5 }, () => embedder.embed(good).then(outcome))),
  );
  assert.deepEqual(new Set(results), new Set(['ok']));
});
