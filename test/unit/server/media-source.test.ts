import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Core } from '@strapi/strapi';
import { digestOfCopy } from '../../../plugin/same-photo/picture-digest';
import { createMediaSource } from '../../../server/src/media/media-source';
import { startConnectProxy } from '../../helpers/connect-proxy';
import { listen } from '../../helpers/listen';

const root = mkdtempSync(path.join(os.tmpdir(), 'similar-media-'));
mkdirSync(path.join(root, 'public/uploads'), { recursive: true });
after(() => rmSync(root, { recursive: true, force: true }));

const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('hex');
const local = (id: number, url: string, more: object = {}) => ({
  id,
  url,
  mime: 'image/png',
  provider: 'local',
  ...more,
});

/** With a provider that signs each file as what it is. */
const signing = (rows: Array<{ id: number }>) => source(rows, null);

function source(
  rows: Array<{ id: number }>,
  signedUrl: string | null = '',
  maxBytes = 100,
  config: Record<string, unknown> = {},
) {
  const strapi = {
    dirs: { static: { public: path.join(root, 'public') } },
    config: {
      get: (key: string, fallback?: unknown) =>
        config[key] ?? (key === 'plugin::similar' ? { limits: { maxBytes } } : fallback),
    },
    plugin: () => ({
      service: () => ({
        signFileUrls: async (row: object) => ({ ...row, ...(signedUrl !== null && { url: signedUrl }) }),
      }),
    }),
    db: {
      query: () => ({
        findOne: async ({ where }: { where: { id: number } }) => rows.find(({ id }) => id === where.id) ?? null,
        findMany: async () => rows,
      }),
    },
  };
  return createMediaSource({ strapi: strapi as unknown as Core.Strapi });
}

const put = (name: string, bytes: string) => writeFileSync(path.join(root, 'public', name), bytes);

const remote = {
  ...local(1, 'https://cdn.example/a.png'),
  provider: 'aws-s3',
  size: 3,
  updatedAt: '2026-01-01T00:00:00Z',
};

/** `use` with a server, and what it was asked for. */
async function serving(listener: RequestListener, use: (url: string, asked: () => string[]) => Promise<void>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url as string);
    listener(request, response);
  });
  const port = await listen(server);
  try {
    await use(`http://127.0.0.1:${port}`, () => asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a local picture: path, digest and a stamp that changes with the bytes', async () => {
  put('uploads/a.png', 'first');
  const media = source([local(1, '/uploads/a.png')]);
  const opened = await media.open(1);
  assert.equal(opened?.digest, sha256('first'));
  assert.equal(opened?.bytes, 5);
  const [{ stamp }] = await media.list(0, 10);
  assert.equal(stamp, opened?.stamp);
  put('uploads/a.png', 'second');
  assert.notEqual((await media.list(0, 10))[0].stamp, stamp);
});

const refused: Array<[what: string, row: { id: number }, code: string]> = [
  ['no bytes on disk', local(1, '/uploads/none.png'), 'BYTES_MISSING'],
  ['an empty file', local(1, '/uploads/empty.png'), 'EMPTY_FILE'],
  ['a file over the limit', local(1, '/uploads/large.png'), 'TOO_LARGE'],
];

for (const [what, row, code] of refused) {
  test(`${what} is ${code}, with the stamp the sweep sees`, async () => {
    put('uploads/empty.png', '');
    put('uploads/large.png', 'x'.repeat(101));
    const media = source([row]);
    const [{ stamp }] = await media.list(0, 10);
    await assert.rejects(
      () => media.open(1),
      (error: Error & { code?: string; details?: object }) => {
        assert.equal(error.code, code);
        assert.deepEqual(error.details, { stamp });
        assert.ok(!error.message.includes(root), 'no path in a message that clients may see');
        return true;
      },
    );
  });
}

