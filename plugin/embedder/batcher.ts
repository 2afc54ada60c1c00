import type { EnginePool } from './engine-pool';

export interface BatcherOptions {
  engines: Pick<EnginePool, 'run' | 'size'>;
  batchSize: number;
  /** float32 values of one picture. */
  values: number;
  onVector(id: number, vector: Float32Array | undefined): void;
  /** Called after the `onVector` calls of one batch. */
  onBatch(): void;
}

export interface Batcher {
  /** @param write puts the picture into the batch, from `offset` on. */
  add(id: number, write: (batch: Float32Array, offset: number) => void): void;
}

interface Batch {
  data: Float32Array;
  ids: number[];
}

/** While batches run, the next is at hand in an engine's thread: it never waits for a message. */
const AHEAD = 1;

/** Collects decoded pictures into batches: a full batch is handed over at once, a smaller one as soon as an engine is idle. */
export function createBatcher({ engines, batchSize, values, onVector, onBatch }: BatcherOptions): Batcher {
  const free: Float32Array[] = [];
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
    add(id, write) {
      open ??= { data: free.pop() ?? new Float32Array(batchSize * values), ids: [] };
      write(open.data, open.ids.length * values);
      open.ids.push(id);
      if (open.ids.length === batchSize) {
        full.push(open);
        open = undefined;
      }
      next();
    },
  };
}
