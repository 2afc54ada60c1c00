import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Download, download } from '../../../plugin/models/download';
import { listen } from '../../helpers/listen';
import { fault, serveWeights, type WeightsServer } from '../../helpers/weights-server';

const body = randomBytes(3_000_000);
const sha256 = createHash('sha256').update(body).digest('hex');

describe('download', () => {
  let folder: string;
  let server: WeightsServer;
  let request: Download;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'similar-download-'));
    server = await serveWeights(body);
    request = {
      model: 'test',
      url: `${server.url}/weights.h5`,
      target: path.join(folder, 'weights.h5'),
      sha256,
      bytes: body.length,
      timeoutMs: 400,
      retries: 2,
      backoffMs: 5,
    };
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const fetched = async () => {
    assert.ok((await readFile(request.target)).equals(body));
    assert.deepEqual(await readdir(folder), ['weights.h5']);
  };
  const notFetched = async () => assert.ok(!(await readdir(folder)).includes('weights.h5'));

  it('fetches the file in one request and reports progress', async () => {
    const seen: number[] = [];
    await download({
      ...request,
      onProgress: (progress) =>
        progress.phase === 'download' && progress.total === body.length && seen.push(progress.done),
    });
    await fetched();
    assert.equal(server.requests.length, 1);
    assert.equal(seen.at(-1), body.length);
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
  });

  it('goes on where the server fell silent', async () => {
    server.faults.push(fault.stallAfter(1_000_000));
    await download(request);
    await fetched();
    assert.deepEqual(
      server.requests.map(({ range }) => range),
      [undefined, 'bytes=1000000-'],
    );
  });

  it('goes on where the connection broke, also without a declared length', async () => {
    server.faults.push(fault.cutAfter(500_000), fault.truncateTo(700_000));
    await download(request);
    await fetched();
    assert.equal(server.requests.length, 3);
    assert.equal(server.requests[2].range, 'bytes=700000-');
  });

  it('goes on with what an earlier process left', async () => {
    await writeFile(`${request.target}.part`, body.subarray(0, 2_000_000));
    await download(request);
    await fetched();
    assert.equal(server.requests[0].range, 'bytes=2000000-');
  });

  it('asks nothing when an earlier process left the whole file', async () => {
    await writeFile(`${request.target}.part`, body);
    await download(request);
    await fetched();
    assert.equal(server.requests.length, 0);
  });

  it('starts anew once when what was left belongs to another file', async () => {
    await writeFile(`${request.target}.part`, randomBytes(2_000_000));
    await download(request);
    await fetched();
    assert.deepEqual(
      server.requests.map(({ range }) => range),
      ['bytes=2000000-', undefined],
    );
  });

  it('takes the file from the start from a server without ranges', async () => {
    await writeFile(`${request.target}.part`, randomBytes(2_000_000));
    server.faults.push(fault.send(body));
    await download(request);
    await fetched();
    assert.equal(server.requests.length, 1);
  });

  it('follows redirects', async () => {
    server.faults.push(
      fault.status(302, { location: '/elsewhere/a' }),
      fault.status(307, { location: '/elsewhere/b' }),
    );
    await download(request);
    await fetched();
    assert.equal(server.requests.at(-1)!.url, '/elsewhere/b');
  });

  it('gives up on endless redirects', async () => {
    server.faults.push(...Array(100).fill(fault.status(302, { location: '/again' })));
    await assert.rejects(download(request), { code: 'MODEL_UNAVAILABLE', message: /redirect/ });
    await notFetched();
  });

  for (const status of [429, 500, 503]) {
    it(`tries again after ${status}`, async () => {
      server.faults.push(fault.status(status), fault.status(status));
      await download(request);
      await fetched();
      assert.equal(server.requests.length, 3);
    });
  }

  it('waits as long as Retry-After asks', async () => {
    server.faults.push(fault.status(429, { 'retry-after': '1' }));
    const start = performance.now();
    await download(request);
    assert.ok(performance.now() - start >= 950);
    await fetched();
  });

  it('gives up after so many attempts in a row, naming address and answer but no password', async () => {
    server.faults.push(...Array(10).fill(fault.status(500)));
    const url = request.url.replace('http://', 'http://user:secret@');
    await assert.rejects(download({ ...request, url: `${url}?token=secret` }), (error: Error & { code: string }) => {
      assert.equal(error.code, 'MODEL_UNAVAILABLE');
      assert.match(error.message, /127\.0\.0\.1:\d+\/weights\.h5: The server answered 500/);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
    assert.equal(server.requests.length, 3);
    await notFetched();
  });

  it('does not try again after 404', async () => {
    server.faults.push(fault.status(404));
    await assert.rejects(download(request), { code: 'MODEL_UNAVAILABLE', message: /answered 404/ });
    assert.equal(server.requests.length, 1);
  });

  it('gives up when nobody listens', async () => {
    const { url } = request;
    await server.close();
    await assert.rejects(download({ ...request, url }), { code: 'MODEL_UNAVAILABLE', message: /ECONNREFUSED/ });
    server = await serveWeights(body);
  });

  it('refuses a file of the right size with a wrong byte, naming both checksums', async () => {
    server.faults.push(fault.corruptAt(1_234_567));
    await assert.rejects(download(request), (error: Error & { code: string }) => {
      assert.equal(error.code, 'MODEL_DAMAGED');
      assert.match(error.message, new RegExp(`Expected SHA-256 ${sha256} .* received [0-9a-f]{64}`));
      return true;
    });
    assert.deepEqual(await readdir(folder), []);
  });

  it('refuses a login page before reading it', async () => {
    server.faults.push(fault.send(Buffer.from('<html>Please log in</html>')));
    await assert.rejects(download(request), {
      code: 'MODEL_UNAVAILABLE',
      message: /Expected 3000000 bytes .* offers 26/,
    });
    await notFetched();
  });

  it('refuses more bytes than allowed, declared or not', async () => {
    const limited = { ...request, bytes: undefined, maxBytes: 1_000_000 };
    await assert.rejects(download(limited), { code: 'MODEL_UNAVAILABLE', message: /at most 1000000 bytes/ });
    server.faults.push(fault.truncateTo(2_000_000));
    await assert.rejects(download(limited), { code: 'MODEL_UNAVAILABLE', message: /at most 1000000 bytes/ });
    await notFetched();
  });

  it('stops when asked to, and keeps what it has', async () => {
    server.faults.push(fault.stallAfter(1_000_000));
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('stop')), 100);
    await assert.rejects(download({ ...request, timeoutMs: 10_000, signal: abort.signal }), { message: 'stop' });
    assert.deepEqual(await readdir(folder), ['weights.h5.part']);
  });

  it('goes through the proxy that the environment names, and around it for NO_PROXY', async (t) => {
    const tunnels: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (connection, socket) => {
      tunnels.push(connection.url!);
      const { hostname, port } = new URL(`http://${connection.url}`);
      const upstream = connect(Number(port), hostname, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      for (const side of [upstream, socket]) side.on('error', () => upstream.destroy());
    });
    process.env.HTTP_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
    t.after(() => {
      delete process.env.HTTP_PROXY;
      delete process.env.NO_PROXY;
      proxy.closeAllConnections();
      proxy.close();
    });
    await download(request);
    await fetched();
    assert.deepEqual(tunnels, [new URL(server.url).host]);

    await rm(request.target);
    process.env.NO_PROXY = '127.0.0.1';
    await download(request);
    assert.equal(tunnels.length, 1);
  });
});
