import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from './listen';

export interface Served {
  method: string;
  url: string;
  range?: string;
}

/** Answers one request. Returning false lets the server answer as it should. */
export type Fault = (request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean | undefined;

export interface WeightsServer {
  url: string;
  requests: Served[];
  /** Faults for the next requests, first come first. */
  faults: Fault[];
  close(): Promise<void>;
}

/** Serves `body` under every path, with ranges, and misbehaves as told. */
export async function serveWeights(body: Buffer): Promise<WeightsServer> {
  const requests: Served[] = [];
  const faults: Fault[] = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method!, url: request.url!, range: request.headers.range });
    if (faults.shift()?.(request, response, body)) return;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from >= body.length) response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    else if (from > 0) {
      const headers = { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` };
      response.writeHead(206, headers).end(body.subarray(from));
    } else response.writeHead(200, { 'content-length': body.length }).end(body);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    faults,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const fault = {
  status:
    (status: number, headers: Record<string, string> = {}): Fault =>
    (_request, response) => {
      response.writeHead(status, headers).end('no');
      return true;
    },
  /** Sends some bytes and then nothing more, with the connection open. */
  stallAfter:
    (bytes: number): Fault =>
    (_request, response, body) => {
      response.writeHead(200, { 'content-length': body.length }).write(body.subarray(0, bytes));
      return true;
    },
  /** Sends some bytes and breaks the connection. */
  cutAfter:
    (bytes: number): Fault =>
    (_request, response, body) => {
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, bytes), () => setTimeout(() => response.destroy(), 50));
      return true;
    },
  /** Ends early, without having said how much would come. */
  truncateTo:
    (bytes: number): Fault =>
    (_request, response, body) => {
      response.writeHead(200).end(body.subarray(0, bytes));
      return true;
    },
  corruptAt:
    (offset: number): Fault =>
    (_request, response, body) => {
      const copy = Buffer.from(body);
      copy[offset] ^= 0xff;
      response.writeHead(200, { 'content-length': copy.length }).end(copy);
      return true;
    },
  send:
    (other: Buffer): Fault =>
    (_request, response) => {
      response.writeHead(200, { 'content-length': other.length }).end(other);
      return true;
    },
};
