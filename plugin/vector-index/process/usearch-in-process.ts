import { join } from 'node:path';
import type { SimilarConfig } from '../../contracts/config';
import { SimilarError } from '../../errors';
import { faultPoint } from '../../fault-point';
import type { IndexStatus, Logger, Space, VectorIndex } from '../../ports';
import { FlatVectors } from '../flat';
import { indexFolder } from '../folder';
import type { RecoveryLevel } from '../messages';
import { checkFileIds, checkItems, checkLike, checkQuery } from '../validate';
import { loadIndex, type SavedIndex } from './files';
import { Graph } from './graph';
import { createPersistence, type Persistence } from './persistence';
import { SearchableVectors } from './searchable';
import { holdWriterLock, type WriterLock } from './writer-lock';

export interface LocalIndexOptions {
  stateDir: string;
  config: SimilarConfig['index'];
  logger: Logger;
  recoveryLevel?: RecoveryLevel;
  /** Vectors from which on a graph is built. */
  graphFrom?: number;
  leastCandidates?: number;
  /** Longest wait at `open` for another process to release the files. */
  lockWaitMs?: number;
  retryAfterMs?: number;
}

/** Measured at 2,048 numbers: a scan of 4,000 vectors takes 4 ms, as long as a search may. */
const GRAPH_FROM = 4_000;
/** The order that a graph of i8 gives is rough. Of 2,392 photos, 64 candidates held 99.97 % of the ten nearest. */
const LEAST_CANDIDATES = 64;
/** Vectors that the graph may lag behind puts. */
const LAG = 64;

interface Opened {
  space: Space;
  vectors: SearchableVectors;
  persistence: Persistence;
  lock: WriterLock;
  rebuiltBecause?: string;
}

/** The index with graph and files, in this process: it belongs into a process of its own, see client.ts. */
export function createLocalIndex(options: LocalIndexOptions): VectorIndex {
  const { stateDir, config, logger, recoveryLevel = 'none', graphFrom = GRAPH_FROM } = options;
  let opened: Opened | undefined;
  let state: IndexStatus['state'] = 'opening';

  function get(): Opened {
    if (!opened) throw new SimilarError('INDEX_UNAVAILABLE', `The vector index is ${state}.`);
    return opened;
  }

  function searchable(flat: FlatVectors, graph?: Graph): SearchableVectors {
    return new SearchableVectors(
      flat,
      {
        createGraph: recoveryLevel === 'native-code' ? undefined : () => Graph.create(flat.dims, config),
        graphFrom,
        overfetch: config.overfetch,
        leastCandidates: options.leastCandidates ?? LEAST_CANDIDATES,
        onComplete: () => opened?.persistence.graphComplete(),
        onGraphFailed: (error) =>
          logger.error(`Searches scan all vectors, because the graph cannot be built. ${(error as Error).message}`),
      },
      graph,
    );
  }

  async function openSpace(space: Space): Promise<Opened> {
    const dir = indexFolder(stateDir, space.id);
    const lock = holdWriterLock(join(dir, 'lock'), () => opened?.lock === lock && opened.persistence.disown());
    await lock.settled(options.lockWaitMs ?? 5_000);
    if (lock.problem) logger.warn(`For now, the index is only kept in memory. ${lock.problem}`);

    const isOwner = lock.problem === undefined;
    const skipFiles = recoveryLevel === 'files' || recoveryLevel === 'native-code';
    const { saved, problem } = skipFiles ? { problem: CRASHED } : await loadIndex(dir, space);
    const { graph, problem: graphProblem } = loadGraph(saved);
    const flat = saved ? FlatVectors.restore(saved.snapshot) : new FlatVectors(space.dims);
    const vectors = searchable(flat, graph);
    const persistence = createPersistence({
      ...{ dir, space, logger },
      saveAfterMs: config.saveAfterMs,
      retryAfterMs: options.retryAfterMs ?? 30_000,
      mayNotWrite: () => lock.problem,
      said: lock.problem,
      current: () => get().vectors,
    });
    if (saved && isOwner) persistence.adopt(flat, saved.manifest, graph);
    const rebuiltBecause = problem ?? graphProblem;
    if (rebuiltBecause) logger.warn(`The saved index could not be used as it was. ${rebuiltBecause}`);
    return { space, vectors, persistence, lock, rebuiltBecause };
  }

  function loadGraph(saved: SavedIndex | undefined): { graph?: Graph; problem?: string } {
    const entry = saved?.manifest.graph;
    if (!entry || !saved.graphFile) return {};
    if (recoveryLevel === 'graph-file') return { problem: CRASHED };
    if (entry.scalar !== config.scalar || entry.connectivity !== config.connectivity) {
      return { problem: `The saved graph is ${entry.scalar} with connectivity ${entry.connectivity}.` };
    }
    try {
      return { graph: Graph.load(saved.graphFile, saved.snapshot.dims, config, entry.covered) };
    } catch (error) {
      return { problem: `${entry.name} cannot be used: ${(error as Error).message}.` };
    }
  }

  async function closeSpace(): Promise<void> {
    if (!opened) return;
    const { vectors, persistence, lock } = opened;
    vectors.stop();
    persistence.stop();
    await persistence.save();
    await lock.release();
    opened = undefined;
  }

  function status(): IndexStatus {
    const flat = opened?.vectors.vectors;
    return {
      kind: 'usearch',
      size: flat?.live ?? 0,
      lastSeq: flat?.lastSeq ?? 0,
      mode: opened?.vectors.mode ?? 'exact',
      state,
      rebuiltBecause: opened?.rebuiltBecause,
      problem: opened?.lock.problem ?? opened?.persistence.problem,
      bytesOnDisk: opened?.persistence.bytes ?? 0,
      restarts: 0,
    };
  }

  return {
    async open(space) {
      if (opened?.space.id !== space.id) {
        await closeSpace();
        state = 'opening';
        opened = await openSpace(space);
      }
      state = 'ready';
      return status();
    },
    async put(items) {
      const { vectors, persistence } = get();
      checkItems(items, vectors.vectors.dims);
      if (vectors.put(items)) persistence.changed();
      faultPoint('in-vectors');
      await vectors.caughtUp(LAG);
    },
    async remove(fileIds) {
      checkFileIds(fileIds);
      if (get().vectors.remove(fileIds)) get().persistence.changed();
    },
    async search(vector, k, { among } = {}) {
      const { vectors } = get();
      const unit = checkQuery(vector, k, vectors.vectors.dims);
      return among ? vectors.vectors.searchAmong(unit, k, among) : vectors.search(unit, k);
    },
    async searchLike(fileId, k, options) {
      checkLike(fileId, k);
      const unit = get().vectors.vectors.unitOf(fileId);
      return unit && this.search(unit, k, options);
    },
    async keys() {
      return get().vectors.vectors.keys();
    },
    async clear() {
      const current = get();
      current.vectors.stop();
      current.vectors = searchable(new FlatVectors(current.space.dims));
      await current.persistence.clear();
    },
    async save() {
      await get().persistence.save();
    },
    async status() {
      return status();
    },
    async close() {
      state = 'closed';
      await closeSpace();
    },
  };
}

const CRASHED = 'The index process crashed with it.';
