import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import knexOf, { type Knex } from 'knex';
import type { SimilarConfigInput } from '../../plugin/contracts/config';
import type { Progress } from '../../plugin/contracts/progress';
import { FAULT_POINTS, type FaultPoint } from '../../plugin/fault-point';
import { createKnexStore } from '../../plugin/store/knex';
import { FlatVectors } from '../../plugin/vector-index/flat';
import { indexFolder } from '../../plugin/vector-index/folder';
import { loadIndex } from '../../plugin/vector-index/process/files';
import { createRandom } from '../../plugin/vectors/random';
import { type NodeOptions, SEEDED_FROM, SEEDED_STAMP } from './crash-node';
import { createNodeProcess } from './node-process';
import { texture } from './pictures';
import { until } from './until';

export interface RigOptions {
  /** Of `compilePlugin`. */
  dist: string;
  /** Default: an SQLite file. */
  database?: NodeOptions['database'];
  config?: SimilarConfigInput;
  /** JPEGs of which some are uploaded again and again, beside one that is new each time. */
  pictures: Buffer[];
  random: () => number;
  seeded?: number;
}

export const SPACE = { id: 'efficientnet-lite0@1/lanczos3', model: 'efficientnet-lite0', dims: 1_280 };

const CMS: readonly string[] = FAULT_POINTS.cms;

