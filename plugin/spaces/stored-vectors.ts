import { setImmediate as breathe } from 'node:timers/promises';
import { createBudget } from '../budget';
import { SimilarError } from '../errors';
import { createIndexSync, type IndexSync } from '../pipeline/index-sync';
import type { EmbeddingStore, FileId, Logger, Match, SearchOptions, Space, VectorIndex } from '../ports';
import { encodeFloat16 } from '../vectors/float16';

export interface StoredVectorsOptions {
  space: Space;
  store: EmbeddingStore;
  /** That compares all of its vectors, in memory. */
  createIndex(): VectorIndex;
  /** Vectors in memory at most. */
  most: number;
}

/** Searches in the stored vectors themselves: exact, and only for so many. */
export interface StoredVectors extends Pick<VectorIndex, 'search' | 'searchLike' | 'keys'> {
  /** Whether they are in memory. */
  readonly isOpen: boolean;
  /** How many there are; undefined: too many. */
  size(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** After so long without a search the memory is given back. */
const IDLE_MS = 60_000;
/** Vectors between two breaks. */
const PAGE = 400;
/** Searches that wait for their turn: some seconds' worth. */
const MOST_WAITING = 200;

const silent: Logger = { info() {}, warn() {}, error() {}, debug() {} };

interface Held {
  index: VectorIndex;
  sync: IndexSync;
}

export function createStoredVectors({ space, store, createIndex, most }: StoredVectorsOptions): StoredVectors {
  let held: Held | undefined;
  let isClosed = false;
  let idle: NodeJS.Timeout | undefined;
  /** Comparing takes the thread: one search after the other, with a break after each. */
  const turns = createBudget(1);
  let waiting = 0;

  async function letGo(): Promise<void> {
    clearTimeout(idle);
    const last = held;
    held = undefined;
    await last?.sync.stop();
    await last?.index.close();
  }

  function hold(): Held {
    const index = createIndex();
    const paced: VectorIndex = { ...index, put: (items) => index.put(items).then(() => breathe()) };
    const sync = createIndexSync({ space, store, index: paced, logger: silent, pageSize: PAGE });
    sync.start();
    return { index, sync };
  }

  /** All of them, which are kept equal to the store while they are asked for. Undefined: too many. */
  async function all(): Promise<VectorIndex | undefined> {
    if (!held && (await store.counts(space.id)).vectors > most) return undefined;
    if (isClosed) throw new SimilarError('INDEX_UNAVAILABLE', 'The vector index is closed.');
    held ??= hold();
    const { index, sync } = held;
    clearTimeout(idle);
    idle = setTimeout(letGo, IDLE_MS).unref();
    await sync.ready();
    if ((await index.status()).size <= most) return index;
    await letGo();
    return undefined;
  }

  const tooMany = () =>
    new SimilarError('INDEX_UNAVAILABLE', `The vector index cannot be used, and it has more than ${most} vectors`);

  /** Those of these files alone. */
  async function some(among: readonly FileId[]): Promise<VectorIndex> {
    const index = createIndex();
    await index.open(space);
    for (let at = 0; at < among.length; at += PAGE) {
      const vectors = await store.vectors(space.id, among.slice(at, at + PAGE));
      await index.put([...vectors].map(([fileId, vector]) => ({ fileId, seq: 0, vector: encodeFloat16(vector) })));
      await breathe();
    }
    return index;
  }

  async function search(vector: Float32Array, k: number, options: SearchOptions = {}): Promise<Match[]> {
    const { among } = options;
    const index = await all();
    if (!index && (!among || among.length > most)) throw tooMany();
    if (waiting >= MOST_WAITING) throw new SimilarError('INDEX_BUSY', `${waiting} searches are waiting already`);
    waiting++;
    const compare = async () => {
      const found = index ? await index.search(vector, k, options) : await (await some(among ?? [])).search(vector, k);
      await breathe();
      return found;
    };
    return turns.use(1, compare).finally(() => waiting--);
  }

  return {
    get isOpen() {
      return held !== undefined;
    },
    async size() {
      const size = held ? (await held.index.status()).size : (await store.counts(space.id)).vectors;
      return size > most ? undefined : size;
    },
    search,
    async searchLike(fileId, k, options) {
      const vector = (await store.vectors(space.id, [fileId])).get(fileId);
      return vector && search(vector, k, options);
    },
    async keys() {
      const index = await all();
      if (!index) throw tooMany();
      return index.keys();
    },
    async close() {
      isClosed = true;
      await letGo();
    },
  };
}
