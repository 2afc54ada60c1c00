import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { EMBEDDINGS } from '../../plugin/store/schema';
import { distWith } from '../helpers/content-model';
import { page } from '../helpers/markdown';
import { picture } from '../helpers/pictures';
import { searchable } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

interface Logger {
  add(transport: object): void;
}

/** What Strapi's logger writes from now on, in the format that it is configured with. */
function linesOf(shop: Playground): string[] {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk).trimEnd());
      done();
    },
  });
  const { winston } = require(
    require.resolve('@strapi/logger', { paths: [require.resolve('@strapi/core/package.json')] }),
  );
  (shop.strapi.log as unknown as Logger).add(new winston.transports.Stream({ stream }));
  return lines;
}

/** The example of the docs, as a project has it. */
function distWithLogger(): string {
  const [, code] = /```js\n\/\/ config\/logger\.js\n([\s\S]*?)```/.exec(page('docs/operations.md')) ?? [];
  const dist = distWith({});
  writeFileSync(path.join(dist, 'config/logger.js'), code);
  return dist;
}

const sent = (id: string) => ({ headers: { 'x-request-id': id } });

let shop: Playground;
let red: UploadedFile;
let blue: UploadedFile;
let lines: string[];

async function start(dist?: string): Promise<void> {
  shop = await startPlayground({ dist });
  [red, blue] = await shop.upload([
    { name: 'red.jpg', bytes: await picture('disc', '#e00') },
    { name: 'blue.jpg', bytes: await picture('stripes', '#00e') },
  ]);
  await searchable(shop, [red, blue]);
  lines = linesOf(shop);
}

/** Searches fail as they do when somebody has dropped the table. */
async function withoutTable(work: () => Promise<void>): Promise<void> {
  const { connection } = shop.strapi.db;
  await connection.schema.renameTable(EMBEDDINGS, 'away');
  try {
    await work();
  } finally {
    await connection.schema.renameTable('away', EMBEDDINGS);
  }
}

const bytesOf = (file: UploadedFile) => path.join(shop.folder, 'public', file.url);

describe('as JSON, configured as the docs say', () => {
  before(() => start(distWithLogger()));
  after(() => shop?.stop());

  const parsed = () => lines.map((line) => JSON.parse(line));

  test('an expected error: header, body and log line have the id', async () => {
    // Bytes that cannot be read.
    rmSync(bytesOf(blue));
    mkdirSync(bytesOf(blue));
    const { status, body, headers } = await shop.api(`/api/similar/${red.id}/explain/${blue.id}`, sent('req-1'));
    assert.equal(status, 503);
    assert.equal(headers.get('x-request-id'), 'req-1');
    assert.equal(body.error.details.requestId, 'req-1');
    const line = parsed().find(({ requestId }) => requestId === 'req-1');
    assert.equal(line.plugin, 'similar');
    assert.equal(line.code, body.error.details.code);
    assert.equal(line.level, 'warn');
    assert.match(line.message, /^\[similar\] .* \(request req-1\)$/s);
    assert.ok(Date.parse(line.timestamp) > 0);
  });

  test('an unexpected error too, for whom Strapi makes the answer', async () => {
    await withoutTable(async () => {
      const { status, body, headers } = await shop.api(`/api/similar/${red.id}`, sent('req-2'));
      assert.equal(status, 500);
      assert.equal(headers.get('x-request-id'), 'req-2');
      assert.equal(body.error.details.requestId, 'req-2');
      const line = parsed().find(({ requestId }) => requestId === 'req-2');
      assert.equal(line.level, 'error');
      assert.match(line.message, /^\[similar\] GET \S*\/:id failed: .*\(request req-2\)$/s);
      const stack = parsed().find((other) => other.stack);
      assert.ok(stack, 'Strapi says where');
    });
  });

  test('uploads are requests as well', async () => {
    await withoutTable(async () => {
      const form = new FormData();
      form.append('files', new Blob([Buffer.from(await picture('disc', '#0e0'))], { type: 'image/jpeg' }), 'green.jpg');
      const headers = { authorization: `Bearer ${shop.token}`, 'x-request-id': 'req-3' };
      const response = await fetch(`${shop.url}/upload`, { method: 'POST', headers, body: form });
      assert.equal(response.status, 201);
      const line = parsed().find(({ requestId }) => requestId === 'req-3');
      assert.match(line.message, /was not queued/);
    });
  });

  test('the admin has ids as well, and refusals too', async () => {
    const admin = await shop.admin('GET', '/similar/progress');
    assert.match(admin.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
    const refused = await shop.api('/api/similar/health', sent('req-4'));
    assert.equal(refused.status, 403);
    assert.equal(refused.headers.get('x-request-id'), 'req-4');
    assert.equal((await shop.api('/api/products', sent('req-5'))).headers.get('x-request-id'), null);
  });

  test('what goes on in the background belongs to no request', () => {
    const others = parsed().filter(({ requestId, plugin }) => plugin === 'similar' && !requestId);
    for (const { message } of others) assert.doesNotMatch(message, /\(request /);
  });
});

describe("in Strapi's own format", () => {
  before(() => start());
  after(() => shop?.stop());

  test('a line says the id, and shows no fields', async () => {
    rmSync(bytesOf(blue));
    await shop.api(`/api/similar/${red.id}/explain/${blue.id}`, sent('req-6'));
    const ofRequest = lines.filter((line) => line.includes('req-6'));
    assert.equal(ofRequest.length, 1);
    assert.match(ofRequest[0], /^\[[^\]]+\] .*warn.*: \[similar\] BYTES_MISSING: .* \(request req-6\)$/s);
    assert.doesNotMatch(ofRequest[0], /requestId|plugin|undefined|object Object/);
  });
});
