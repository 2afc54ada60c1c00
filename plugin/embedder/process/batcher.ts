import type { EnginePool } from './engine-pool';

export interface BatcherOptions {
  engines: Pick<EnginePool, 'run' | 'size'>;
  batchSize: number;
  /** Bytes of one picture. */
  values: number;
  onVector(id: number, vector: Float32Array | undefined): void;
  /** Called after the `onVector` calls of one batch. */
  onBatch(): void;
}

export interface Batcher {
  add(id: number, pixels: Uint8Array): void;
}

interface Batch {
  data: Uint8Array;
  ids: number[];
}

/** While batches run, the next is at hand in an engine's thread: it never waits for a message. */
const AHEAD = 1;

/** Collects decoded pictures into batches: a full batch is handed over at once, a smaller one as soon as an engine is idle. */
export function createBatcher({ engines, batchSize, values, onVector, onBatch }: BatcherOptions): Batcher {
  const free: Uint8Array[] = [];
  const full: Batch[] = [];
  let open: Batch | undefined;
  let running = 0;

  function next(): void {
    while (running < engines.size + AHEAD && full.length > 0) run(full.shift()!);
    if (running < engines.size && open) {
      run(open);
      open = undefined;
    }
  }

  async function run({ data, ids }: Batch): Promise<void> {
    running++;
    const { vectors, batch } = await engines.run(data, ids.length);
    running--;
    free.push(batch);
    next();
    for (const [i, id] of ids.entries()) onVector(id, vectors[i]);
    onBatch();
  }

  return {
    add(id, pixels) {
      open ??= { data: free.pop() ?? new Uint8Array(batchSize * values), ids: [] };
      open.data.set(pixels, open.ids.length * values);
      open.ids.push(id);
      if (open.ids.length === batchSize) {
        full.push(open);
        open = undefined;
      }
      next();
    },
  };
}