/** A core whose processes are ended at chosen steps, with a library that people work on meanwhile. */
export function createCrashRig(options: RigOptions) {
  const { dist, pictures, random, seeded = 0 } = options;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-crash-'));
  const library = path.join(folder, 'pictures');
  const fault = path.join(folder, 'fault');
  mkdirSync(library);
  const database = options.database ?? {
    client: 'better-sqlite3',
    connection: { filename: path.join(folder, 'data.db') },
  };
  let config: SimilarConfigInput = {
    ...{ model: 'efficientnet-lite0', refine: { mode: 'off' }, sweep: { intervalMs: 0 } },
    index: { saveAfterMs: 0 },
    ...options.config,
  };
  const node = createNodeProcess();
  const { log, ask } = node;
  let nextFile = 1;

  const any = (count: number) => Math.floor(random() * count);
  const ids = () => readdirSync(library).map((name) => Number(path.parse(name).name));

  async function withDatabase<T>(use: (knex: Knex) => Promise<T>): Promise<T> {
    const knex = knexOf({ ...database, useNullAsDefault: true });
    return use(knex).finally(() => knex.destroy());
  }

  async function start(changed: SimilarConfigInput = {}): Promise<void> {
    config = { ...config, ...changed };
    await node.start({ dist, folder, database, config, seeded }, { SIMILAR_FAULT: fault });
  }

  /** As the upload does it: the bytes are there, whole, before anybody hears of them. */
  function put(id: number, bytes = pictures[any(pictures.length)]): number {
    const file = path.join(library, `${id}.jpg`);
    writeFileSync(path.join(folder, 'upload'), bytes);
    renameSync(path.join(folder, 'upload'), file);
    return id;
  }

  function drop(): number | undefined {
    const all = ids();
    if (all.length < 3) return undefined;
    const id = all[any(all.length)];
    rmSync(path.join(library, `${id}.jpg`));
    return id;
  }

  /** Uploads, a replacement, a deletion, and what hooks do not see. Ends where the node does. */
  async function work(): Promise<void> {
    const unseen = await texture(1_000 + nextFile);
    await ask('enqueue', [put(nextFile++, unseen), put(nextFile++)]);
    const all = ids();
    await ask('enqueue', [put(all[any(all.length)])]);
    const gone = drop();
    if (gone) await ask('forget', [gone]);
    put(nextFile++);
    drop();
    await ask('sweep');
  }

  /** A node that ends keeps its claims for as long as their lease runs: they have run out here, at once. */
  const endLeases = () =>
    withDatabase((knex) => knex('similar_embeddings').whereNotNull('lease').update({ lease_until: 0 }));

  /** Where the node has ended there is nothing to wait for. */
  const isSettled = () => ask<boolean>('settled').catch(() => !node.connected);

  async function restarts(): Promise<number> {
    const { index, embedderRestarts } = await ask<Pick<Progress, 'index' | 'embedderRestarts'>>('progress');
    return index.restarts + embedderRestarts;
  }

  /** A moment after its end a process still counts as ready: what it held would be missing from what is asked next. */
  const startedAgain = (before: number) =>
    until('what has ended is started again', async () => (await restarts()) > before);

  async function settle(): Promise<string[]> {
    await until('everything had its turn', () => ask<boolean>('settled'));
    return ask('problems');
  }

  return {
    folder,
    log,
    start,
    ask,
    work,
    settle,
    withDatabase,
    /** Puts pictures with vectors of chance into the table, before the first start. */
    seed: () =>
      withDatabase(async (knex) => {
        const store = createKnexStore(knex);
        await store.open();
        const next = createRandom(5);
        for (let from = 0; from < seeded; from += 500) {
          const count = Math.min(500, seeded - from);
          await store.enqueue(
            SPACE.id,
            Array.from({ length: count }, (_, at) => SEEDED_FROM + from + at),
          );
          const claims = await store.claim(SPACE.id, count, 60_000);
          const vector = () => Float32Array.from({ length: SPACE.dims }, () => next() - 0.5);
          await store.complete(
            claims.map((claim) => ({ claim, digest: String(claim.fileId), stamp: SEEDED_STAMP, vector: vector() })),
          );
        }
      }),

    /**
     * Works until one of the processes ends at this point, starts what does not start by itself, and waits until all is done.
     * @param pass which pass of the point it is. @returns what is wrong then.
     */
    async crashAt(point: FaultPoint, pass = 1, changed?: SimilarConfigInput): Promise<string[]> {
      const before = CMS.includes(point) ? 0 : await restarts();
      writeFileSync(fault, `${point} ${pass}`);
      if (changed) {
        await this.stop();
        await start(changed).catch(() => {});
      }
      await until(`an end at ${point}`, async () => {
        const over = () => !existsSync(fault);
        if (!changed) await work().catch(() => {});
        await until('all that was asked for is done, or not to be', async () => over() || (await isSettled()));
        return over();
      });
      if (CMS.includes(point)) {
        await node.ended;
        await endLeases();
        await start();
      } else {
        await startedAgain(before);
      }
      return settle();
    },

    /** Starts the node, of which a process that starts again by itself ends at this point. @returns what is wrong when all is done. */
    async startInto(point: FaultPoint, pass = 1): Promise<string[]> {
      writeFileSync(fault, `${point} ${pass}`);
      await start();
      await until(`an end at ${point}`, () => !existsSync(fault));
      await startedAgain(0);
      return settle();
    },

    /** Waits until the table holds nothing of this space. */
    untilGone: (space: string) =>
      withDatabase((knex) =>
        until(`nothing is left of ${space}`, async () => {
          return (await knex('similar_embeddings').where({ space }).first('id')) === undefined;
        }),
      ),

    stop: node.stop,

    /** After `stop`. */
    differences: (space = SPACE) => withDatabase((knex) => differencesOf(knex, path.join(folder, 'index'), space)),

    /** Ends what runs, and deletes all that there is of it. */
    async remove(): Promise<void> {
      // In order: an index process that lost its node would still save.
      await node.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

export type CrashRig = ReturnType<typeof createCrashRig>;

/** What the index that a node has saved in this folder holds that the table does not, and the other way round. */
export async function differencesOf(knex: Knex, stateDir: string, space = SPACE): Promise<string[]> {
  const { saved, problem } = await loadIndex(indexFolder(stateDir, space.id), space);
  if (!saved || problem) return [problem ?? 'there is no saved index'];
  const held = new Set([...FlatVectors.restore(saved.snapshot).keys()].map(({ fileId, seq }) => `${fileId} of ${seq}`));
  const rows = await knex('similar_embeddings').where({ space: space.id }).whereNotNull('seq').select('file_id', 'seq');
  const stored = new Set(rows.map(({ file_id, seq }) => `${file_id} of ${seq}`));
  return [
    ...[...held].filter((key) => !stored.has(key)).map((key) => `${key} is in the index only`),
    ...[...stored].filter((key) => !held.has(key)).map((key) => `${key} is in the table only`),
  ];
}
