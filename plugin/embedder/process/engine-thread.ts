import type { ModelTensors, Preprocessing } from '../../models/model';
import { startThread } from '../../processes/thread';

export interface EngineWorkerOptions {
  /** `auto`, or the name of an engine. */
  engine: string;
  modelPath: string;
  threads: number;
  batchSize: number;
  preprocessing: Preprocessing;
  dims: number;
  tensors?: ModelTensors;
}

export interface ToWorker {
  /** RGB pictures, size × size × 3 each: has room for `batchSize`, the first n of which count. */
  batch: Uint8Array;
  n: number;
  features: boolean;
}

export type FromWorker =
  | { type: 'ready'; engine: string; device: string; skipped: string[] }
  | { type: 'failed'; message: string }
  | ({ type: 'vectors' } & BatchResult);

export interface BatchResult {
  /** Unit vectors in the batch's order; undefined where the model gave none. */
  vectors: Array<Float32Array | undefined>;
  /** The batch's memory, to be used again. */
  batch: Uint8Array;
  /** n × dims × cells, if requested. */
  features?: Float32Array;
}

export interface EngineThread {
  engine: string;
  device: string;
  /** Engines that come before it and cannot be used here, each with its reason. */
  skipped: string[];
  /** Batches run one after the other, in order. The batch's memory moves to the thread and comes back with the result. */
  run(batch: Uint8Array, n: number, features?: boolean): Promise<BatchResult>;
}

/**
 * Starts the engine in a worker thread and runs one batch to warm it up.
 * @param onFailure called when the thread cannot run any more.
 */
export function startEngineThread(
  options: EngineWorkerOptions,
  onFailure: (message: string) => void,
): Promise<EngineThread> {
  const worker = startThread(__dirname, 'engine-worker', { workerData: options });
  const pending: Array<(result: BatchResult) => void> = [];

  return new Promise((resolve) => {
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'vectors') pending.shift()?.(message);
      else if (message.type === 'failed') onFailure(message.message);
      else {
        resolve({
          engine: message.engine,
          device: message.device,
          skipped: message.skipped,
          run: (batch, n, features = false) =>
            new Promise((done) => {
              pending.push(done);
              worker.postMessage({ batch, n, features } satisfies ToWorker, [batch.buffer as ArrayBuffer]);
            }),
        });
      }
    });
    worker.on('error', (error) => onFailure(error.message));
    worker.on('exit', (code) => onFailure(`The engine's thread ended with code ${code}.`));
  });
}
