import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SimilarError } from '../../errors';
import type { Embedder } from '../../ports';
import { hasToken } from './token';
import {
  COUNT_HEADER,
  HEAD_BYTES,
  MAX_PICTURES,
  type MachineHealth,
  packAnswer,
  REQUEST_BYTES,
  type RemoteResult,
  SPACE_HEADER,
  unpackRequest,
} from './wire';

export interface ServiceOptions {
  embedder: Embedder;
  batchSize: number;
  /** Largest picture, in bytes. */
  maxBytes: number;
  /** Without one, everybody who reaches it may use it. */
  token?: string;
}

export interface Service {
  readonly server: Server;
  /** Takes nothing new, and resolves when all that was taken is answered. */
  drain(): Promise<void>;
}

/** Queue, in multiples of what keeps the embedder busy: several Strapis may send to it. */
const QUEUE = 4;
/** Bodies held in memory at once, in multiples of the largest. */
const BODIES = 2;
const RETRY_AFTER_S = 1;
/** Longest time in which a request has to be there as a whole. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than the pauses between the checks of a Strapi, so that they share a connection. */
const KEEP_ALIVE_MS = 75_000;
const DRAIN_MS = 30_000;

/** Codes of a picture here that are about this machine's disk: the bytes were sent whole. */
const OWN_FAULTS = new Set(['BYTES_MISSING', 'BYTES_UNREADABLE']);

/** Serves an embedder over HTTP. Pictures are decoded in the embedder's process, as anywhere. The caller lets `server` listen. */
export async function createService({ embedder, batchSize, maxBytes, token }: ServiceOptions): Promise<Service> {
  const folder = await mkdtemp(path.join(tmpdir(), 'similar-embedder-'));
  const largestBody = HEAD_BYTES + Math.max(maxBytes, REQUEST_BYTES);
  const mostPictures = Math.max(QUEUE * embedder.capacity, MAX_PICTURES);
  let nextFile = 1;
  let pictures = 0;
  let bytes = 0;
  let draining = false;
  let onEmpty: (() => void) | undefined;

  function health(): MachineHealth {
    const { engine, device, state, problem } = embedder.status();
    const { id, model, dims } = embedder.space;
    const shown = state === 'ready' ? 'ready' : state === 'broken' || state === 'closed' ? 'broken' : 'loading';
    return {
      ...{ space: id, model, dims, engine, device, queue: pictures, capacity: embedder.capacity, batchSize, maxBytes },
      ...(draining ? { state: 'broken', problem: 'it is being shut down' } : { state: shown, problem }),
    };
  }

  async function embed(req: IncomingMessage): Promise<Buffer> {
    const space = req.headers[SPACE_HEADER];
    if (space !== embedder.space.id) {
      throw new SimilarError('EMBEDDER_SPACE', `This embedder makes vectors of ${embedder.space.id}, not of ${space}.`);
    }
    const count = numberIn(req, COUNT_HEADER, MAX_PICTURES);
    const length = numberIn(req, 'content-length', largestBody);
    if (draining) throw new SimilarError('EMBEDDER_BUSY', 'This embedder is being shut down.');
    if (pictures + count > mostPictures || bytes + length > BODIES * largestBody) {
      throw new SimilarError('EMBEDDER_BUSY', `This embedder has ${pictures} pictures to work on.`);
    }
    pictures += count;
    bytes += length;
    try {
      const requested = unpacked(await read(req, length));
      if (requested.length !== count) throw invalid(`it has ${requested.length} pictures in place of ${count}`);
      return packAnswer(await Promise.all(requested.map(embedOne)));
    } finally {
      pictures -= count;
      bytes -= length;
      if (pictures === 0) onEmpty?.();
    }
  }

  /** The embedder's process reads files. */
  async function embedOne({ bytes, ...options }: ReturnType<typeof unpackRequest>[number]): Promise<RemoteResult> {
    const file = path.join(folder, String(nextFile++));
    try {
      await writeFile(file, bytes, { mode: 0o600 });
      const result = await embedder.embed(file, options);
      return !result.ok && OWN_FAULTS.has(result.code) ? { unavailable: result.reason } : result;
    } catch (error) {
      return { unavailable: (error as Error).message };
    } finally {
      await rm(file, { force: true });
    }
  }

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (token !== undefined && !hasToken(req.headers.authorization, token)) {
      throw new SimilarError('EMBEDDER_TOKEN', 'The token is wrong or missing.');
    }
    const asked = `${req.method} ${req.url}`;
    if (asked === 'GET /v1/health') return send(res, 200, 'application/json', JSON.stringify(health()));
    if (asked === 'POST /v1/embed') return send(res, 200, 'application/octet-stream', await embed(req));
    throw new SimilarError('NOT_FOUND', 'There are only GET /v1/health and POST /v1/embed.');
  }

  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS }, (req, res) => {
    answer(req, res).catch((error: Error) => sendError(res, error));
  });

  return {
    server,
    async drain() {
      draining = true;
      if (pictures > 0) {
        await new Promise<void>((resolve) => {
          onEmpty = resolve;
          setTimeout(resolve, DRAIN_MS).unref();
        });
      }
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      // Those whose last answer is still on its way.
      setTimeout(() => server.closeAllConnections(), 1_000).unref();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function invalid(why: string): SimilarError {
  return new SimilarError('INVALID_PARAMETER', `The request cannot be read: ${why}.`);
}

function numberIn(req: IncomingMessage, header: string, most: number): number {
  const text = req.headers[header];
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text))
    throw invalid(`the header ${header} is missing or no number`);
  const value = Number(text);
  if (value > most) throw new SimilarError('TOO_LARGE', `The header ${header} is ${value}, and ${most} is the most.`);
  return value;
}

/** Node itself ends at content-length. */
async function read(req: IncomingMessage, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (body.length !== length) throw invalid('it is cut short');
  return body;
}

function unpacked(body: Buffer): ReturnType<typeof unpackRequest> {
  try {
    return unpackRequest(body);
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

function send(res: ServerResponse, status: number, type: string, body: string | Buffer): void {
  res.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
}

function sendError(res: ServerResponse, error: Error): void {
  const { code, status = 500 } = error instanceof SimilarError ? error : { code: 'INTERNAL' };
  if (status === 503) res.setHeader('Retry-After', RETRY_AFTER_S);
  if (status === 401) res.setHeader('WWW-Authenticate', 'Bearer');
  // Nobody waits for the rest of what a stranger sends.
  if (status === 401 || status === 413) res.setHeader('Connection', 'close');
  send(res, status, 'application/json', JSON.stringify({ error: { code, message: error.message } }));
}
