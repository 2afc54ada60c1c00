import { createServer } from 'node:http';
import net, { type Socket } from 'node:net';
import { listen } from './listen';

/** An HTTP proxy that connects whatever is asked for to one local server, as if the name resolved to it. */
export async function startConnectProxy(targetPort: () => number) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connect', (request, client: Socket, head) => {
    asked.push(request.url as string);
    const upstream = net.connect(targetPort(), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    /** `host:port` of each connection that was asked for. */
    asked,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
