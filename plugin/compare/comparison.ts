import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Agreement, ComparableModel, ComparisonStatus, Vote } from '../contracts/comparison';
import { ERRORS, SimilarError } from '../errors';
import { withLock } from '../files/file-lock';
import { makeFolder } from '../files/make-folder';
import { remove } from '../files/remove';
import type { EmbeddingStore, FileId, Logger, Records, Space, SpaceId } from '../ports';
import { agreementOf, type Judgement } from './agreement';
import { embedSample, type OtherModel, unwritable } from './embed-sample';
import { ENOUGH, estimateOf, type LiveIndex } from './estimate';
import { openRanking } from './open-ranking';
import { type ComparisonRecord, createComparisonRecord, isLeased, LEASE_MS, lease, tally } from './record';
import { sampleOf } from './sample';
import type { SampleRanking } from './sample-ranking';

export interface ComparisonOptions<Named extends { space: Space }> {
  store: Pick<EmbeddingStore, 'counts' | 'vectorKeys' | 'vectors' | 'waiting'>;
  records: Records;
  /** The tables are there. */
  opened(): Promise<void>;
  stateDir: string;
  /** Whether this node embeds. */
  indexing: boolean;
  logger: Logger;
  live(): Space;
  /** Spaces whose queues go first. */
  queues(): SpaceId[];
  index(): Promise<LiveIndex>;
  /** Numbers of a vector in the index that the other model would have. */
  indexDims(other: Named, pictures: number): number;
  models(): ComparableModel[];
  /** @throws SimilarError for a model that cannot be compared */
  named(model: string): Named;
  openModel(other: Named): OtherModel;
  /** Interval between looks at what other nodes decided. */
  pollMs?: number;
  /** Interval between looks whether the queue is empty. */
  waitMs?: number;
}

export interface StartOptions {
  model: string;
  size: number;
  /** Pictures that decisions name. */
  named: readonly FileId[];
}

/** Another model beside the live one, on a sample of the library. Searches are answered as before, and no file is changed. */
export interface Comparison {
  /** Models that can be compared with the live one. */
  models(): ComparableModel[];
  /** @throws SimilarError `COMPARISON_RUNS`, `COMPARISON_EMPTY`, or why the model cannot be compared */
  begin(options: StartOptions): Promise<void>;
  /** Forgets the sample, its vectors and its votes. */
  discard(): Promise<void>;
  status(): Promise<ComparisonStatus | undefined>;
  /** Pictures of the sample. @throws SimilarError `NOT_COMPARING` */
  sample(): Promise<readonly FileId[]>;
  votes(): Promise<Map<FileId, Vote>>;
  /** @param vote null takes it back. @throws SimilarError `NOT_FOUND` for a picture that is not in the sample */
  vote(fileId: FileId, vote: Vote | null): Promise<void>;
  /** @throws SimilarError `NOT_COMPARING`, `COMPARISON_UNREADY`, `COMPARISON_ELSEWHERE` or `COMPARISON_OUTDATED` */
  ranking(): Promise<SampleRanking>;
  /** Undefined until this node can compare. */
  agreement(judgements: readonly Judgement[]): Promise<Agreement | undefined>;
  start(): void;
  stop(): Promise<void>;
  pause(): void;
  resume(): void;
}

const POLL_MS = 3_000;
/** After so long without a question the vectors leave the memory. */
const IDLE_MS = 60_000;

const isOver = ({ state }: { state: ComparisonStatus['state'] }) => state === 'ready' || state === 'failed';

