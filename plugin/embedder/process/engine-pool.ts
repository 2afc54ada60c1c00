import { isLargeModel } from '../../engines/large-model';
import { type EngineThread, type EngineWorkerOptions, startEngineThread } from './engine-thread';

export interface EnginePool extends Pick<EngineThread, 'engine' | 'device' | 'skipped'> {
  /** Batches that run at the same time; one more is at hand. */
  size: number;
  run: EngineThread['run'];
}

const ON_CPU = new Set(['cpu', 'wasm']);

/**
 * Starts two engines that share the threads, where there are two: threads of one inference wait for each other after every layer,
 * those of two inferences do not (native-bench/results/throughput.md). The layers of a large model are so long that they hardly wait.
 */
export async function startEnginePool(
  options: EngineWorkerOptions,
  onFailure: (message: string) => void,
): Promise<EnginePool> {
  const two = options.threads > 1 && !(await isLargeModel(options.modelPath));
  const share = two ? { ...options, threads: Math.floor(options.threads / 2) } : options;
  const first = await startEngineThread(share, onFailure);
  const { engine, device, skipped } = first;
  // A GPU does not get faster when two share it.
  const second = two && ON_CPU.has(device) ? [await startEngineThread({ ...share, engine }, onFailure)] : [];
  const engines = [first, ...second];
  const load = engines.map(() => 0);
  return {
    engine,
    device,
    skipped,
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
