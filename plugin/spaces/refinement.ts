import { setTimeout as sleep } from 'node:timers/promises';
import type { SimilarConfig } from '../contracts/config';
import type { Refinement } from '../contracts/progress';
import type { FileId, Records, SpaceId } from '../ports';
import { type Answering, createAnswering } from './answering';
import { type Generation, type GenerationDeps, openGeneration } from './generation';
import type { GenerationInfo } from './learn';
import { createAgreement, createLearning, isLearning } from './learning';

export interface RefinementOptions extends Omit<GenerationDeps, 'config' | 'search'> {
  config: Pick<SimilarConfig, 'indexing' | 'refine' | 'sweep'>;
  records: Records;
  removeIndex(space: SpaceId): Promise<void>;
  /** Interval between checks of the next refined space's progress, and of what other nodes decided. */
  pollMs?: number;
  /** Time until learning is tried again after it failed. */
  retryMs?: number;
}

/** Decides which space answers the searches of a runner: the model's own, or a refined one that was learnt from its vectors. */
export interface LaneRefinement {
  readonly answering: Answering;
  /** Resolves when it is known what answers. Never rejects. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Pictures have new vectors in the model's space. */
  stored(fileIds: readonly FileId[]): Promise<void>;
  /** Pictures have none there any more. */
  removed(fileIds: FileId[]): Promise<void>;
  pause(): void;
  resume(): void;
  progress(): Promise<Refinement>;
}

/** Share of pictures that may lack their refined vector when it takes over; they follow in seconds. */
const LATE = 0.005;

export function createRefinement(options: RefinementOptions): LaneRefinement {
  const { base, config, store, blobs, logger, pollMs = 3_000, retryMs = 10 * 60_000 } = options;
  const { mode, from } = config.refine;
  const agreement = createAgreement(options.records, `refine/${base.id}`);
  const open = new Map<SpaceId, Generation>();
  const stopping = new AbortController();
  const learning = createLearning({ ...options, agreement, retryMs, signal: stopping.signal });
  let raw: Answering | undefined = createAnswering(base, options);
  let rawStarted = false;
  let answering: Answering = raw;
  let loop: Promise<void> = Promise.resolve();
  let paused = false;

  function startRaw(): Answering {
    raw ??= createAnswering(base, options);
    if (!rawStarted) raw.start();
    rawStarted = true;
    return raw;
  }

  /** @returns undefined when what was learnt is not there any more: its space was dropped. */
  async function generation(info: GenerationInfo | undefined): Promise<Generation | undefined> {
    if (!info || open.has(info.space)) return info && open.get(info.space);
    const opened = await openGeneration(info, { ...options, search: () => answering.search });
    if (!opened) return undefined;
    open.set(info.space, opened);
    if (paused) opened.pause();
    opened.start();
    return opened;
  }

  /** Lets searches be answered by what the record says, once that can answer them. */
  async function follow(): Promise<void> {
    const live = mode === 'off' ? undefined : await generation(agreement.now.live);
    const next = mode === 'off' ? undefined : await generation(agreement.now.next);
    const aim = live?.answering ?? startRaw();
    if (aim !== answering && (await aim.holdsAll(await late()))) {
      answering = aim;
      logger.info(`Searches now use space ${aim.space.id}`);
    }
    if (answering !== aim) return;
    if (raw && answering !== raw) {
      const unused = raw;
      raw = undefined;
      if (rawStarted) await unused.discard();
      rawStarted = false;
      await options.removeIndex(base.id);
    }
    for (const other of [...open.values()]) {
      if (other === live || other === next) continue;
      open.delete(other.info.space);
      await other.discard();
    }
  }

  async function late(): Promise<number> {
    return Math.floor((await store.counts(base.id)).vectors * LATE);
  }

  /** Rows and projections of earlier ones. */
  async function dropUnused(): Promise<void> {
    const used = [agreement.now.live?.space, agreement.now.next?.space];
    for (const space of await store.spaces()) {
      if (!space.startsWith(`${base.id}~`) || used.includes(space)) continue;
      await store.dropSpace(space);
      await blobs.remove(space);
      if (!open.has(space)) await options.removeIndex(space);
    }
  }

  async function look(): Promise<void> {
    await agreement.change(() => undefined);
    await follow();
    if (!config.indexing) return;
    if (mode === 'off') {
      if (answering === raw && (agreement.now.live || agreement.now.next)) {
        await agreement.change(() => ({}));
        await dropUnused();
      }
      return;
    }
    await forgetLost();
    const next = agreement.now.next && open.get(agreement.now.next.space);
    const { size } = await answering.status();
    if (next && (await next.complete(size, Math.floor(size * LATE)))) {
      await agreement.change((now) => (now.next?.space === next.info.space ? { live: next.info } : undefined));
      await follow();
      await dropUnused();
    } else if (!next && !paused) {
      await learning.learnIfDue(size);
      await follow();
    }
  }

  /** In the record but not there: a space that was dropped and is built again. */
  async function forgetLost(): Promise<void> {
    const lost = [agreement.now.live, agreement.now.next].filter((info) => info && !open.has(info.space));
    if (lost.length === 0) return;
    const kept = (info?: GenerationInfo) => (lost.some((other) => other?.space === info?.space) ? undefined : info);
    await agreement.change((now) => ({ ...now, live: kept(now.live), next: kept(now.next) }));
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look().catch((error) => logger.warn(`The refined spaces could not be checked: ${error.message}`));
      await sleep(pollMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  }

  const each = (act: (generation: Generation) => void) => {
    for (const one of open.values()) act(one);
  };

  return {
    get answering() {
      return answering;
    },

    async start() {
      try {
        await agreement.change(() => undefined);
        // Also with `off`: it answers while the model's own index is loaded.
        const live = await generation(agreement.now.live);
        if (live) answering = live.answering;
        else startRaw();
      } catch (error) {
        logger.warn(`The refined spaces could not be checked: ${(error as Error).message}`);
        startRaw();
      }
      loop = run();
    },

    async stop() {
      stopping.abort();
      await loop;
      await Promise.all([...open.values()].map((one) => one.stop()));
      if (rawStarted) await raw?.stop();
    },

    async stored(fileIds) {
      if (rawStarted) raw?.wake();
      await Promise.all([...open.values()].map((one) => one.stored(fileIds)));
    },

    async removed(fileIds) {
      if (rawStarted) raw?.wake();
      await Promise.all([...open.values()].map((one) => one.removed(fileIds)));
    },

    pause() {
      paused = true;
      each((one) => one.pause());
    },

    resume() {
      paused = false;
      each((one) => one.resume());
    },

    async progress() {
      if (mode === 'off') return { state: 'off' };
      const { reason } = learning;
      const because = reason && { reason };
      if (isLearning(agreement.now)) return { state: 'learning' };
      const coming =
        agreement.now.next ?? (agreement.now.live?.space !== answering.space.id ? agreement.now.live : undefined);
      const { vectors } = await store.counts(base.id);
      if (coming) {
        const done = (await store.counts(coming.space)).vectors;
        return { state: 'building', done, total: vectors };
      }
      if (answering.space.id !== base.id) return { state: 'live', space: answering.space.id, ...because };
      return { state: 'waiting', done: vectors, total: from, ...because };
    },
  };
}
