import { createServer } from 'node:http';
import { listen } from './listen';

/** A CDN in front of `origin`: gives what it has for an address, and asks anew when a request says `no-cache`. */
export async function startCachingProxy(origin: string) {
  const kept = new Map<string, Buffer>();
  const proxy = {
    url: '',
    /** Passes over queries and over what requests say of caches. */
    stubborn: false,
    /** How many answers came from the cache. */
    hits: 0,
    clear: () => kept.clear(),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer(async ({ url = '/', headers }, response) => {
    const key = proxy.stubborn ? url.split('?')[0] : url;
    const known = kept.get(key);
    if (known && (proxy.stubborn || headers['cache-control'] !== 'no-cache')) {
      proxy.hits++;
      response.end(known);
      return;
    }
    const answer = await fetch(origin + url);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (answer.ok) kept.set(key, bytes);
    response.writeHead(answer.status).end(bytes);
  });
  proxy.url = `http://127.0.0.1:${await listen(server)}`;
  return proxy;
}
