import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FAULT_POINTS, type FaultPoint } from '../../plugin/fault-point';
import { createKnexStore } from '../../plugin/store/knex';
import { indexFolder } from '../../plugin/vector-index/folder';
import { createRandom } from '../../plugin/vectors/random';
import { compilePlugin } from '../helpers/compiled';
import { type CrashRig, createCrashRig } from '../helpers/crash-rig';
import type { DatabaseServer } from '../helpers/database-server';
import { texture } from '../helpers/pictures';
import { postgresMissing, startPostgres } from '../helpers/postgres';

const dist = compilePlugin();
after(() => rmSync(dist, { recursive: true, force: true }));

let pictures: Buffer[];
before(async () => {
  pictures = await Promise.all(Array.from({ length: 12 }, (_, seed) => texture(seed)));
});

/** Come with more vectors than the others want. */
const GRAPH: FaultPoint[] = ['in-graph', 'graph-written'];
/** Come with another configuration. */
const SWITCH: FaultPoint[] = ['switching', 'switched', 'dropping'];
/** Comes with a comparison of models: test/integration/comparison-crash.test.ts. */
const COMPARED: FaultPoint = 'compared';
const POINTS = Object.values(FAULT_POINTS)
  .flat()
  .filter((point) => point !== COMPARED);
const IN_THE_DATABASE: FaultPoint[] = ['claimed', 'storing', 'in-storing', 'stored', 'rows-gone', 'loss-noted'];

function crashesAt(points: FaultPoint[], rigOf: () => CrashRig): void {
  for (const point of points) {
    test(point, async () => assert.deepEqual(await rigOf().crashAt(point), []));
  }
  test('the saved index holds what the table does, and was read at each start', async () => {
    await rigOf().stop();
    assert.deepEqual(await rigOf().differences(), []);
    assert.deepEqual(
      rigOf().log.filter((line) => /could not be used|rebuilt/.test(line)),
      [],
    );
  });
}

describe('a process ends by SIGKILL at a step of the way in: SQLite', () => {
  let rig: CrashRig;
  before(async () => {
    rig = createCrashRig({ dist, pictures, random: createRandom(1) });
    await rig.start();
  });
  after(() => rig.remove());
  crashesAt(
    POINTS.filter((point) => ![...GRAPH, ...SWITCH].includes(point)),
    () => rig,
  );
});

describe('a process ends by SIGKILL at a step of the way in: PostgreSQL', { skip: postgresMissing() ?? false }, () => {
  let server: DatabaseServer;
  let rig: CrashRig;
  before(async () => {
    server = await startPostgres();
    const { client, connection } = server;
    rig = createCrashRig({ dist, pictures, random: createRandom(2), database: { client, connection } });
    await rig.start();
  });
  after(async () => {
    await rig?.remove();
    await server?.stop();
  });
  crashesAt(IN_THE_DATABASE, () => rig);
});

describe('the index process ends by SIGKILL while it builds and saves a graph', () => {
  let rig: CrashRig;
  before(async () => {
    rig = createCrashRig({ dist, pictures, random: createRandom(3), seeded: 4_100 });
    await rig.seed();
  });
  after(() => rig.remove());

  test('in-graph', async () => assert.deepEqual(await rig.startInto('in-graph', 50), []));

  test('graph-written', async () => {
    await rig.stop();
    rmSync(path.join(rig.folder, 'index'), { recursive: true });
    assert.deepEqual(await rig.startInto('graph-written'), []);
    await rig.stop();
    assert.deepEqual(await rig.differences(), []);
  });
});

describe('the core ends by SIGKILL while another space takes over', () => {
  const LEFT = 'left@1/lanczos3';
  let rig: CrashRig;
  const files = () => indexFolder(path.join(rig.folder, 'index'), LEFT);

  /** Of a space that nobody uses any more. */
  async function leave(): Promise<void> {
    await rig.withDatabase((knex) => createKnexStore(knex).enqueue(LEFT, [1, 2]));
    mkdirSync(files(), { recursive: true });
    writeFileSync(path.join(files(), 'manifest.json'), '{}');
  }

  before(async () => {
    rig = createCrashRig({ dist, pictures, random: createRandom(4) });
    await rig.start();
    await rig.work();
    assert.deepEqual(await rig.settle(), []);
  });
  after(() => rig.remove());

  for (const [point, resize] of [
    ['switching', 'nearest'],
    ['switched', 'lanczos3'],
    ['dropping', 'nearest'],
  ] as const) {
    test(`${point}: it has taken over, and nothing of an unused one is left`, async () => {
      await leave();
      assert.deepEqual(await rig.crashAt(point, 1, { models: { resize } }), []);
      assert.match((await rig.ask<{ space: string }>('progress')).space, new RegExp(resize));
      await rig.untilGone(LEFT);
      assert.ok(!existsSync(files()));
    });
  }
});