test('here is what this node has the bytes of, or can get, and not a copy from before a replacement elsewhere', async () => {
  put('uploads/here.png', 'x'.repeat(50));
  const url = '/uploads/here.png';
  const [past, future] = ['2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'];
  const media = source([
    local(1, url, { size: 0.05, updatedAt: future }),
    local(2, '/uploads/none.png', { size: 0.05, updatedAt: past }),
    local(3, url, { size: 0.09, updatedAt: future }),
    local(4, url, { size: 0.09, updatedAt: past }),
    local(5, url, { size: null, updatedAt: future }),
    { ...remote, id: 6 },
  ]);
  assert.deepEqual(await media.here?.([1, 2, 3, 4, 5, 6, 7]), new Set([1, 4, 5, 6, 7]));
  const stamps = (await media.list(0, 10)).map(({ stamp }) => stamp);
  assert.deepEqual([stamps[1], stamps[2]], ['missing', undefined]);
  assert.equal(stamps[3], stamps[0], 'bytes that were written behind the back of Strapi are bytes of the picture');
});

test('a replacement elsewhere of the same size is told by its thumbnails', async () => {
  put('uploads/same.png', 'x'.repeat(50));
  put('uploads/thumbnail_same.png', 'y'.repeat(20));
  const row = (id: number, updatedAt: string, sizeInBytes?: number, url = '/uploads/thumbnail_same.png') =>
    local(id, '/uploads/same.png', { size: 0.05, updatedAt, formats: { thumbnail: { url, size: 0.02, sizeInBytes } } });
  const [past, future] = ['2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'];
  const media = source([
    row(1, future, 20),
    row(2, future, 21),
    row(3, past, 21),
    row(4, future),
    row(5, future, 21, '/uploads/none.png'),
    row(6, future, 21, '/../../outside.png'),
  ]);
  assert.deepEqual(await media.here?.([1, 2, 3, 4, 5, 6]), new Set([1, 3, 4, 5, 6]));
  const stamps = (await media.list(0, 10)).map(({ stamp }) => stamp !== undefined);
  assert.deepEqual(stamps, [true, false, true, true, true, true]);
});

test('a file that cannot be looked at is not taken for missing', async () => {
  put('uploads/file.png', 'bytes');
  const media = source([local(1, '/uploads/file.png/inside.png')]);
  assert.deepEqual(await media.list(0, 10), [{ id: 1, stamp: undefined }]);
  await assert.rejects(() => media.open(1), {
    code: 'BYTES_UNREADABLE',
    message: 'The file cannot be read (ENOTDIR)',
    details: { stamp: 'unreadable' },
  });
});

test('a file that is seen and cannot be read has the stamp the sweep sees', async () => {
  const media = source([local(1, '/uploads')], '', 1_000_000);
  const [{ stamp }] = await media.list(0, 10);
  await assert.rejects(() => media.open(1), { code: 'BYTES_UNREADABLE', message: /EISDIR/, details: { stamp } });
});

test('what is gone, or no picture, is not opened', async () => {
  const media = source([
    local(1, '/uploads/a.pdf', { mime: 'application/pdf' }),
    local(2, '/uploads/b', { mime: null }),
  ]);
  for (const id of [1, 2, 3]) assert.equal(await media.open(id), undefined);
});

test('a url that leads out of the public folder is never read from disk', async () => {
  writeFileSync(path.join(root, 'outside.png'), 'secret');
  await assert.rejects(() => source([local(1, '/../outside.png')], 'http://127.0.0.1:9/').open(1), {
    code: 'DOWNLOAD_FAILED',
  });
});

test('another text for a remote picture does not change what the sweep compares', async () => {
  const stampOf = async (more: object) => (await source([{ ...remote, ...more }]).list(0, 10))[0].stamp;
  const stamp = await stampOf({});
  assert.equal(await stampOf({ updatedAt: '2026-02-02T00:00:00Z', alternativeText: 'a cat' }), stamp);
  assert.notEqual(await stampOf({ size: 3.01 }), stamp);
});

test('a remote picture is fetched by its signed url as it is, past caches, and the copy is deleted', () =>
  serving(
    (_request, response) => response.end('remote bytes'),
    async (url, asked) => {
      const media = source([remote], `${url}/a.png?signature=1`);
      const opened = await media.open(1);
      assert.deepEqual(asked(), ['/a.png?signature=1']);
      assert.equal(opened?.digest, sha256('remote bytes'));
      assert.equal(readFileSync(opened?.path as string, 'utf8'), 'remote bytes');
      assert.equal(opened?.stamp, (await media.list(0, 10))[0].stamp);
      await opened?.close();
      assert.throws(() => readFileSync(opened?.path as string), { code: 'ENOENT' });
    },
  ));

