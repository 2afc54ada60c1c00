import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { type MachineHealth, packRequest, unpackAnswer } from '../../../plugin/embedder/remote/wire';
import { cli } from '../../helpers/cli';
import { type EmbedderService, startEmbedderService } from '../../helpers/embedder-service';
import { listen } from '../../helpers/listen';
import { picture } from '../../helpers/pictures';

const TOKEN = 'a-token-of-the-tests';
const SPACE = 'efficientnet-lite0@1/lanczos3';
let dir: string;
const open: EmbedderService[] = [];
before(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'similar-cli-embedder-'));
});
after(async () => {
  await Promise.all(open.map((service) => service.end()));
  await rm(dir, { recursive: true, force: true });
});

async function start(...args: Parameters<typeof startEmbedderService>): Promise<EmbedderService> {
  const service = await startEmbedderService(...args);
  open.push(service);
  return service;
}

const LOCAL = ['--listen', '127.0.0.1:0'];
for (const [args, message] of [
  [[], /Expected --listen <host:port> but received ""/],
  [['--listen', '7700'], /received "7700"/],
  [['--listen', '127.0.0.1:70000'], /received "127\.0\.0\.1:70000"/],
  [['--listen', 'http://127.0.0.1:7700'], /Expected --listen <host:port>/],
  [['--listen', '0.0.0.0:0'], /Without a token it listens on this machine only.*not on 0\.0\.0\.0/],
  [['--listen', '[::]:0'], /Without a token it listens on this machine only/],
  [[...LOCAL, '--batch-size', '0'], /--batch-size: /],
  [[...LOCAL, '--threads', 'many'], /--threads: /],
  [[...LOCAL, '--engine', 'steam'], /--engine: /],
  [[...LOCAL, '--resize', 'cubic'], /--resize: /],
  [[...LOCAL, '--token', TOKEN], /Unknown option '--token'/],
  [[...LOCAL, 'more'], /Unexpected argument 'more'/],
] as const) {
  test(`wrong usage: embedder ${args.join(' ')}`, async () => {
    const { code, err } = await cli(['embedder', ...args], { SIMILAR_EMBEDDER_TOKEN: '' });
    assert.equal(code, 2, err);
    assert.match(err, message);
    assert.match(err, /Run strapi-plugin-similar embedder --help/);
  });
}

test('a token is long enough, comes from one place, and is never shown', async () => {
  const file = path.join(dir, 'short');
  await writeFile(file, 'secret\n');
  const short = await cli(['embedder', ...LOCAL, '--token-file', file], { SIMILAR_EMBEDDER_TOKEN: '' });
  assert.equal(short.code, 2, short.err);
  assert.match(short.err, /Expected a token of 16 to 1024/);
  assert.doesNotMatch(short.err, /secret/);
  const both = await cli(['embedder', ...LOCAL, '--token-file', file], { SIMILAR_EMBEDDER_TOKEN: TOKEN });
  assert.match(both.err, /received both/);
  assert.doesNotMatch(both.err, new RegExp(TOKEN));
  const none = await cli(['embedder', ...LOCAL, '--token-file', path.join(dir, 'none')], {
    SIMILAR_EMBEDDER_TOKEN: '',
  });
  assert.equal(none.code, 1);
  assert.match(none.err, /Cannot read the token file .*it does not exist \[FILE_UNREADABLE\]/);
});

test('an unknown model and a port that is taken are said, without a stack', async () => {
  const unknown = await cli(['embedder', ...LOCAL, '--model', 'nonesuch']);
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /\[UNKNOWN_MODEL\]/);
  const server = createServer();
  const port = await listen(server);
  const taken = await cli(['embedder', '--listen', `127.0.0.1:${port}`]);
  server.close();
  assert.equal(taken.code, 1);
  assert.match(taken.err, /EADDRINUSE/);
  assert.doesNotMatch(taken.err, /\n {4}at /);
});

test('with a token it listens anywhere, and answers nobody who lacks it', async () => {
  const file = path.join(dir, 'token');
  await writeFile(file, `${TOKEN}\n`);
  const { url } = await start(['--token-file', file], { SIMILAR_EMBEDDER_TOKEN: '' }, '0.0.0.0:0');
  const own = url.replace('0.0.0.0', '127.0.0.1');
  for (const authorization of [undefined, `Bearer ${TOKEN}x`, TOKEN, 'Bearer ']) {
    for (const [method, where] of [
      ['GET', 'health'],
      ['POST', 'embed'],
    ]) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      const response = await fetch(`${own}/v1/${where}`, { method, headers });
      assert.equal(response.status, 401, `${method} ${authorization}`);
      assert.match(await response.text(), /EMBEDDER_TOKEN/);
    }
  }
  const response = await fetch(`${own}/v1/health`, { headers: { authorization: `Bearer ${TOKEN}` } });
  assert.equal(response.status, 200);
  assert.equal(((await response.json()) as MachineHealth).space, SPACE);
});

async function queueOf({ url }: EmbedderService): Promise<number> {
  const response = await fetch(`${url}/v1/health`);
  return ((await response.json()) as MachineHealth).queue;
}

test('at SIGTERM what was taken is answered, and the process ends with 0', async () => {
  const service = await start(['--batch-size', '2']);
  const pictures = await Promise.all(['red', 'green', 'blue', 'teal'].map((colour) => picture('disc', colour)));
  const body = packRequest(Array.from({ length: 40 }, (_, i) => ({ bytes: pictures[i % 4] })));
  const answer = fetch(`${service.url}/v1/embed`, {
    method: 'POST',
    headers: { 'x-similar-space': SPACE, 'x-similar-pictures': '40' },
    body: new Uint8Array(body),
  });
  for (let queue = 0; queue === 0; ) queue = await queueOf(service);
  service.process.kill('SIGTERM');
  const response = await answer;
  assert.equal(response.status, 200);
  const results = unpackAnswer(Buffer.from(await response.arrayBuffer()), 40, 1280);
  assert.ok(results.every((result) => 'ok' in result && result.ok));
  if (service.process.exitCode === null) await once(service.process, 'exit');
  assert.equal(service.process.exitCode, 0, service.log());
});
