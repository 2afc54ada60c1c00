/** The core without Strapi in a process of its own, which crash-rig.ts starts, asks, and lets die. */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import knexOf from 'knex';
import type { SimilarConfigInput } from '../../plugin/contracts/config';
import { type FileId, type MediaSource, MISSING_STAMP } from '../../plugin/ports';
import type { Similarity } from '../../plugin/similarity';

export interface NodeOptions {
  /** Compiled: a TypeScript loader in three processes would take longer than all the rest. */
  dist: string;
  /** Holds the library (`pictures/<id>.jpg`). */
  folder: string;
  /** Its own uploads, where nodes do not share them: the library lists what they should hold. */
  uploads?: string;
  /** For the index files. Default: `index` in the folder. */
  stateDir?: string;
  database: { client: string; connection: object };
  config: SimilarConfigInput;
  /** Pictures from `SEEDED_FROM` on that have their vectors, and no files. */
  seeded?: number;
  /** By how much its clock is ahead. */
  clockMs?: number;
}

export const SEEDED_FROM = 1_000_000;
export const SEEDED_STAMP = 'seeded';

const EPSILON = 2e-3;

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function mediaOf({ dist, folder, uploads, seeded = 0 }: NodeOptions): MediaSource {
  const { SimilarError } = require(path.join(dist, 'plugin/errors')) as typeof import('../../plugin/errors');
  const rowOf = (id: FileId) => path.join(folder, 'pictures', `${id}.jpg`);
  const fileOf = (id: FileId) => (uploads ? path.join(uploads, `${id}.jpg`) : rowOf(id));
  const ids = () => [
    ...readdirSync(path.join(folder, 'pictures')).map((name) => Number(path.parse(name).name)),
    ...Array.from({ length: seeded }, (_, at) => SEEDED_FROM + at),
  ];
  /** Undefined: a copy from before the picture was replaced elsewhere. */
  function stampOf(id: FileId): string | undefined {
    if (id >= SEEDED_FROM) return SEEDED_STAMP;
    if (!existsSync(fileOf(id))) return MISSING_STAMP;
    const stamp = sha256(readFileSync(fileOf(id)));
    return stamp === sha256(readFileSync(rowOf(id))) ? stamp : undefined;
  }
  return {
    async list(afterId, limit) {
      const page = ids()
        .filter((id) => id > afterId)
        .sort((a, b) => a - b)
        .slice(0, limit);
      return page.map((id) => ({ id, stamp: stampOf(id) }));
    },
    async listed(wanted) {
      const present = new Set(ids());
      return new Set(wanted.filter((id) => present.has(id)));
    },
    async here(wanted) {
      const present = new Set(ids());
      return new Set(wanted.filter((id) => !present.has(id) || ![undefined, MISSING_STAMP].includes(stampOf(id))));
    },
    async open(id) {
      if (!ids().includes(id)) return undefined;
      if (uploads) appendFileSync(`${uploads}.opened`, `${id}\n`);
      if (!existsSync(fileOf(id))) throw new SimilarError('BYTES_MISSING', 'not here', { stamp: MISSING_STAMP });
      const bytes = readFileSync(fileOf(id));
      const digest = sha256(bytes);
      return { path: fileOf(id), digest, stamp: digest, bytes: bytes.length, close: async () => {} };
    },
  };
}

async function listAll(media: MediaSource) {
  return media.list(0, Number.MAX_SAFE_INTEGER);
}

function cosine(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, at) => sum + value * other[at], 0) / (Math.hypot(...one) * Math.hypot(...other));
}

