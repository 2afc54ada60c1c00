import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import knexOf, { type Knex } from 'knex';
import { allIndexed } from '../../test/helpers/catalogue';
import { type DatabaseServer, databaseEnv } from '../../test/helpers/database-server';
import { postgresMissing, startPostgres } from '../../test/helpers/postgres';
import { createFolder } from '../../test/helpers/strapi-folder';
import { type PlaygroundProcess, spawnPlayground } from '../../test/helpers/strapi-process';
import { probeLoop } from '../lib/probed-loop';
import { type Bare, type Measured, measure, measureBare } from '../lib/scale-measure';
import { createScaleProject } from '../lib/scale-project';
import { publishScale } from '../lib/scale-report';
import { enterOriginals, fillScaleShop } from '../lib/scale-shop';

const COUNT = Number(process.env.COUNT ?? 100_000);
/** NODE_OPTIONS of the CMS alone, e.g. to require a profiler. */
const { CMS_NODE_OPTIONS } = process.env;
/** Vectors from which on there is a graph, and some more. */
const SMALLEST_GRAPH = 5_000;
/** A refined space would be learnt and built meanwhile. */
const CONFIG = { refine: { mode: 'off' as const } };

/** What requests, memory and the event loop of a large shop come to, on each database. */
export async function run(): Promise<void> {
  const results = new Map<string, Measured & { bare: Bare }>();
  results.set('SQLite', await onDatabase('SQLite'));
  const skipped = postgresMissing();
  if (!skipped) {
    const server = await startPostgres();
    try {
      results.set('PostgreSQL', await onDatabase('PostgreSQL', server));
    } finally {
      await server.stop();
    }
  }
  publishScale(COUNT, results, skipped && `PostgreSQL was skipped: ${skipped}.`);
}

async function onDatabase(name: string, server?: DatabaseServer): Promise<Measured & { bare: Bare }> {
  const log = progressOf(name);
  const project = createScaleProject();
  const folder = createFolder();
  const loop = probeLoop();
  const spawn = (env: Record<string, string> = {}) =>
    spawnPlayground({
      appDir: project.dir,
      folder,
      config: CONFIG,
      env: { ...(server ? databaseEnv('postgres', server) : {}), ...env },
    });
  let shop: PlaygroundProcess | undefined;
  try {
    shop = await spawn();
    await enterOriginals(shop.client);
    await allIndexed(shop.client);
    await shop.kill('SIGTERM');
    const filled = await withDatabase(folder, server, (knex) => fillScaleShop(knex, COUNT));
    log(`${COUNT} pictures and products written`);

    shop = await spawn(loop.env(CMS_NODE_OPTIONS));
    await untilIndexed(shop);
    log('the index is built');
    const measured = await measure(shop, filled, loop);
    log('measured');
    await shop.kill('SIGTERM');

    shop = await spawn({ ...loop.env(), SIMILAR_ENABLED: 'false' });
    const bare = await measureBare(shop, filled, loop);
    log('measured without the plugin');
    return { ...measured, bare };
  } catch (error) {
    console.error(shop?.output().slice(-2_000));
    throw error;
  } finally {
    await shop?.stop();
    project.remove();
    loop.remove();
  }
}

function progressOf(name: string) {
  const start = performance.now();
  return (text: string) => console.log(`${name}, ${((performance.now() - start) / 1000).toFixed(0)} s: ${text}`);
}

async function withDatabase<T>(folder: string, server: DatabaseServer | undefined, work: (knex: Knex) => Promise<T>) {
  const sqlite = { client: 'better-sqlite3', connection: { filename: path.join(folder, 'data.db') } };
  const knex = knexOf({ ...(server ?? sqlite), useNullAsDefault: true });
  try {
    const done = await work(knex);
    // As a database that has been running for a while: it knows what its tables hold.
    await knex.raw('analyze');
    return done;
  } finally {
    await knex.destroy();
  }
}

/** Until the graph holds all vectors: before that, searches compare all of them. */
async function untilIndexed({ client }: PlaygroundProcess): Promise<void> {
  const start = performance.now();
  for (;;) {
    const { indexed, ready, pending, index } = (await client.admin('GET', '/similar/progress')).body;
    const isThere = ready > COUNT && pending === 0 && indexed >= ready;
    if (isThere && COUNT < SMALLEST_GRAPH) return;
    // It takes over with half of them; the other half takes longer.
    if (isThere && index.mode === 'graph') return sleep(2 * (performance.now() - start));
    await sleep(500);
  }
}