test('an address without a query gets one that changes with the row', () =>
  serving(
    (_request, response) => response.end('remote bytes'),
    async (url, asked) => {
      for (const updatedAt of ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2026-02-02T00:00:00Z']) {
        await (await source([{ ...remote, ...{ updatedAt } }], `${url}/a.png`).open(1))?.close();
      }
      const [first, same, other] = asked();
      assert.match(first, /^\/a\.png\?similar=[0-9a-f]{16}$/);
      assert.equal(same, first);
      assert.match(other, /^\/a\.png\?similar=/);
      assert.notEqual(other, first);
    },
  ));

test('a server that refuses parameters is asked without', () =>
  serving(
    ({ url }, response) => {
      if (url?.includes('?')) response.writeHead(403).end('signature does not match');
      else response.end('remote bytes');
    },
    async (url, asked) => {
      const opened = await source([remote], `${url}/a.png`).open(1);
      assert.equal(opened?.digest, sha256('remote bytes'));
      assert.equal(asked().at(-1), '/a.png');
      await opened?.close();
    },
  ));

/** `use` with a proxy in front of a server that answers everything with the same bytes. */
const behindProxy = (use: (proxy: { url: string; asked: string[] }) => Promise<void>): Promise<void> =>
  serving(
    (_request, response) => response.end('remote bytes'),
    async (url) => {
      const proxy = await startConnectProxy(() => Number(new URL(url).port));
      try {
        await use(proxy);
      } finally {
        await proxy.stop();
      }
    },
  );

test('a relative address is put behind the base of its own provider, and is never asked of this Strapi', () =>
  serving(
    (_request, response) => response.end('remote bytes'),
    async (url, asked) => {
      const row = { ...remote, url: '/uploads/a.png' };
      const baseUrl = `${url}/base/`;
      const config = (provider: string, own?: string) => ({
        'server.absoluteUrl': url,
        'server.url': url,
        'plugin::upload': { provider, providerOptions: { baseUrl } },
        'plugin::similar': { limits: { maxBytes: 100 }, uploads: { baseUrl: own } },
      });
      const open = (...of: Parameters<typeof config>) => source([row], row.url, 100, config(...of)).open(1);
      await (await open('aws-s3'))?.close();
      await (await open('aws-s3', `${url}/own`))?.close();
      assert.deepEqual(
        asked().map((path) => path.split('?')[0]),
        ['/base/uploads/a.png', '/own/uploads/a.png'],
      );
      const [{ stamp }] = await source([row]).list(0, 10);
      await assert.rejects(() => open('another'), {
        code: 'DOWNLOAD_FAILED',
        message: /has no host: set `uploads.baseUrl`/,
        details: { stamp },
      });
      assert.equal(asked().length, 2);
    },
  ));

for (const key of ['server.proxy.fetch', 'server.proxy.global']) {
  test(`a remote picture is fetched through ${key}`, () =>
    behindProxy(async ({ url, asked }) => {
      const opened = await source([remote], 'http://cdn.invalid/a.png', 100, { [key]: url }).open(1);
      assert.equal(opened?.digest, sha256('remote bytes'));
      assert.deepEqual(asked, ['cdn.invalid:80']);
      await opened?.close();
    }));
}

test('where Strapi has no proxy, that of the environment is taken, and NO_PROXY is obeyed', () =>
  behindProxy(async ({ url, asked }) => {
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: url, NO_PROXY: 'direct.invalid' });
    try {
      const media = source([remote], 'http://cdn.invalid/a.png');
      await (await media.open(1))?.close();
      assert.deepEqual(asked, ['cdn.invalid:80']);
      await assert.rejects(() => source([remote], 'http://direct.invalid/a.png').open(1), { code: 'DOWNLOAD_FAILED' });
      assert.equal(asked.length, 1);
    } finally {
      process.env = before;
    }
  }));

