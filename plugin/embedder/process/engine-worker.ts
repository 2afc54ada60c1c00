/** Worker thread that the engine runs in: an inference blocks its thread, and decoding must continue in the meantime. */
import { parentPort, workerData } from 'node:worker_threads';
import { chooseEngine } from '../../engines/choose';
import type { PixelSession } from '../../engines/pixel-session';
import { normalise } from '../../vectors/cosine';
import type { EngineWorkerOptions, FromWorker, ToWorker } from './engine-thread';
import { tryModel } from './try-model';

const options: EngineWorkerOptions = workerData;
const port = parentPort!;
/** Bytes of a picture. */
const PICTURE = 3 * options.preprocessing.size ** 2;

async function start(): Promise<void> {
  const { session, skipped } = await chooseEngine(options.engine, options);
  if (options.tensors) await tryModel(session, options);
  // The first run of a full batch claims the memory that all later ones use, and shows that the engine works.
  await session.run(new Uint8Array(options.batchSize * PICTURE), options.batchSize);
  let last: Promise<void> = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    last = last.then(() => answer(session, message));
  });
  say({ type: 'ready', engine: session.engine, device: session.device, skipped });
}

async function answer(session: PixelSession, { batch, n, features: wanted }: ToWorker): Promise<void> {
  const { embedding, features } = await session.run(batch.subarray(0, n * PICTURE), n, { features: wanted });
  const vectors = Array.from({ length: n }, (_, i) =>
    normalise(embedding.subarray(i * options.dims, (i + 1) * options.dims)),
  );
  // A copy: the runtime's own memory cannot be handed over.
  const map = features?.slice();
  const handed = [batch.buffer, ...(map ? [map.buffer] : [])] as ArrayBuffer[];
  say({ type: 'vectors', vectors, batch, ...(map && { features: map }) }, ...handed);
}

function say(message: FromWorker, ...transfer: ArrayBuffer[]): void {
  port.postMessage(message, transfer);
}

start().catch((error) => say({ type: 'failed', message: error instanceof Error ? error.message : String(error) }));
