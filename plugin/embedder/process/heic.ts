import type { Worker } from 'node:worker_threads';
import { findPeer } from '../../optional-peer';
import type { EmbedFailure } from '../../ports';
import { startThread } from '../../processes/thread';
import { damaged, timedOut, tooManyPixels } from '../reasons';

export type ToHeicThread = { type: 'decode'; bytes: Uint8Array } | { type: 'go' };

export type FromHeicThread =
  | { type: 'size'; width: number; height: number }
  | { type: 'decoded'; bytes: Uint8Array }
  | { type: 'failed'; message: string };

export interface HeicLimits {
  maxPixels: number;
  timeoutMs: number;
  /** As `Decoding.admit`. */
  admit(pixels: number): Promise<() => void>;
}

/** Its memory is given back, and what comes later starts another one. */
const IDLE_MS = 60_000;

/** Whether the project has installed what decodes HEIC pictures, which is not sharp's. */
export const knowsHeic = (): boolean => findPeer('heic-decode', [process.cwd(), __dirname]) !== undefined;

let thread: Worker | undefined;
let idle: NodeJS.Timeout | undefined;
/** One at a time: each may have as many pixels as a picture may. Who calls sees to it (`Decoding.turn`); this only makes sure of it. */
let queue: Promise<unknown> = Promise.resolve();

/**
 * Turns a HEIC picture, as phones make them, into a PNG with the same pixels, turned as a person sees it. Colours stay in the picture's own
 * space (phones: Display P3).
 */
export function pngOfHeic(bytes: Uint8Array, limits: HeicLimits): Promise<Buffer | EmbedFailure> {
  const result = queue.then(() => decodeNext(bytes, limits));
  queue = result.catch(() => {});
  return result;
}

async function decodeNext(bytes: Uint8Array, limits: HeicLimits): Promise<Buffer | EmbedFailure> {
  clearTimeout(idle);
  thread ??= start();
  const running = thread;
  const result = await ask(running, bytes, limits);
  // What hangs, and what has failed in the middle, is not asked again.
  if (!Buffer.isBuffer(result)) end(running);
  else idle = setTimeout(() => end(running), IDLE_MS).unref();
  return result;
}

function start(): Worker {
  // libheif writes what it does not like to the console; what it means comes as an error.
  const worker = startThread(__dirname, 'heic-worker', { stdout: true, stderr: true });
  worker.stdout.resume();
  worker.stderr.resume();
  worker.unref();
  return worker;
}

function end(worker: Worker): void {
  if (thread === worker) thread = undefined;
  worker.terminate().catch(() => {});
}

async function ask(worker: Worker, bytes: Uint8Array, limits: HeicLimits): Promise<Buffer | EmbedFailure> {
  let release: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const { maxPixels, timeoutMs, admit } = limits;
  try {
    return await new Promise<Buffer | EmbedFailure>((resolve, reject) => {
      const startTimer = () => {
        clearTimeout(timer);
        timer = setTimeout(() => resolve(timedOut(timeoutMs)), timeoutMs);
      };
      worker.removeAllListeners();
      worker.on('error', (error) => resolve(damaged(error.message)));
      worker.on('exit', () => resolve(damaged('its decoder ended')));
      worker.on('message', (message: FromHeicThread) => {
        if (message.type === 'failed') resolve(damaged(message.message));
        else if (message.type === 'decoded') resolve(Buffer.from(message.bytes));
        else if (message.width * message.height > maxPixels) resolve(tooManyPixels(maxPixels));
        else {
          clearTimeout(timer);
          admit(message.width * message.height).then((giveBack) => {
            release = giveBack;
            startTimer();
            worker.postMessage({ type: 'go' } satisfies ToHeicThread);
          }, reject);
        }
      });
      startTimer();
      worker.postMessage({ type: 'decode', bytes } satisfies ToHeicThread);
    });
  } finally {
    clearTimeout(timer);
    release?.();
  }
}