const FROM = { kind: 'derivative', leastEdge: 224 } as const;
const copyOf = (url: string, bytes: string) => ({
  url,
  width: 500,
  height: 375,
  sizeInBytes: bytes.length,
  hash: 'small_a',
});
const withCopy = (row: object, copy: object) => ({
  ...row,
  id: 1,
  width: 4000,
  height: 3000,
  formats: { small: copy },
});

test('a smaller copy is read instead, and known by the bytes of both', async () => {
  put('uploads/o.jpg', 'original');
  put('uploads/small_o.jpg', 'copy');
  const media = source([withCopy(local(1, '/uploads/o.jpg'), copyOf('/uploads/small_o.jpg', 'copy'))]);
  const [original, opened] = [await media.open(1), await media.open(1, { from: FROM })];
  assert.deepEqual([original?.digest, original?.bytes], [sha256('original'), 8]);
  assert.equal(opened?.path, path.join(root, 'public/uploads/small_o.jpg'));
  assert.equal(opened?.digest, digestOfCopy(sha256('copy'), sha256('original')));
  assert.deepEqual([opened?.bytes, opened?.stamp], [4, original?.stamp]);
});

test('the original is read where the copy is missing, empty or another one than the row describes', async () => {
  put('uploads/o.jpg', 'original');
  put('uploads/empty.jpg', '');
  put('uploads/other.jpg', 'broken off');
  mkdirSync(path.join(root, 'public/uploads/folder.jpg'), { recursive: true });
  for (const name of ['gone', 'empty', 'other', 'folder', '../../../escape']) {
    const media = source([withCopy(local(1, '/uploads/o.jpg'), copyOf(`/uploads/${name}.jpg`, 'copy'))]);
    assert.equal((await media.open(1, { from: FROM }))?.digest, sha256('original'), name);
  }
});

test('the size that is allowed is that of what is read; the copy of a picture that is gone is not', async () => {
  put('uploads/huge.jpg', 'x'.repeat(200));
  put('uploads/small_huge.jpg', 'copy');
  const row = withCopy(local(1, '/uploads/huge.jpg'), copyOf('/uploads/small_huge.jpg', 'copy'));
  const media = source([row]);
  await assert.rejects(() => media.open(1), { code: 'TOO_LARGE' });
  assert.equal((await media.open(1, { from: FROM }))?.digest, digestOfCopy(sha256('copy'), undefined));
  rmSync(path.join(root, 'public/uploads/huge.jpg'));
  await assert.rejects(() => media.open(1, { from: FROM }), { code: 'BYTES_MISSING' });
});

test('of a remote picture the copy is fetched, and the original where the store does not give it', async () => {
  for (const status of [200, 403, 404, 410]) {
    await serving(
      (request, response) => {
        const isCopy = request.url?.startsWith('/small');
        response.writeHead(isCopy ? status : 200).end(isCopy ? 'copy' : 'original');
      },
      async (url, asked) => {
        const media = signing([
          withCopy({ ...remote, url: `${url}/o.jpg`, size: 0.01 }, copyOf(`${url}/small_o.jpg`, 'copy')),
        ]);
        const opened = await media.open(1, { from: FROM });
        await opened?.close();
        const isThere = status === 200;
        assert.equal(opened?.digest, isThere ? digestOfCopy(sha256('copy'), undefined) : sha256('original'));
        const originals = asked().filter((one) => one.startsWith('/o.jpg')).length;
        assert.equal(originals, isThere ? 0 : 1, `${status}: ${asked()}`);
      },
    );
  }
});

test('a copy that cannot be fetched at the moment is waited for', async () => {
  await serving(
    (request, response) => response.writeHead(request.url?.startsWith('/small') ? 503 : 200).end('original'),
    async (url) => {
      const media = signing([withCopy({ ...remote, url: `${url}/o.jpg` }, copyOf(`${url}/small_o.jpg`, 'copy'))]);
      await assert.rejects(() => media.open(1, { from: FROM }), { code: 'DOWNLOAD_FAILED' });
    },
  );
});