async function main(): Promise<void> {
  const options: NodeOptions = JSON.parse(process.argv[2]);
  const { now } = Date;
  Date.now = () => now() + (options.clockMs ?? 0);
  const load = (file: string) => require(path.join(options.dist, 'plugin', file));
  const knex = knexOf({ ...options.database, useNullAsDefault: true });
  const store = load('store/knex').createKnexStore(knex);
  const media = mediaOf(options);
  const say = (level: string) => (message: string) => process.send?.({ log: `${level}: ${message}` });
  const core: Similarity = load('similarity').createSimilarity({
    config: load('contracts/config').configSchema.parse(options.config),
    ...{ store, media },
    records: load('store/records').createKnexRecords(knex),
    blobs: load('store/blobs').createKnexBlobs(knex),
    stateDir: options.stateDir ?? path.join(options.folder, 'index'),
    logger: { debug() {}, info() {}, warn: say('warn'), error: say('error') },
  });

  /** What the table and the index have wrong, in sentences. */
  async function problems(): Promise<string[]> {
    const library = mediaOf({ ...options, uploads: undefined });
    const files = new Map((await listAll(library)).map(({ id, stamp }) => [id, stamp]));
    const wrong: string[] = [];
    const rows = await store.list(core.space.id, 0, Number.MAX_SAFE_INTEGER);
    for (const { fileId, state, stamp, hasVector, reason } of rows) {
      if (!files.has(fileId)) wrong.push(`a row of ${fileId}, which is gone`);
      else if (state !== 'ready' || !hasVector) wrong.push(`${fileId} is ${state}: ${reason}`);
      else if (stamp !== files.get(fileId)) wrong.push(`${fileId} has other bytes`);
    }
    if (rows.length < files.size) wrong.push(`${files.size - rows.length} pictures have no row`);
    const ids = [...files.keys()];
    const vectors = await core.search.vectors(ids);
    for (const id of ids.filter((id) => id < SEEDED_FROM)) {
      // Among all, so that it is exact where there is a graph, too.
      const found = await core.search.neighbours([{ fileId: id }], { limit: 2 * ids.length, among: ids });
      const all = await core.search.neighbours([{ fileId: id }], { limit: 2 * ids.length });
      if (new Set(found.map(({ fileId }) => fileId)).size !== ids.length || all.length !== ids.length) {
        wrong.push(`of ${ids.length} pictures ${id} finds ${found.length} and ${all.length}`);
      }
      for (const { fileId, similarity } of found.slice(0, 50)) {
        const expected = cosine(vectors.get(id)!, vectors.get(fileId)!);
        if (Math.abs(expected - similarity) > EPSILON)
          wrong.push(`${id} and ${fileId}: ${similarity}, not ${expected}`);
      }
      const known = found.every(({ rank }, at) => at === 0 || rank <= found[at - 1].rank);
      if (!known) wrong.push(`what ${id} finds is not in order`);
    }
    return wrong;
  }

  const operations: Record<string, (...args: never[]) => Promise<unknown>> = {
    enqueue: (ids: FileId[]) => core.enqueue(ids),
    forget: (ids: FileId[]) => core.forget(ids),
    sweep: () => core.sweep(),
    failures: () => core.failures(),
    async settled() {
      const { pending, total, indexed, next, index } = await core.progress();
      const size = (await listAll(media)).length;
      const isQuiet = pending === 0 && !next && index.state === 'ready';
      return isQuiet && total === size && indexed === size && (await core.complete());
    },
    progress: () => core.progress(),
    /** What a search says now that does not agree with the vectors of its own space. */
    async mixed(id: FileId) {
      const { search } = core;
      const found = await search.neighbours([{ fileId: id }], { limit: 10 });
      const vectors = await search.vectors([id, ...found.map(({ fileId }) => fileId)]);
      const own = vectors.get(id);
      return found.filter(({ fileId, similarity }) => {
        const other = vectors.get(fileId);
        return own && other && Math.abs(cosine(own, other) - similarity) > EPSILON;
      });
    },
    problems,
    async stop() {
      await core.stop();
      await knex.destroy();
    },
  };
  process.on('message', async ({ id, operation, args }: { id: number; operation: string; args: never[] }) => {
    try {
      process.send?.({ id, answer: await operations[operation](...args) });
    } catch (error) {
      process.send?.({ id, error: (error as Error).message });
    }
    if (operation === 'stop') process.disconnect();
  });
  process.on('disconnect', () => process.exit());
  await core.start();
  process.send?.({ id: 0 });
}

if (require.main === module) void main();