export function createComparison<Named extends { space: Space }>(options: ComparisonOptions<Named>): Comparison {
  const { store, records, stateDir, logger, live, opened, pollMs = POLL_MS } = options;
  const folder = path.join(stateDir, 'comparison');
  const file = path.join(folder, 'sample.vectors');
  /** Names the disk that the vectors are on, also after a restart. */
  const me = createHash('sha256').update(`${hostname()} ${stateDir}`).digest('hex').slice(0, 16);
  const record = createComparisonRecord<Named>(records);
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  let wake = () => {};
  let paused = false;
  let working: { id: string; abort: AbortController; ended: Promise<void> } | undefined;
  let memory: { id: string; ranking: Promise<SampleRanking> } | undefined;
  let idle: NodeJS.Timeout | undefined;
  /** There is no comparison, and what was left of one is gone. */
  let isTidy = false;
  /** Why it could not go on, when that was last logged. */
  let said: string | undefined;

  type Known = ComparisonRecord<Named>;

  function forget(): void {
    clearTimeout(idle);
    memory = undefined;
  }

  async function mayWork(): Promise<boolean> {
    if (paused) return false;
    for (const space of options.queues()) if ((await store.waiting(space, 1)) > 0) return false;
    return true;
  }

  /** Says what has become of it. What was discarded meanwhile has nothing to become. */
  async function note(id: string, change: Partial<Known>): Promise<void> {
    const now = await record.change(id, () => change);
    if (!now || now.holder !== me) working?.abort.abort(new Error('The comparison was discarded'));
  }

  async function embed({ id, other, sample }: Known, signal: AbortSignal): Promise<void> {
    const model = options.openModel(other);
    const closed = () => void model.close().catch(() => {});
    signal.addEventListener('abort', closed);
    try {
      await embedSample({
        ...{ comparison: id, space: other.space, sample, file, logger, mayWork, signal, waitMs: options.waitMs },
        model: {
          ...model,
          async open() {
            const embedder = await model.open();
            await note(id, { state: 'embedding' });
            return embedder;
          },
        },
        onProgress: (progress) => note(id, { ...progress, until: lease() }),
      });
      signal.throwIfAborted();
      await note(id, { state: 'ready' });
      logger.info(`The model ${other.space.model} has seen all ${sample.length} pictures of the comparison`);
    } catch (error) {
      // What was closed for it says that it is unavailable.
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', closed);
      await model.close();
    }
  }

  async function work(found: Known, signal: AbortSignal): Promise<void> {
    const { id, other } = found;
    const mine = await record.change(id, (now) =>
      isOver(now) || (now.holder !== me && isLeased(now)) ? {} : { holder: me, until: lease() },
    );
    if (!mine || mine.holder !== me || isOver(mine)) return;
    const renewal = setInterval(() => void note(id, { until: lease() }).catch(() => {}), LEASE_MS / 3).unref();
    try {
      await makeFolder(folder).catch((error) => {
        throw unwritable(error);
      });
      // Another process may have the same folder.
      await withLock(`${file}.lock`, (held) => embed(mine, held), { signal });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof SimilarError)) throw error;
      logger.error(`The model ${other.space.model} cannot be compared: ${error.message}`);
      const { code, message } = error;
      await note(id, { state: 'failed', problem: { code, message } });
    } finally {
      clearInterval(renewal);
    }
  }

  async function look(): Promise<void> {
    const now = await record.read();
    if (!now && !isTidy) await remove(folder);
    isTidy = !now;
    if (!now) return;
    if (isOver(now) || now.live !== live().id || (now.holder !== me && isLeased(now))) return;
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, stopping.signal]);
    const ended = work(now, signal);
    working = { id: now.id, abort, ended: ended.catch(() => {}) };
    await ended.finally(() => {
      working = undefined;
    });
  }

  function waitsFor({ message }: Error): void {
    if (stopping.signal.aborted || said === message) return;
    said = message;
    logger.warn(`The comparison of models goes on later: ${message}`);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await look().then(() => {
        said = undefined;
      }, waitsFor);
      const pause = new AbortController();
      const signal = AbortSignal.any([pause.signal, stopping.signal]);
      await Promise.race([woken, sleep(pollMs, undefined, { signal, ref: false }).catch(() => {})]);
      pause.abort();
    }
  }

  async function needed(): Promise<Known> {
    await opened();
    const now = await record.read();
    if (!now) throw new SimilarError('NOT_COMPARING', 'No model is being compared');
    return now;
  }

  function assertCurrent({ live: from }: Known): void {
    if (from === live().id) return;
    throw new SimilarError('COMPARISON_OUTDATED', `The comparison is with ${from}, and searches use ${live().id}`);
  }

  async function rankingOf(now: Known): Promise<SampleRanking> {
    const { ranking, problem } = await openRanking({ ...now, file, store });
    if (ranking) return ranking;
    if (now.holder !== me)
      throw new SimilarError('COMPARISON_ELSEWHERE', 'The vectors are on the disk of another node');
    logger.warn(`The vectors of the comparison cannot be used and are made anew: ${problem ?? 'they are gone'}`);
    await record.change(now.id, () => ({ state: 'preparing', done: 0, failed: 0, embedMs: 0 }));
    wake();
    throw new SimilarError('COMPARISON_UNREADY', 'The vectors are damaged and are made anew');
  }

  async function ranking(): Promise<SampleRanking> {
    const now = await needed();
    assertCurrent(now);
    if (now.state !== 'ready') throw new SimilarError('COMPARISON_UNREADY', `The comparison is ${now.state}`);
    if (memory?.id !== now.id) memory = { id: now.id, ranking: rankingOf(now) };
    const opening = memory;
    clearTimeout(idle);
    idle = setTimeout(forget, IDLE_MS).unref();
    return opening.ranking.catch((error) => {
      if (memory === opening) forget();
      throw error;
    });
  }

  async function estimate({ other, state, sample, done, embedMs }: Known) {
    if (done < Math.min(ENOUGH, sample.length) && state !== 'ready') return undefined;
    const [library, there, index] = await Promise.all([
      store.counts(live().id),
      store.counts(other.space.id),
      options.index(),
    ]);
    const all = library.pending + library.ready + library.failed + library.unsupported;
    const indexDims = options.indexDims(other, all);
    const pictures = Math.max(0, all - there.vectors);
    return estimateOf({ pictures, embedded: done, embedMs, dims: other.space.dims, indexDims, index });
  }

  function problemOf(now: Known): ComparisonStatus['problem'] {
    const outdated = { code: 'COMPARISON_OUTDATED' as const, message: `Searches use ${live().model} by now` };
    const problem = now.live === live().id ? now.problem : outdated;
    return problem && { ...problem, remedy: ERRORS[problem.code].remedy };
  }

  return {
    models: options.models,

    async begin({ model, size, named }) {
      const other = options.named(model);
      await opened();
      const space = live();
      // Said before the library is looked through, and made sure of below.
      const running = (await record.read())?.other.space.model;
      if (running) throw new SimilarError('COMPARISON_RUNS', `The model ${running} is being compared`);
      const sample = await sampleOf({ space: space.id, store, named, size });
      if (sample.length < 2) {
        throw new SimilarError('COMPARISON_EMPTY', `Pictures with a vector: ${sample.length}`);
      }
      await record.begin({
        ...{ id: randomUUID(), other, live: space.id, sample, startedAt: Date.now(), state: 'preparing' },
        ...{ done: 0, failed: 0, embedMs: 0 },
        // A node that embeds nothing leaves it to one that does.
        ...(options.indexing ? { holder: me, until: lease() } : { holder: '', until: 0 }),
      });
      wake();
    },

    async discard() {
      await opened();
      await record.clear();
      working?.abort.abort(new Error('The comparison was discarded'));
      await working?.ended;
      forget();
      await remove(folder);
    },

    async status() {
      await opened();
      const now = await record.read();
      if (!now) return undefined;
      const votes = tally(await record.votes(now.id));
      const problem = problemOf(now);
      const coming = await estimate(now);
      return {
        model: now.other.space.model,
        state: problem ? 'failed' : now.state,
        ...(problem && { problem }),
        ...{ size: now.sample.length, done: now.done, failed: now.failed, startedAt: now.startedAt },
        ...(coming && { estimate: coming }),
        votes,
      };
    },

    sample: async () => (await needed()).sample,

    async votes() {
      const { id } = await needed();
      return record.votes(id);
    },

    async vote(fileId, vote) {
      const { id, sample } = await needed();
      if (!sample.includes(fileId)) throw new SimilarError('NOT_FOUND', `Picture ${fileId} is not in the sample`);
      await record.vote(id, fileId, vote);
    },

    ranking,

    async agreement(judgements) {
      try {
        return await agreementOf(judgements, await ranking());
      } catch (error) {
        if (error instanceof SimilarError) return undefined;
        throw error;
      }
    },

    start() {
      if (options.indexing) loop = run();
    },

    async stop() {
      stopping.abort();
      await loop;
      forget();
    },

    pause() {
      paused = true;
    },

    resume() {
      paused = false;
    },
  };
}
