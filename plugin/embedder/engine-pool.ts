import { type EngineThread, type EngineWorkerOptions, startEngineThread } from './engine-thread';

export interface EnginePool {
  engine: string;
  device: string;
  /** Batches that run at the same time; one more is at hand. */
  size: number;
  run: EngineThread['run'];
}

/**
 * Starts two engines that share the threads, where there are two: threads of one inference wait for each other after every layer, those
 * of two inferences do not (native-bench/results/throughput.md).
 */
export async function startEnginePool(
  options: EngineWorkerOptions,
  onFailure: (message: string) => void,
): Promise<EnginePool> {
  const size = Math.min(2, options.threads);
  const threads = Math.floor(options.threads / size);
  const engines = await Promise.all(
    Array.from({ length: size }, () => startEngineThread({ ...options, threads }, onFailure)),
  );
  const load = engines.map(() => 0);
  const { engine, device } = engines[0];
  return {
    engine,
    device,
    size,
    async run(batch, n) {
      const least = load.indexOf(Math.min(...load));
      load[least]++;
      try {
        return await engines[least].run(batch, n);
      } finally {
        load[least]--;
      }
    },
  };
}
