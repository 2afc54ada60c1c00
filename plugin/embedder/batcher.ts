import type { EngineThread } from './engine-thread';

export interface BatcherOptions {
  thread: Pick<EngineThread, 'run'>;
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

/** While one batch runs, the next is at hand in the engine's thread: it never waits for a message. */
const DEPTH = 2;

/** Collects decoded pictures into batches: a full batch is handed over at once, a smaller one as soon as the engine is idle. */
export function createBatcher({ thread, batchSize, values, onVector, onBatch }: BatcherOptions): Batcher {
  const free: Float32Array[] = [];
  const full: Batch[] = [];
  let open: Batch | undefined;
  let running = 0;

  function next(): void {
    while (running < DEPTH && full.length > 0) run(full.shift()!);
    if (running === 0 && open) {
      run(open);
      open = undefined;
    }
  }

  async function run({ data, ids }: Batch): Promise<void> {
    running++;
    const { vectors, batch } = await thread.run(data, ids.length);
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
