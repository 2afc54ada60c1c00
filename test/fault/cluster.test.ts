import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import knexOf, { type Knex } from 'knex';
import type { SimilarConfigInput } from '../../plugin/contracts/config';
import type { Progress } from '../../plugin/contracts/progress';
import { createRandom } from '../../plugin/vectors/random';
import { compilePlugin } from '../helpers/compiled';
import { differencesOf, SPACE } from '../helpers/crash-rig';
import type { DatabaseServer } from '../helpers/database-server';
import { createNodeProcess, type NodeProcess } from '../helpers/node-process';
import { texture } from '../helpers/pictures';
import { postgresMissing, startPostgres } from '../helpers/postgres';
import { until } from '../helpers/until';

/** Ms by which the clocks of the nodes are wrong. */
const CLOCKS = [0, 60_000, -60_000];
const UPLOADS = 500;
/** Of them, before any node dies. */
const QUIET = 150;
const AT_ONCE = 10;
const DELETIONS = 100;
const KILLS = 6;
const OTHER = 'efficientnet-lite0@1/nearest';

describe('three nodes on one PostgreSQL, with clocks a minute apart', { skip: postgresMissing() ?? false }, () => {
  const random = createRandom(17);
  const any = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-cluster-'));
  const library = path.join(folder, 'pictures');
  const stateDir = (at: number) => path.join(folder, `state${at}`);
  const nodes = CLOCKS.map(() => createNodeProcess());
  let config: SimilarConfigInput = {
    ...{ model: 'efficientnet-lite0', refine: { mode: 'off' }, sweep: { intervalMs: 0 } },
    index: { saveAfterMs: 0 },
  };
  let dist: string;
  let server: DatabaseServer;
  let knex: Knex;
  let nextId = 1;

  const start = (at: number) => {
    const { client, connection } = server;
    const database = { client, connection };
    return nodes[at].start({ dist, folder, stateDir: stateDir(at), database, config, clockMs: CLOCKS[at] });
  };
  const ids = () => readdirSync(library).map((name) => Number(path.parse(name).name));

  /** Whole before anybody hears of it, in the folder that all nodes share. */
  async function put(): Promise<number> {
    const id = nextId++;
    writeFileSync(path.join(folder, 'upload'), await texture(id));
    renameSync(path.join(folder, 'upload'), path.join(library, `${id}.jpg`));
    return id;
  }

  /** Of a node that dies meanwhile nobody gets an answer: the next one is asked, as a balancer does. */
  async function askAny(operation: string, ...args: unknown[]): Promise<void> {
    for (;;) {
      const node = any(nodes.filter(({ connected }) => connected));
      const isDone = await node.ask(operation, ...args).then(
        () => true,
        (error: Error) => {
          if (!/has ended/.test(error.message)) throw error;
          return false;
        },
      );
      if (isDone) return;
    }
  }

  const spaceOf = async (node: NodeProcess) => (await node.ask<Progress>('progress')).space;

  async function settle(): Promise<void> {
    for (const [at, node] of nodes.entries()) {
      await until(`node ${at} has every picture`, () => node.ask<boolean>('settled'));
    }
    for (const [at, node] of nodes.entries()) {
      assert.deepEqual(await node.ask('problems'), [], `node ${at}`);
    }
  }

  before(async () => {
    mkdirSync(library);
    dist = compilePlugin();
    server = await startPostgres();
    knex = knexOf({ client: server.client, connection: server.connection });
    await Promise.all(nodes.map((_, at) => start(at)));
  });
  after(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await knex?.destroy();
    await server?.stop();
    for (const gone of [folder, dist]) rmSync(gone, { recursive: true, force: true, maxRetries: 3 });
  });

  test('each picture is embedded once, and every node finds it', async () => {
    const uploaded: number[] = [];
    while (uploaded.length < QUIET) uploaded.push(await put());
    // All at once, so that all nodes have work.
    await nodes[0].ask('enqueue', uploaded);
    await settle();
    const { value } = await knex('similar_counters').where({ name: 'seq' }).first('value');
    assert.equal(Number(value), QUIET, 'vectors that were ever stored');
  });

  test('any of them may die at any time: nothing is lost on any node, nor kept', async () => {
    const rounds = (UPLOADS - QUIET) / AT_ONCE;
    let restarting: Promise<void> = Promise.resolve();
    for (let round = 1; round <= rounds; round++) {
      const uploaded: number[] = [];
      while (uploaded.length < AT_ONCE) uploaded.push(await put());
      await askAny('enqueue', uploaded);
      for (
        let gone = Math.floor((round * DELETIONS) / rounds) - Math.floor(((round - 1) * DELETIONS) / rounds);
        gone > 0;
        gone--
      ) {
        const id = any(ids());
        rmSync(path.join(library, `${id}.jpg`));
        // Of some, no hook hears.
        if (random() < 0.8) await askAny('forget', [id]);
      }
      if (Math.floor((round * KILLS) / rounds) > Math.floor(((round - 1) * KILLS) / rounds)) {
        await restarting;
        const at = Math.floor(random() * nodes.length);
        await nodes[at].kill();
        restarting = start(at);
        restarting.catch(() => {});
      }
    }
    await restarting;
    await askAny('sweep');
    assert.equal(ids().length, UPLOADS - DELETIONS);
    await settle();
  });

  test('another model takes over on all nodes, and no answer mixes the two', async () => {
    config = { ...config, models: { resize: 'nearest' } };
    let isOver = false;
    const mixed: unknown[] = [];
    const asking = Promise.all(
      nodes.map(async (node) => {
        while (!isOver) mixed.push(...(await node.ask<unknown[]>('mixed', any(ids())).catch(() => [])));
      }),
    );
    try {
      for (const [at, node] of nodes.entries()) {
        await node.stop();
        await start(at);
      }
      for (const [at, node] of nodes.entries()) {
        await until(`node ${at} uses the other space`, async () => (await spaceOf(node)) === OTHER);
      }
    } finally {
      isOver = true;
      await asking;
    }
    assert.deepEqual(mixed, []);
    await settle();
  });

  test('what each of them has saved is what the database holds', async () => {
    for (const [at, node] of nodes.entries()) {
      await node.stop();
      assert.deepEqual(await differencesOf(knex, stateDir(at), { ...SPACE, id: OTHER }), [], `node ${at}`);
    }
  });
});
