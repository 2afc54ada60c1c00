import type { Collection, WeaviateClient } from 'weaviate-client';
import { createBudget } from '../budget';
import type { SimilarConfig } from '../contracts/config';
import { SimilarError } from '../errors';
import type { FileId, IndexStatus, Logger, Match, Space, VectorIndex } from '../ports';
import { createBacklog } from './backlog';
import { newestOf, SHARE_TO_COUNT, SHARE_TO_SCAN } from './shared-index';
import { unavailable } from './unavailable';
import { checkFileIds, checkItems, checkLike, checkQuery } from './validate';
import { isGone } from './weaviate-client';
import { dropCollection, findCollection, openCollection, using, type WeaviateCollection } from './weaviate-collection';
import { createWeaviateConnection } from './weaviate-connection';
import { createInsert } from './weaviate-insert';
import { countFiles, fileOf, listAll, MOST_RESULTS, type NewFile, vectorOf } from './weaviate-objects';
import { nearest, nearestAmong, nearestNamed } from './weaviate-search';
import { deleteUnheld, putFiles, removeFiles } from './weaviate-write';

export interface WeaviateIndexOptions {
  config: SimilarConfig['index'];
  logger: Logger;
  /** The collection was deleted, or made anew by another node: what is missing has to be put again. */
  onRestart?: (status: IndexStatus) => void;
  /** The server was away. It may lack something since, as a node that was down does. */
  onReturn?: () => void;
}

/** Of one request, as float32; and how many are under way at once. */
const PUT_BYTES = 512 * 1024;
const MOST_PUT = 500;
const PUTS_AT_ONCE = 2;
const SEARCHES_AT_ONCE = 8;

/**
 * Vector index in a Weaviate server or cluster. All nodes share it: each puts what it hears of, unless another has done so, and removes
 * what it hears is lost. A node that is late may put back what others have removed or replaced. As each hears of the later change after
 * the earlier one, it makes it again itself; if it ends in between, the next start of any node does.
 */
