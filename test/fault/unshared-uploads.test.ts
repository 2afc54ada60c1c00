import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import knexOf, { type Knex } from 'knex';
import type { SimilarConfigInput } from '../../plugin/contracts/config';
import type { Progress } from '../../plugin/contracts/progress';
import { compilePlugin } from '../helpers/compiled';
import type { DatabaseServer } from '../helpers/database-server';
import { createNodeProcess } from '../helpers/node-process';
import { texture } from '../helpers/pictures';
import { postgresMissing, startPostgres } from '../helpers/postgres';
import { until } from '../helpers/until';

/** Uploaded through each node. More than a sweep takes for lost at once. */
const EACH = 24;
const NODES = [0, 1, 2];

describe('three nodes, each with an uploads folder of its own', { skip: postgresMissing() ?? false }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-unshared-'));
  const library = path.join(folder, 'pictures');
  const uploads = (at: number) => path.join(folder, `uploads${at}`);
  const nodes = NODES.map(() => createNodeProcess());
  let config: SimilarConfigInput = {
    ...{ model: 'efficientnet-lite0', refine: { mode: 'off' }, sweep: { intervalMs: 0 } },
    index: { saveAfterMs: 0 },
  };
  const by: number[][] = [[], [], []];
  let dist: string;
  let server: DatabaseServer;
  let knex: Knex;
  let nextId = 1;
  let texturesMade = 0;

  const start = (at: number) => {
    const { client, connection } = server;
    const options = { dist, folder, uploads: uploads(at), stateDir: path.join(folder, `state${at}`) };
    return nodes[at].start({ ...options, database: { client, connection }, config });
  };

  /** The bytes are on this node, and the row that all see says which they are. */
  async function put(at: number, id = nextId++): Promise<number> {
    const file = path.join(uploads(at), `${id}.jpg`);
    writeFileSync(file, await texture(++texturesMade));
    copyFileSync(file, path.join(folder, 'row'));
    renameSync(path.join(folder, 'row'), path.join(library, `${id}.jpg`));
    return id;
  }

  async function putMany(at: number, count: number): Promise<number[]> {
    const ids: number[] = [];
    while (ids.length < count) ids.push(await put(at));
    by[at].push(...ids);
    return ids;
  }

  /** How often each picture was opened by each node since this was asked last. */
  function opened(): Array<Map<number, number>> {
    return NODES.map((at) => {
      const counts = new Map<number, number>();
      const log = `${uploads(at)}.opened`;
      if (!existsSync(log)) return counts;
      for (const line of readFileSync(log, 'utf8').trim().split('\n').filter(Boolean)) {
        counts.set(Number(line), (counts.get(Number(line)) ?? 0) + 1);
      }
      rmSync(log);
      return counts;
    });
  }

  const times = (ids: readonly number[]) => new Map(ids.map((id) => [id, 1]));

  async function settle(): Promise<void> {
    for (const at of NODES) await until(`node ${at} has every picture`, () => nodes[at].ask<boolean>('settled'));
    for (const at of NODES) assert.deepEqual(await nodes[at].ask('problems'), [], `node ${at}`);
  }

  const stateOf = (id: number) => knex('similar_embeddings').where({ file_id: id }).first('state', 'code', 'seq');

  before(async () => {
    mkdirSync(library);
    for (const at of NODES) mkdirSync(uploads(at));
    dist = compilePlugin();
    server = await startPostgres();
    knex = knexOf({ client: server.client, connection: server.connection });
    await Promise.all(NODES.map(start));
  });
  after(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await knex?.destroy();
    await server?.stop();
    for (const gone of [folder, dist]) rmSync(gone, { recursive: true, force: true, maxRetries: 3 });
  });

  test('each picture is opened once, by the node that has it', async () => {
    const uploaded = await Promise.all(NODES.map((at) => putMany(at, EACH)));
    await Promise.all(NODES.map((at) => nodes[at].ask('enqueue', uploaded[at])));
    await settle();
    assert.deepEqual(opened(), uploaded.map(times));
  });

  test('what another node is told of goes to the one that has it, too', async () => {
    const uploaded = await Promise.all(NODES.map((at) => putMany(at, 5)));
    await Promise.all(NODES.map((at) => nodes[at].ask('enqueue', uploaded[(at + 1) % NODES.length])));
    await settle();
    assert.deepEqual(opened(), uploaded.map(times));
  });

  test('deleted and replaced through any node: the copies of before are not taken for the picture', async () => {
    for (const at of NODES) {
      const gone = by[at].pop() as number;
      // The bytes stay on the node that the deletion did not go through.
      rmSync(path.join(library, `${gone}.jpg`));
      await nodes[(at + 1) % NODES.length].ask('forget', [gone]);
    }
    const replaced = NODES.map((at) => by[at][0]);
    for (const at of NODES) await put((at + 1) % NODES.length, replaced[at]);
    await Promise.all(NODES.map((at) => nodes[at].ask('enqueue', replaced)));
    await settle();
    for (const [at, counts] of opened().entries()) {
      const own = replaced[(at + 2) % NODES.length];
      assert.deepEqual([...counts.keys()], [own], `node ${at}`);
    }
  });

  test('sweeps: what is elsewhere is left alone, once others are known to have bytes', async () => {
    for (const at of NODES) {
      await until(`node ${at} knows that others have bytes`, () =>
        nodes[at].ask('sweep').then(
          () => true,
          (error: Error) => {
            if (!/no other node is known/.test(error.message)) throw error;
            return false;
          },
        ),
      );
      assert.equal((await nodes[at].ask<Progress>('progress')).unseen, undefined, `node ${at}`);
    }
    await settle();
    assert.deepEqual(await nodes[0].ask('failures'), {});
  });

  test('a node that is away: its pictures keep their vectors, and it embeds what is new when it is back', async () => {
    await nodes[2].stop();
    const old = by[2][1];
    const [uploaded] = await putMany(2, 1);
    opened();
    await nodes[0].ask('enqueue', [uploaded, old]);
    await until(
      'the others say that no node has the bytes',
      async () => (await stateOf(uploaded))?.code === 'BYTES_MISSING',
    );
    await until('also of the one that is known', async () => (await stateOf(old))?.code === 'BYTES_MISSING');
    assert.notEqual((await stateOf(old))?.seq, null, 'it is still found');
    const attempts = opened().flatMap((counts) => [...counts]);
    assert.deepEqual(new Map(attempts), times([uploaded, old]), 'one node has tried, once');

    await start(2);
    await settle();
    assert.deepEqual(await nodes[0].ask('failures'), {});
    const [first, second, own] = opened();
    for (const id of [uploaded, old]) {
      // More than once, where the sweep of its start finds it while it is being embedded.
      assert.deepEqual([first.has(id), second.has(id), own.has(id)], [false, false, true], `picture ${id}`);
    }
  });

  test('the model is changed while a node is away: its pictures are waited for, and found meanwhile', async () => {
    const { space: before } = await nodes[0].ask<Progress>('progress');
    await Promise.all(nodes.map((node) => node.stop()));
    config = { ...config, models: { resize: 'nearest' } };
    await Promise.all([0, 1].map(start));
    await until('the next space has all other pictures', async () =>
      [0, 1].some((at) => nodes[at].log.some((line) => /takes over once they are there/.test(line))),
    );
    for (const at of [0, 1]) {
      const { space, indexed, total } = await nodes[at].ask<Progress>('progress');
      assert.deepEqual([space, indexed], [before, total], `node ${at} still finds everything`);
    }
    // The first of each was replaced through the next node. While that is away, the copy of before may be taken by the node that has it.
    const third = by[2].slice(1);
    const nextSpace = (await nodes[0].ask<Progress>('progress')).next?.space;
    await until('they miss what only the third has', async () => {
      const rows = knex('similar_embeddings').where({ space: nextSpace, code: 'BYTES_MISSING' });
      return (await rows.whereIn('file_id', third)).length === third.length;
    });

    await start(2);
    for (const at of NODES) {
      await until(`node ${at} has changed`, async () => {
        const { space, next } = await nodes[at].ask<Progress>('progress');
        return space !== before && !next;
      });
    }
    await settle();
    assert.deepEqual(await nodes[0].ask('failures'), {});
  });
});
