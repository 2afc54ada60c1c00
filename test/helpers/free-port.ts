import { once } from 'node:events';
import { createServer } from 'node:net';
import { listen } from './listen';

/** A port of this machine on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** Two such ports, one after the other. @returns the first one. */
export async function freePortPair(): Promise<number> {
  for (;;) {
    const first = await freePort();
    const server = createServer();
    server.listen(first + 1, '127.0.0.1');
    const isFree = await Promise.race([once(server, 'listening'), once(server, 'error')]).then(
      () => server.listening,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return first;
  }
}
