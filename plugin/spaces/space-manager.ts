import { setTimeout as sleep } from 'node:timers/promises';
import { SimilarError } from '../errors';
import { faultPoint } from '../fault-point';
import type { EmbeddingStore, Logger, Records, SpaceId } from '../ports';
import { agree as agreeOn } from './agree';
import type { ModelSpace } from './model-space';
import type { SpaceRunner } from './space-runner';

/** What all nodes agree on. */
interface Spaces {
  live: ModelSpace;
  /** Is built beside the live one and takes over when it is complete. */
  target?: ModelSpace;
  /** Was live before; its vectors are kept. */
  previous?: ModelSpace;
  /** Is not built although it is configured: somebody cancelled it or rolled it back. */
  declined?: SpaceId;
  /** Why, when it was not a person. */
  declinedBecause?: string;
  /** Was chosen by a person instead of the space that is configured, `over`; holds until the configuration changes. */
  chosen?: { named: ModelSpace; over: SpaceId };
  /** Since when the target only lacks pictures whose bytes are on no node that runs, by the clock of the node that noticed. */
  lackingSince?: number;
}

export interface SpaceManagerOptions {
  /** The configured space. */
  wanted: ModelSpace;
  /** Used until the model of the wanted one is available. */
  fallback: ModelSpace;
  /** The wanted one in fp32; used while there is no int8 model, or if that is not worth it. */
  fp32?: ModelSpace;
  store: Pick<EmbeddingStore, 'counts' | 'failures' | 'lastSeq' | 'spaces' | 'dropSpace'>;
  records: Records;
  createSpaceRunner(named: ModelSpace): SpaceRunner;
  /** What a space has besides its rows. */
  removeFiles(space: SpaceId): Promise<void>;
  /** Whether this node embeds, and so has a say in what is live. */
  indexing: boolean;
  logger: Logger;
  /** How long the swap waits for pictures whose bytes are on no node that runs: one may be away. */
  awayMs?: number;
  /** Interval between checks of the next space's progress, and of what other nodes decided. */
  pollMs?: number;
}

export interface SpaceManager {
  readonly live: SpaceRunner;
  readonly next: SpaceRunner | undefined;
  readonly previous: ModelSpace | undefined;
  readonly declined: SpaceId | undefined;
  readonly declinedBecause: string | undefined;
  /** A person chose the model, not the configuration. */
  readonly chosen: boolean;
  /** Reads what nodes agree on, and starts nothing. */
  recall(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops building the next space and forgets what there is of it. */
  cancel(): Promise<void>;
  /** Makes the space live that was so before. */
  rollBack(): Promise<void>;
  /** Builds the configured space although it was declined, or another one was chosen. */
  build(): Promise<void>;
  /** Builds this space, which takes over when it is complete. Holds until the configuration names another one. */
  choose(named: ModelSpace): Promise<void>;
}

const RECORD = 'spaces';
/** Share of the live space's vectors that the next one must have: a model that refuses the pictures does not take over. */
const COVERAGE = 0.95;

/** Without so many of the pictures nothing takes over, however long they are missing: the uploads may not be mounted. */
const LEAST_SEEN = 0.5;

const DAY_MS = 24 * 3_600_000;

const same = (a: ModelSpace | undefined, b: ModelSpace | undefined) => a?.space.id === b?.space.id;

/** Decides which space answers searches. A space is built beside the live one and takes over as a whole, never mixed with it. */
export function createSpaceManager(options: SpaceManagerOptions): SpaceManager {
  const { wanted, fallback, store, records, createSpaceRunner, logger, pollMs = 3_000, awayMs = 3_600_000 } = options;
  let live = createSpaceRunner(wanted);
  let next: SpaceRunner | undefined;
  let spaces: Spaces = { live: wanted };
  let blocked: SpaceId | undefined;
  /** When it was last logged that the model of a space is unavailable. */
  const saidMissing = new Map<SpaceId, number>();
  const running = new Set<SpaceRunner>();
  const stopping = new AbortController();
  let loop: Promise<void> = Promise.resolve();
  /** Changes happen one after the other. */
  let changes: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = changes.then(work);
    changes = done.catch(() => {});
    return done;
  }

  async function agree(change: (now: Spaces | undefined) => Spaces | undefined): Promise<void> {
    spaces = (await agreeOn(records, RECORD, change)) ?? spaces;
  }

  /** The configuration of the node that booted last decides what is built, unless another space was chosen over it since. */
  function atBoot(found: Spaces | undefined): Spaces | undefined {
    if (!options.indexing) return undefined;
    if (!found) return { live: wanted };
    const isOver = found.chosen && (found.chosen.over !== wanted.space.id || same(found.chosen.named, wanted));
    const now = isOver ? { ...found, chosen: undefined } : found;
    const due = now.chosen?.named ?? wanted;
    const unchanged = isOver ? now : undefined;
    if (same(now.target, due) || now.declined === due.space.id) return unchanged;
    if (same(now.live, due)) return now.target ? { ...now, target: undefined, lackingSince: undefined } : unchanged;
    return { ...now, target: due, lackingSince: undefined };
  }

