import type { Logger, Space } from '../../ports';
import type { FlatVectors } from '../flat';
import { removeIndex, type SaveRequest, saveIndex } from './files';
import type { Graph } from './graph';
import { filesOf, type Manifest } from './manifest';
import type { SearchableVectors } from './searchable';

export interface PersistenceOptions {
  dir: string;
  space: Space;
  logger: Logger;
  saveAfterMs: number;
  /** Time until a save that failed is tried again. */
  retryAfterMs: number;
  /** Why this process may not write, if so. */
  mayNotWrite(): string | undefined;
  /** What of it has been logged already. */
  said?: string;
  current(): SearchableVectors;
}

export interface Persistence {
  readonly bytes: number;
  /** Why the last save failed, if it did. */
  readonly problem: string | undefined;
  /** The files hold what is in memory. */
  adopt(vectors: FlatVectors, manifest: Manifest, graph: Graph | undefined): void;
  /** Another process may have changed the files: the next save writes everything again. */
  disown(): void;
  /** Vectors changed: saves some time later. */
  changed(): void;
  /** The graph has all vectors: saves it if the file lacks many. */
  graphComplete(): void;
  /** Saves now, if anything is to be saved. A failure is logged and tried again later. */
  save(): Promise<void>;
  clear(): Promise<void>;
  /** Ends automatic saving. */
  stop(): void;
}

/** A series of changes does not put a save off for longer than this many times the quiet time. */
const LONGEST_WAIT = 12;
/** Vectors that the graph file may lack, as share of the graph and at least; the next start adds them from the vectors. */
const UNSAVED_SHARE = 0.1;
const UNSAVED_MIN = 1_000;

/** Decides when to save and what has to be written. One save at a time. */
export function createPersistence(options: PersistenceOptions): Persistence {
  const { dir, space, logger, saveAfterMs, retryAfterMs } = options;
  /** What the files hold, and the objects in memory that they were written from. */
  let saved: { vectors: FlatVectors; manifest: Manifest; graph?: Graph } | undefined;
  let dirtySince: number | undefined;
  let problem: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let queue = Promise.resolve();

  function saveIn(ms: number): void {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => enqueue(() => save(false)), ms);
  }

  function enqueue(work: () => Promise<void>): Promise<void> {
    queue = queue.then(work);
    return queue;
  }

  function unsavedInGraph(graph: Graph): number {
    return saved?.graph === graph ? graph.covered - saved.manifest.graph!.covered : graph.covered;
  }

  function isGraphDue(graph: Graph): boolean {
    return unsavedInGraph(graph) >= Math.max(UNSAVED_MIN, UNSAVED_SHARE * graph.covered);
  }

  function graphRequest(everything: boolean): SaveRequest['graph'] {
    const graph = options.current().savableGraph;
    if (!graph) return undefined;
    const complete = graph.covered === options.current().vectors.points;
    if (unsavedInGraph(graph) > 0 && (everything || (complete && isGraphDue(graph)))) return { write: graph };
    return saved?.graph === graph ? { keep: saved.manifest.graph! } : undefined;
  }

  async function save(everything: boolean): Promise<void> {
    clearTimeout(timer);
    const { vectors } = options.current();
    const graph = graphRequest(everything);
    if (dirtySince === undefined && !(graph && 'write' in graph)) return;
    dirtySince = undefined;
    try {
      const blocked = options.mayNotWrite();
      if (blocked) throw new Error(blocked);
      const segments = saved?.vectors === vectors ? saved.manifest.vectors : [];
      const manifest = await saveIndex({ dir, space, snapshot: vectors.snapshot(), segments, graph });
      const written = graph && ('write' in graph ? graph.write : saved?.graph);
      saved = { vectors, manifest, graph: written };
      if (problem) logger.info('Saving the index works again.');
      problem = undefined;
    } catch (error) {
      const message = (error as Error).message;
      if (message !== problem && message !== options.said)
        logger.warn(`The index is only kept in memory; saving failed: ${message}`);
      problem = message;
      dirtySince = performance.now();
      saveIn(retryAfterMs);
    }
  }

  function changed(): void {
    dirtySince ??= performance.now();
    const remaining = dirtySince + LONGEST_WAIT * saveAfterMs - performance.now();
    if (!problem) saveIn(Math.max(0, Math.min(saveAfterMs, remaining)));
  }

  return {
    get bytes() {
      return saved ? filesOf(saved.manifest).reduce((sum, { bytes }) => sum + bytes, 0) : 0;
    },
    get problem() {
      return problem;
    },
    adopt(vectors, manifest, graph) {
      saved = { vectors, manifest, graph };
    },
    disown() {
      saved = undefined;
      problem = undefined;
      changed();
    },
    changed,
    graphComplete() {
      const graph = options.current().savableGraph;
      if (graph && isGraphDue(graph) && !problem) saveIn(saveAfterMs);
    },
    save: () => enqueue(() => save(true)),
    clear() {
      clearTimeout(timer);
      dirtySince = undefined;
      return enqueue(async () => {
        saved = undefined;
        if (options.mayNotWrite()) return;
        await removeIndex(dir).catch((error) => logger.warn(`The index files cannot be removed: ${error.message}`));
      });
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
