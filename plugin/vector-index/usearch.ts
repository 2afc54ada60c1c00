import { setTimeout as sleep } from 'node:timers/promises';
import type { SimilarConfig } from '../contracts/config';
import { gather } from '../gather';
import type { FileId, IndexStatus, Logger, Match, Space, VectorIndex } from '../ports';
import { createBacklog } from './backlog';
import { ChildEnded, type IndexChild } from './child';
import { type PackedVectors, packVectors, type SearchAsk, unpackMatches } from './messages';
import { superviseIndexChild } from './supervisor';
import { unavailable } from './unavailable';
import { checkFileIds, checkItems, checkLike, checkQuery } from './validate';

export interface UsearchIndexOptions {
  stateDir: string;
  config: SimilarConfig['index'];
  logger: Logger;
  /**
   * The process died and runs again with what was saved: changes since then are lost to it, and have to be put again.
   */
  onRestart?: (status: IndexStatus) => void;
}

/** Vectors of one message: searches wait no longer than one takes. */
const PUT_SIZE = 32;
/** Longest time that a call waits for a process that is being started again. */
const START_WAIT_MS = 10_000;
/** Longest time for saving at the end. */
const CLOSE_WAIT_MS = 20_000;

/** Vector index on usearch, in a process of its own: native calls block, and damaged files crash them. */
export function createUsearchIndex(options: UsearchIndexOptions): VectorIndex {
  const { stateDir, config, logger, onRestart } = options;
  let space: Space | undefined;
  let supervisor: ReturnType<typeof superviseIndexChild> | undefined;
  let closed = false;
  /** Writes take effect in the order of their calls. */
  let writes: Promise<unknown> = Promise.resolve();

  async function child(): Promise<IndexChild> {
    if (!supervisor) throw unavailable(closed ? 'is closed' : 'is not open');
    if (supervisor.current) return supervisor.current;
    const timer = new AbortController();
    const late = sleep(START_WAIT_MS, undefined, { signal: timer.signal }).catch(() => {});
    const ready = await Promise.race([supervisor.ready(), late]);
    timer.abort();
    if (!ready) throw unavailable(closed ? 'is closed' : 'is being started');
    return ready;
  }

  /** A call that changes nothing is made once more when the process dies under it. */
  async function read<T>(call: (to: IndexChild) => Promise<T>): Promise<T> {
    return attempt(call)
      .catch((error) => {
        if (error instanceof ChildEnded && !closed) return attempt(call);
        throw error;
      })
      .catch(translate);
  }

  function write<T>(call: (to: IndexChild) => Promise<T>): Promise<T> {
    const done = writes.then(() => attempt(call)).catch(translate);
    writes = done.catch(() => {});
    return done;
  }

  async function attempt<T>(call: (to: IndexChild) => Promise<T>): Promise<T> {
    return call(await child());
  }

  const backlog = createBacklog();
  const send = gather((asks: SearchAsk[]) => read((to) => to.call('search', asks)));

  async function ask(query: Float32Array | FileId, k: number, among?: readonly FileId[]) {
    const found = await backlog(() => send({ query, k, among: among && Float64Array.from(among) }));
    return found && unpackMatches(found);
  }

  function opened(): Space {
    if (!space || closed) throw unavailable(closed ? 'is closed' : 'is not open');
    return space;
  }

  async function close(): Promise<void> {
    const closing = supervisor;
    supervisor = undefined;
    await closing?.close(CLOSE_WAIT_MS);
  }

  return {
    async open(next) {
      if (supervisor && space?.id !== next.id) await close();
      closed = false;
      space = next;
      supervisor ??= superviseIndexChild({ space: next, stateDir, config, logger, onRestart });
      await supervisor.opened();
      return supervisor.status();
    },
    async put(items) {
      const { dims } = opened();
      checkItems(items, dims);
      // Copied before the first await: the caller may use its memory again.
      const messages: PackedVectors[] = [];
      for (let i = 0; i < items.length; i += PUT_SIZE) messages.push(packVectors(items.slice(i, i + PUT_SIZE), dims));
      await write(async (to) => {
        for (const message of messages) await to.call('put', message);
      });
    },
    async remove(fileIds) {
      checkFileIds(fileIds);
      const ids = Float64Array.from(fileIds);
      await write((to) => to.call('remove', ids));
    },
    async search(vector, k, { among } = {}) {
      const unit = checkQuery(vector, k, opened().dims);
      return (await ask(unit, k, among)) as Match[];
    },
    async searchLike(fileId, k, { among } = {}) {
      opened();
      checkLike(fileId, k);
      return ask(fileId, k, among);
    },
    async keys() {
      const { fileIds, values } = await read((to) => to.call('keys', undefined));
      return Array.from(fileIds, (fileId, i) => ({ fileId, seq: values[i] }));
    },
    async clear() {
      await write((to) => to.call('clear', undefined));
    },
    async save() {
      await write((to) => to.call('save', undefined));
    },
    async status() {
      if (!supervisor) return { ...NOT_OPEN, state: closed ? 'closed' : 'opening' };
      return supervisor.status();
    },
    async close() {
      closed = true;
      await close();
    },
  };
}

const NOT_OPEN: IndexStatus = {
  kind: 'usearch',
  size: 0,
  lastSeq: 0,
  mode: 'exact',
  state: 'opening',
  bytesOnDisk: 0,
  restarts: 0,
};

function translate(error: unknown): never {
  if (error instanceof ChildEnded) throw unavailable(`process ended (${error.message})`);
  throw error;
}