  /** The runners of the record. */
  function runners(): [live: SpaceRunner, next: SpaceRunner | undefined] {
    const known = [live, next];
    const runner = (named: ModelSpace) =>
      known.find((other) => other?.space.id === named.space.id) ?? createSpaceRunner(named);
    return [runner(spaces.live), spaces.target && runner(spaces.target)];
  }

  /** Lets the runners be those of the record. */
  async function follow(): Promise<void> {
    const [nowLive, nowNext] = runners();
    if (running.size > 0 && nowLive !== live) logger.info(`Searches now use space ${nowLive.space.id}`);
    if (nowNext && nowNext !== next) logger.info(`Space ${nowNext.space.id} is being built beside ${nowLive.space.id}`);
    live = nowLive;
    next = nowNext;
    const used = next ? [live, next] : [live];
    for (const other of used) {
      if (running.has(other)) continue;
      running.add(other);
      await other.start();
    }
    for (const other of running) {
      if (used.includes(other)) continue;
      running.delete(other);
      await other.stop();
    }
  }

  /** Without weights and without earlier vectors, the bundled model is used until the wanted one is available. */
  async function fallBack(): Promise<void> {
    const runner = [live, next].find((other) => other?.missing);
    if (!runner?.missing) return;
    const wanted = runner.space.model;
    if (runner === next) return sayMissing(runner, `Searches use ${live.space.model} until ${wanted} is available.`);
    if (live.space.id === fallback.space.id || (await store.lastSeq(live.space.id)) > 0)
      return sayMissing(runner, `Pictures wait until ${wanted} is available; searches use the vectors that are there.`);
    sayMissing(runner, `The bundled model ${fallback.space.model} is used until ${wanted} is available.`);
    await agree((now) => {
      if (!now || !same(now.live, live.named)) return undefined;
      return { ...now, live: fallback, target: live.named, lackingSince: undefined };
    });
    await follow();
  }

  /** Once a day: it may last. */
  function sayMissing({ space, missing }: SpaceRunner, meanwhile: string): void {
    const now = Date.now();
    if (!missing?.why || now - (saidMissing.get(space.id) ?? 0) < DAY_MS) return;
    saidMissing.set(space.id, now);
    logger.warn(`${meanwhile} ${missing.why}`);
  }

  /** While there is no int8 model, or when it is not worth it, the same model in fp32 is used. */
  async function keepFp32(): Promise<void> {
    const runner = [live, next].find((other) => other?.int8Rejection);
    const { fp32 } = options;
    if (!runner?.int8Rejection || !fp32 || runner.space.id !== wanted.space.id) return;
    const { pending, reason } = runner.int8Rejection;
    const answers = (await store.lastSeq(live.space.id)) > 0;
    if (pending && (runner !== live || answers)) return;
    await agree((now) => {
      if (!now || ![now.live, now.target].some((named) => same(named, wanted))) return undefined;
      if (pending) return { ...now, live: fp32, target: wanted, lackingSince: undefined };
      // Vectors from before answer until those of fp32 are there.
      const stays = same(now.live, wanted) && !answers ? fp32 : now.live;
      const target = same(stays, fp32) ? undefined : fp32;
      return {
        ...now,
        live: stays,
        target,
        lackingSince: undefined,
        declined: wanted.space.id,
        declinedBecause: reason,
      };
    });
    await follow();
    if (!pending) await dropUnused();
  }

  /** What keeps the configured space from being built when a person has decided for another one. */
  const unlessLive = (live: ModelSpace) =>
    same(live, wanted) ? {} : { declined: wanted.space.id, declinedBecause: undefined };

  async function swapIfComplete(): Promise<void> {
    if (!next || !(await next.complete())) return;
    const done = next.named;
    const [mine, other] = await Promise.all([done, live].map(({ space }) => store.counts(space.id, { anew: true })));
    const { BYTES_MISSING: missing = 0 } = await store.failures(done.space.id);
    if (mine.vectors < other.vectors && missing > 0 && (await isWorthWaiting(done, missing))) return;
    const seen = Math.max(other.vectors - missing, other.vectors * LEAST_SEEN);
    if (mine.vectors < seen * COVERAGE) {
      if (blocked !== done.space.id) {
        logger.error(
          `Space ${done.space.id} is not used: it has vectors of ${mine.vectors} pictures, but the live one has ${other.vectors}`,
        );
      }
      blocked = done.space.id;
      return;
    }
    faultPoint('switching');
    await agree((now) => {
      if (!now || !same(now.target, done)) return undefined;
      const declined = same(done, options.fp32) ? {} : { declined: undefined, declinedBecause: undefined };
      return { ...now, live: done, target: undefined, lackingSince: undefined, previous: now.live, ...declined };
    });
    faultPoint('switched');
    await follow();
    await dropUnused();
  }