export function createWeaviateIndex({ config, logger, onRestart, onReturn }: WeaviateIndexOptions): VectorIndex {
  let connection = createWeaviateConnection(config, logger, onReturn);
  let space: Space | undefined;
  let collection: WeaviateCollection | undefined;
  let isClosed = false;
  /** There is no collection, which is what was asked for: the next write makes one. */
  let isCleared = false;
  /** What was counted last, and until when that is good enough. */
  let counted = { size: 0, lastSeq: 0, until: 0 };
  /** Writes take effect in the order of their calls. */
  const writes = createBudget(1);
  const backlog = createBacklog();
  const searches = createBudget(SEARCHES_AT_ONCE);
  const puts = createBudget(PUTS_AT_ONCE);

  const insertInto = ({ name }: WeaviateCollection) => createInsert(config, name);

  function opened(): Space {
    if (!space || isClosed) throw unavailable(isClosed ? 'is closed' : 'is not open');
    return space;
  }

  /** The collection, which is made again if it has gone. */
  async function collectionForWriting(): Promise<WeaviateCollection> {
    const wanted = opened();
    if (collection) return collection;
    collection = await connection.call((client) => openCollection(client, wanted, config));
    isCleared = false;
    counted.until = 0;
    return collection;
  }

  /** Another node has deleted it, or made it anew: nothing that was put here is known to be there. */
  function lost(of: WeaviateCollection): SimilarError {
    if (collection !== of) return unavailable('is being built again');
    collection = undefined;
    onRestart?.(statusOf());
    return unavailable('is being built again, because its collection was deleted');
  }

  async function within<T>(
    of: WeaviateCollection,
    work: (on: Collection, client: WeaviateClient) => Promise<T>,
  ): Promise<T> {
    try {
      return await connection.call((client) => work(using(client, of, config.weaviate.consistency), client));
    } catch (error) {
      if (isGone((error as Error).cause) && !isClosed) throw lost(of);
      throw error;
    }
  }

  /** Asked for before each write, and not before each search: a search finds none of it, or says so. */
  async function checkSame(of: WeaviateCollection): Promise<void> {
    const found = await within(of, (_, client) => findCollection(client, of.name));
    if (found?.made !== of.made) throw lost(of);
  }

  const writeTo = (work: (of: WeaviateCollection) => Promise<void>): Promise<void> =>
    writes.use(1, async () => {
      const of = await collectionForWriting();
      await checkSame(of);
      try {
        await work(of);
      } finally {
        counted.until = 0;
      }
    });

  async function putAll(of: WeaviateCollection, files: readonly NewFile[], dims: number): Promise<void> {
    const insert = insertInto(of);
    const size = Math.max(1, Math.min(MOST_PUT, Math.floor(PUT_BYTES / (4 * dims))));
    const batches = Array.from({ length: Math.ceil(files.length / size) }, (_, i) =>
      files.slice(i * size, (i + 1) * size),
    );
    const done = await Promise.allSettled(
      batches.map((batch) => puts.use(1, () => within(of, (collection) => putFiles({ collection, insert }, batch)))),
    );
    const failed = done.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    counted.size += files.length;
  }

  async function ask(query: Float32Array | FileId, k: number, among?: readonly FileId[]): Promise<Match[] | undefined> {
    if (isCleared) return typeof query === 'number' ? undefined : [];
    const of = collection;
    if (!of) throw unavailable('is being built');
    const candidates = Math.max(Math.ceil(k * config.overfetch), config.expansionSearch);
    const search = async (on: Collection) => {
      const vector = typeof query === 'number' ? await vectorOf(on, query) : query;
      if (!vector || k === 0) return vector && [];
      if (among) return nearestAmong(on, vector, k, among, counted.size);
      // Weaviate returns no more for one query, but for several about a part of the files each.
      if (k > MOST_RESULTS) return nearestNamed(on, vector, k, filesOf(await listAll(on)));
      const isExact = candidates > counted.size * SHARE_TO_SCAN;
      return nearest(on, vector, k, { candidates: Math.min(candidates, MOST_RESULTS), isExact });
    };
    try {
      return await backlog(() => searches.use(1, () => within(of, search)));
    } catch (error) {
      if (!(error instanceof SimilarError) || error.code !== 'WEAVIATE_UNAVAILABLE') throw error;
      throw new SimilarError('INDEX_UNAVAILABLE', error.message, error.details, { cause: error });
    }
  }

  function statusOf(): IndexStatus {
    const { size, lastSeq } = collection ? counted : { size: 0, lastSeq: 0 };
    const { problem } = connection;
    const state = isClosed ? 'closed' : (collection || isCleared) && !problem ? 'ready' : 'opening';
    return {
      ...{ kind: 'weaviate', size, lastSeq, mode: 'graph', state, restarts: 0 },
      // Of the vectors alone: the server does not say what its files take.
      bytesOnDisk: 4 * size * (space?.dims ?? 0),
      ...(problem && { problem: problem.message, code: problem.code }),
    };
  }

  async function count(of: WeaviateCollection): Promise<void> {
    const started = performance.now();
    await checkSame(of);
    const known = await within(of, countFiles);
    counted = { ...known, until: performance.now() + (performance.now() - started) / SHARE_TO_COUNT };
  }

  return {
    async open(next) {
      if (space?.id !== next.id) collection = undefined;
      if (isClosed) connection = createWeaviateConnection(config, logger, onReturn);
      space = next;
      isClosed = false;
      await count(await collectionForWriting());
      return statusOf();
    },
    async put(items) {
      const { dims } = opened();
      checkItems(items, dims);
      // Copied before the first await: the caller may use its memory again.
      const files = newestOf(items).map((item) => fileOf({ ...item, vector: item.vector.slice() }));
      if (files.length > 0) await writeTo((of) => putAll(of, files, dims));
    },
    async remove(fileIds) {
      checkFileIds(fileIds);
      opened();
      if (fileIds.length > 0)
        await writeTo((of) => within(of, (collection) => removeFiles({ collection, insert: insertInto(of) }, fileIds)));
    },
    async search(vector, k, { among } = {}) {
      const unit = checkQuery(vector, k, opened().dims);
      if (among) checkFileIds(among);
      return (await ask(unit, k, among)) as Match[];
    },
    async searchLike(fileId, k, { among } = {}) {
      opened();
      checkLike(fileId, k);
      if (among) checkFileIds(among);
      return ask(fileId, k, among);
    },
    async keys() {
      const of = await collectionForWriting();
      const { files, unheld } = await within(of, listAll);
      // Left by a node that ended in between. Of several copies a listing reads one, and that one may lack the files of these points.
      if (unheld.length > 0 && of.copies === 1)
        await writeTo(() => within(of, (collection) => deleteUnheld({ collection, insert: insertInto(of) }, unheld)));
      return files.map(({ fileId, seq }) => ({ fileId, seq }));
    },
    async clear() {
      const { id } = opened();
      await writes.use(1, async () => {
        await connection.call((client) => dropCollection(client, config.weaviate.prefix, id));
        collection = undefined;
        isCleared = true;
      });
    },
    // What was put is on the server's disk.
    async save() {
      opened();
    },
    async status() {
      const of = collection;
      if (!of || isClosed || performance.now() < counted.until) return statusOf();
      try {
        await count(of);
      } catch (error) {
        if (!(error instanceof SimilarError)) throw error;
      }
      return statusOf();
    },
    async close() {
      isClosed = true;
      await writes.use(1, async () => {});
      await connection.close();
      collection = undefined;
    },
  };
}

const filesOf = ({ files }: Awaited<ReturnType<typeof listAll>>) => files.map(({ fileId }) => fileId);
