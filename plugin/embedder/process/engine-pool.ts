import { stat } from 'node:fs/promises';
import { type EngineThread, type EngineWorkerOptions, startEngineThread } from './engine-thread';

export interface EnginePool extends Pick<EngineThread, 'engine' | 'device' | 'passedOver'> {
  /** Batches that run at the same time; one more is at hand. */
  size: number;
  run: EngineThread['run'];
}

const ON_CPU = new Set(['cpu', 'wasm']);
/** A larger model is held once: its layers are so long that threads hardly wait for each other, and a second one takes 250 MiB. */
const LARGEST_HELD_TWICE = 40 * 2 ** 20;

/**
 * Starts two engines that share the threads, where there are two and the model is small: threads of one inference wait for each other after every layer, those
 * of two inferences do not (native-bench/results/throughput.md).
 */
export async function startEnginePool(
  options: EngineWorkerOptions,
  onFailure: (message: string) => void,
): Promise<EnginePool> {
  // A file that is not there is the engine's to report.
  const bytes = await stat(options.modelPath).then(
    ({ size }) => size,
    () => 0,
  );
  const two = options.threads > 1 && bytes <= LARGEST_HELD_TWICE;
  const share = two ? { ...options, threads: Math.floor(options.threads / 2) } : options;
  const first = await startEngineThread(share, onFailure);
  const { engine, device, passedOver } = first;
  // A GPU does not get faster when two share it.
  const second = two && ON_CPU.has(device) ? [await startEngineThread({ ...share, engine }, onFailure)] : [];
  const engines = [first, ...second];
  const load = engines.map(() => 0);
  return {
    engine,
    device,
    passedOver,
    size: engines.length,
    async run(batch, n, features) {
      const least = load.indexOf(Math.min(...load));
      load[least]++;
      try {
        return await engines[least].run(batch, n, features);
      } finally {
        load[least]--;
      }
    },
  };
}