  /** The node that has their bytes may be back soon; searches would lack them until then. */
  async function isWorthWaiting(target: ModelSpace, missing: number): Promise<boolean> {
    if (spaces.lackingSince === undefined) {
      await agree((now) => {
        if (!now || !same(now.target, target) || now.lackingSince !== undefined) return undefined;
        return { ...now, lackingSince: Date.now() };
      });
      const minutes = Math.round(awayMs / 60_000);
      logger.warn(
        `Space ${target.space.id} has every picture but ${missing} whose bytes are on no node that runs. It takes over once they are there, or without them in ${minutes} minutes`,
      );
    }
    return Date.now() - (spaces.lackingSince ?? 0) < awayMs;
  }

  /** One earlier space is kept. */
  async function dropUnused(): Promise<void> {
    const used = [spaces.live, spaces.target, spaces.previous].map((named) => named?.space.id);
    for (const space of await store.spaces()) {
      // Refined spaces go with the space that they were learnt from.
      if (used.includes(space.split('~')[0])) continue;
      // The rows go last: they show the next check that there is something left.
      await options.removeFiles(space);
      faultPoint('dropping');
      await store.dropSpace(space);
    }
  }

  async function look(): Promise<void> {
    await agree(() => undefined);
    await follow();
    if (!options.indexing) return;
    await fallBack();
    await keepFp32();
    await swapIfComplete();
  }

  /** What a node that ended after a swap did not come to. While a space is being built, its swap does it. */
  async function dropLeftOver(): Promise<void> {
    if (options.indexing && !spaces.target) await dropUnused();
  }

  async function run(): Promise<void> {
    await inTurn(dropLeftOver).catch((error) =>
      logger.warn(`Unused spaces could not be removed yet: ${error.message}`),
    );
    for (;;) {
      await sleep(pollMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
      if (stopping.signal.aborted) return;
      await inTurn(look).catch((error) => logger.warn(`The spaces could not be checked: ${error.message}`));
    }
  }

  return {
    get live() {
      return live;
    },
    get next() {
      return next;
    },
    get previous() {
      return spaces.previous;
    },
    get declined() {
      return spaces.declined;
    },
    get declinedBecause() {
      return spaces.declinedBecause;
    },
    get chosen() {
      return spaces.chosen !== undefined;
    },

    recall: () =>
      inTurn(async () => {
        await agree(() => undefined);
        if (running.size === 0) [live, next] = runners();
      }),

    async start() {
      await agree(atBoot);
      await follow();
      loop = run();
    },

    async stop() {
      stopping.abort();
      await loop;
      await changes;
      await Promise.all([...running].map((runner) => runner.stop()));
    },

    cancel: () =>
      inTurn(async () => {
        const target = next?.named;
        if (!target) throw new SimilarError('NOT_SWITCHING', 'No other space is being built');
        await agree(
          (now) =>
            now && {
              ...now,
              target: undefined,
              lackingSince: undefined,
              // One that was chosen was not configured: nobody builds it again unasked.
              ...(same(now.chosen?.named, target)
                ? { chosen: undefined, ...unlessLive(now.live) }
                : { declined: target.space.id, declinedBecause: undefined }),
            },
        );
        await follow();
        await dropUnused();
      }),

    rollBack: () =>
      inTurn(async () => {
        if (!spaces.previous) throw new SimilarError('NOT_SWITCHING', 'There is no earlier space to go back to');
        await agree((now) => {
          if (!now?.previous) return undefined;
          return { live: now.previous, previous: now.live, ...unlessLive(now.previous) };
        });
        await follow();
      }),

    build: () =>
      inTurn(async () => {
        blocked = undefined;
        await agree((now) => {
          if (!now) return undefined;
          return {
            ...now,
            declined: undefined,
            declinedBecause: undefined,
            chosen: undefined,
            target: same(now.live, wanted) ? undefined : wanted,
            lackingSince: undefined,
          };
        });
        await follow();
      }),

    choose: (named) =>
      inTurn(async () => {
        blocked = undefined;
        await agree((now) => {
          if (!now) return undefined;
          const isConfigured = same(named, wanted);
          return {
            ...now,
            chosen: isConfigured ? undefined : { named, over: wanted.space.id },
            ...(isConfigured && { declined: undefined, declinedBecause: undefined }),
            target: same(now.live, named) ? undefined : named,
            lackingSince: undefined,
          };
        });
        await follow();
      }),
  };
}
