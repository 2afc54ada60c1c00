import { readFile, stat } from 'node:fs/promises';
import { createBudget } from '../../budget';
import type { EmbedFailure, EmbedOptions, EmbedResult } from '../../ports';
import { tooLarge, unread } from '../reasons';
import { Busy, type createCalls } from './call';
import { REQUEST_BYTES } from './wire';

/** A picture that somebody waits for. */
export interface Task {
  path: string;
  options: EmbedOptions;
  /** Machines that failed while they had it. */
  tries: number;
  resolve(result: EmbedResult): void;
  reject(error: Error): void;
}

export interface OutboxOptions {
  calls: Pick<ReturnType<typeof createCalls>, 'embed'>;
  /** What the machine takes: pictures of a request, bytes of a picture. */
  limits(): { batchSize: number; maxBytes: number };
  /** It has embedded a picture. */
  onWorked(): void;
  onLost(why: string): void;
  onBusy(retryAfterMs: number): void;
  /** What it could not work on, through no fault of the pictures. */
  giveBack(tasks: Task[]): void;
  /** So many of its pictures are settled or given back. */
  onDone(count: number): void;
}

/** Of pictures that are in memory here while a machine works on them; a larger one is alone. */
const BYTES_UNDER_WAY = 4 * REQUEST_BYTES;

/** Sends pictures to one machine, and settles them with its answers. */
export function createOutbox(options: OutboxOptions) {
  const { calls, limits, onWorked, onLost, onBusy, giveBack, onDone } = options;
  const budget = createBudget(BYTES_UNDER_WAY);
  const requests = new Set<AbortController>();
  let gathered: Task[] = [];

  /** In as few requests as pictures that come together allow. */
  async function send(tasks: Task[]): Promise<void> {
    let batch = emptyBatch();
    const flush = () => {
      if (batch.tasks.length > 0) post(batch);
      batch = emptyBatch();
    };
    for (const task of tasks) {
      const size = await sizeOf(task.path, limits().maxBytes);
      if (typeof size !== 'number') {
        settle(task, size);
        continue;
      }
      const isFull = batch.tasks.length === limits().batchSize || batch.size + size > REQUEST_BYTES;
      // What waits here holds nothing that others wait for.
      if (isFull || budget.waits(size)) flush();
      const release = await budget.take(size);
      const bytes = await readFile(task.path).catch(unread);
      if (!Buffer.isBuffer(bytes)) {
        release();
        settle(task, bytes);
        continue;
      }
      batch.tasks.push(task);
      batch.pictures.push({ ...task.options, bytes });
      batch.size += size;
      batch.releases.push(release);
    }
    flush();
  }

  function settle(task: Task, failure: EmbedFailure): void {
    task.resolve(failure);
    onDone(1);
  }

  async function post({ tasks, pictures, releases }: Batch): Promise<void> {
    const request = new AbortController();
    requests.add(request);
    const back: Task[] = [];
    try {
      const results = await calls.embed(pictures, request.signal);
      for (const [i, result] of results.entries()) {
        if (!('unavailable' in result)) {
          onWorked();
          tasks[i].resolve(result);
          continue;
        }
        back.push({ ...tasks[i], tries: tasks[i].tries + 1 });
        onLost(result.unavailable);
      }
    } catch (error) {
      const isBusy = error instanceof Busy;
      if (isBusy) onBusy(error.retryAfterMs);
      else onLost((error as Error).message);
      back.push(...tasks.map((task) => ({ ...task, tries: task.tries + (isBusy ? 0 : 1) })));
    }
    requests.delete(request);
    for (const release of releases) release();
    if (back.length > 0) giveBack(back);
    onDone(tasks.length);
  }

  return {
    add(task: Task): void {
      // Somebody waits for it, and for no others.
      if (task.options.urgent) return void send([task]);
      if (gathered.length === 0) {
        setImmediate(() => {
          send(gathered);
          gathered = [];
        });
      }
      gathered.push(task);
    },

    /** Gives back all that is under way. */
    abort(): void {
      for (const request of requests) request.abort();
    },
  };
}

interface Batch {
  tasks: Task[];
  pictures: Parameters<ReturnType<typeof createCalls>['embed']>[0][number][];
  size: number;
  releases: Array<() => void>;
}

const emptyBatch = (): Batch => ({ tasks: [], pictures: [], size: 0, releases: [] });

/** What is wrong with the file here is the picture's, as it is for an embedder on this machine. */
async function sizeOf(file: string, maxBytes: number): Promise<number | EmbedFailure> {
  try {
    const { size } = await stat(file);
    return size > maxBytes ? tooLarge(size, maxBytes) : size;
  } catch (error) {
    return unread(error as NodeJS.ErrnoException);
  }
}
