import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { sha256Of } from '../../../plugin/files/sha256';
import { download } from '../../../server/src/media/download';
import type { Pace } from '../../../server/src/media/pace';
import { listen } from '../../helpers/listen';
import { until } from '../../helpers/until';

async function serving(listener: RequestListener, use: (url: URL) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  const port = await listen(server);
  try {
    await use(new URL(`http://127.0.0.1:${port}/picture?signature=secret`));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('a download is digested, and gone after close', async () => {
  const bytes = Buffer.alloc(300_000, 'picture');
  await serving(
    (_request, response) => response.end(bytes),
    async (url) => {
      const copy = await download([url], { maxBytes: 1_000_000 });
      assert.deepEqual(readFileSync(copy.path), bytes);
      assert.equal(copy.digest, sha256(bytes));
      assert.equal(copy.bytes, bytes.length);
      assert.equal(await sha256Of(copy.path), copy.digest);
      await copy.close();
      assert.ok(!existsSync(path.dirname(copy.path)));
    },
  );
});

test('caches on the way are asked to let the request through', async () => {
  let headers: IncomingHttpHeaders = {};
  await serving(
    (request, response) => {
      headers = request.headers;
      response.end('bytes');
    },
    async (url) => (await download([url], { maxBytes: 100 })).close(),
  );
  assert.equal(headers['cache-control'], 'no-cache');
  assert.equal(headers.pragma, 'no-cache');
});

const failures: Array<[what: string, code: string, listener: RequestListener]> = [
  ['404', 'BYTES_MISSING', (_request, response) => response.writeHead(404).end('no')],
  ['403', 'DOWNLOAD_FAILED', (_request, response) => response.writeHead(403).end('no')],
  ['503', 'DOWNLOAD_FAILED', (_request, response) => response.writeHead(503).end('later')],
  ['401', 'DOWNLOAD_FAILED', (_request, response) => response.writeHead(401).end('no')],
  [
    'a login page with status 200',
    'DOWNLOAD_FAILED',
    (_request, response) => response.end('\ufeff<!-- cached -->\n<!DOCTYPE html><html><body>Log in</body></html>'),
  ],
  ['no bytes', 'EMPTY_FILE', (_request, response) => response.end()],
  ['too many bytes, without a length', 'TOO_LARGE', (_request, response) => response.end(Buffer.alloc(2_000))],
  [
    'a connection that breaks off',
    'DOWNLOAD_FAILED',
    (_request, response) => {
      response.writeHead(200, { 'content-length': '500' });
      response.write(Buffer.alloc(100), () => response.destroy());
    },
  ],
];

/** Limits that no test comes near, whatever the load. */
const PATIENT = { silenceMs: 3_600_000, graceMs: 3_600_000, bytesPerSecond: 1 };

const slow: Array<[what: string, message: RegExp, pace: Partial<Pace>, listener: RequestListener]> = [
  ['says nothing at all', /it was silent for 0.05 s/, { silenceMs: 50 }, () => {}],
  [
    'stops in the middle',
    /it was silent for 0.05 s/,
    { silenceMs: 50 },
    (_request, response) => void response.writeHead(200, { 'content-length': '5000' }).write('some'),
  ],
  [
    'drips',
    /it only sent \d+ bytes within/,
    { graceMs: 50, bytesPerSecond: 1_000_000 },
    (_request, response) => {
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
    },
  ],
];

for (const [what, message, pace, listener] of slow) {
  test(`a server that ${what} is given up, and leaves no file`, async () => {
    await serving(listener, async (url) => {
      const options = { maxBytes: 1_000_000, pace: { ...PATIENT, ...pace } };
      await assert.rejects(() => download([url], options), { code: 'DOWNLOAD_FAILED', message });
    });
  });
}

test('a large file may take longer than a small one', async () => {
  // Each of its bytes buys more time than the test has: only the first chunk counts against the grace of none.
  const pace = { ...PATIENT, graceMs: 0, bytesPerSecond: 1 };
  await serving(
    (_request, response) => {
      response.write(Buffer.alloc(5_000), () => setTimeout(() => response.end('end'), 100));
    },
    async (url) => {
      const copy = await download([url], { maxBytes: 1_000_000, pace });
      assert.equal(copy.bytes, 5_003);
      await copy.close();
    },
  );
});

test('a file that is announced as too large is not read', async () => {
  let closed = false;
  await serving(
    (_request, response) => {
      response.on('close', () => {
        closed = true;
      });
      response.writeHead(200, { 'content-length': '5000' }).write('some');
    },
    async (url) => {
      await assert.rejects(() => download([url], { maxBytes: 1_000, pace: PATIENT }), { code: 'TOO_LARGE' });
      await until('the connection is closed', () => closed);
    },
  );
});

for (const [what, code, listener] of failures) {
  test(`${what}: ${code}, with the stamp and without the signed url`, async () => {
    await serving(listener, async (url) => {
      await assert.rejects(
        () => download([url], { maxBytes: 1_000, details: { stamp: 's' } }),
        (error: Error & { code?: string; details?: { status?: number } }) => {
          assert.equal(error.code, code);
          const { status: _, ...details } = error.details ?? {};
          assert.deepEqual(details, { stamp: 's' });
          assert.ok(!error.message.includes('secret'), error.message);
          return true;
        },
      );
    });
  });
}
