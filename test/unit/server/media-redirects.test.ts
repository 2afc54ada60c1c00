import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Dispatcher } from 'undici';
import { createDispatcher } from '../../../plugin/dispatcher';
import { download } from '../../../server/src/media/download';
import { isPrivate } from '../../../server/src/media/private-address';
import { startConnectProxy } from '../../helpers/connect-proxy';

let listener: RequestListener;
let asked: string[];
const server = createServer((request, response) => {
  asked.push(`${request.headers.host}${request.url}`);
  listener(request, response);
});
const port = () => (server.address() as AddressInfo).port;
let proxy: Awaited<ReturnType<typeof startConnectProxy>>;
let dispatcher: Dispatcher;

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await startConnectProxy(port);
  // Public names and addresses lead to the server of this test.
  dispatcher = await createDispatcher(proxy.url);
});
after(async () => {
  await dispatcher?.destroy();
  await proxy?.stop();
  server.closeAllConnections();
  server.close();
});

/** Redirects the first request there, and answers every other one. */
function redirectTo(location: string, status = 302): void {
  asked = [];
  listener = (_request, response) => {
    if (asked.length === 1) response.writeHead(status, { location }).end('moved');
    else response.end('bytes');
  };
}

const PUBLIC = 'http://203.0.113.7/a.png';
const load = async (url: string, through?: Dispatcher) =>
  (await download([new URL(url)], { maxBytes: 1_000, dispatcher: through })).close();

const refused = [
  ...['http://127.0.0.1/', 'http://2130706433/', 'http://10.1.2.3/', 'http://172.31.0.1/', 'http://192.168.1.1/'],
  ...['http://169.254.169.254/latest/meta-data', 'http://100.64.0.1/', 'http://0.0.0.0/', '//127.0.0.1/x'],
  ...[
    'http://[::1]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a01:203]/',
  ],
  ...['http://localhost/', 'http://LOCALHOST./'],
];
for (const location of refused) {
  test(`a public address does not lead to ${location}`, async () => {
    redirectTo(location);
    await assert.rejects(
      () => load(PUBLIC, dispatcher),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'DOWNLOAD_FAILED');
        assert.match(error.message, /redirected from a public address into a private network/);
        return true;
      },
    );
    assert.deepEqual(asked, ['203.0.113.7/a.png']);
  });
}

for (const location of ['http://198.51.100.9/b.png', '/b.png', '?b', 'http://[2001:db8::1]/b.png']) {
  test(`a public address leads to ${location}`, async () => {
    redirectTo(location);
    await load(PUBLIC, dispatcher);
    assert.equal(asked.length, 2);
    assert.equal(asked[1], new URL(location, PUBLIC).href.replace('http://', ''));
  });
}

test('what is private may lead to what is private', async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    redirectTo(`http://localhost:${port()}/b.png`, status);
    await load(`http://127.0.0.1:${port()}/a.png`);
    assert.equal(asked[1], `localhost:${port()}/b.png`);
  }
});

test('a redirect to what is no web address is refused', async () => {
  for (const location of ['file:///etc/passwd', 'data:image/png;base64,AAAA', 'http://']) {
    redirectTo(location);
    await assert.rejects(() => load(PUBLIC, dispatcher), {
      code: 'DOWNLOAD_FAILED',
      message: /not a web address/,
    });
  }
});

test('five redirects are followed, and no sixth', async () => {
  const chain = (length: number) => {
    asked = [];
    listener = (_request, response) => {
      if (asked.length <= length) response.writeHead(302, { location: `/${asked.length}` }).end();
      else response.end('bytes');
    };
  };
  chain(5);
  await load(PUBLIC, dispatcher);
  assert.equal(asked.length, 6);
  chain(6);
  await assert.rejects(() => load(PUBLIC, dispatcher), { code: 'DOWNLOAD_FAILED', message: /more than 5 times/ });
});

test('a status 304 or a redirect without an address is a failure', async () => {
  listener = (_request, response) => response.writeHead(302).end();
  await assert.rejects(() => load(PUBLIC, dispatcher), { code: 'DOWNLOAD_FAILED', message: /answered 302/ });
});

test('public addresses are no private ones', async () => {
  for (const host of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '192.0.2.1', '[2606:4700::1]', '[::ffff:808:808]']) {
    assert.equal(await isPrivate(new URL(`http://${host}/`)), false, host);
  }
});
