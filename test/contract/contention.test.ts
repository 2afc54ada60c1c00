import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import createKnex, { type Knex } from 'knex';
import type { Claim } from '../../plugin/ports';
import { createKnexStore } from '../../plugin/store/knex';
import { createKnexRecords } from '../../plugin/store/records';
import { createKnexRules } from '../../plugin/store/rules';
import { CHANGES, EMBEDDINGS } from '../../plugin/store/schema';
import { createKnexTops } from '../../plugin/store/tops';
import { DATABASES, type TwoNodes } from '../helpers/two-nodes';
import { until } from '../helpers/until';

const SPACE = 'model@1/lanczos3';
const PRODUCT = 'api::product.product';
const IDS = Array.from({ length: 40 }, (_, index) => index + 1);

const { SQLite: _, ...SERVERS } = DATABASES;

/** Transactions that wait for a row, as the server sees it. */
const WAITING = {
  PostgreSQL: `select count(*) as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
  MariaDB: `select count(*) as n from information_schema.innodb_trx where trx_state = 'LOCK WAIT'`,
};
const DEADLOCK = { PostgreSQL: '40P01', MariaDB: 'ER_LOCK_DEADLOCK' };
/** For the connections of a node: each sees what was there when its transaction began, or is told that it cannot. */
const STRICTEST = {
  PostgreSQL: 'alter database ?? set default_transaction_isolation to serializable',
  MariaDB: 'set global innodb_snapshot_isolation = on',
};

const embedded = (claim: Claim) => ({ claim, digest: 'd', stamp: 's', vector: Float32Array.of(claim.fileId, 1) });

/** The codes of the statements that failed, whether somebody heard of it or not. */
function failures(knex: Knex): string[] {
  const codes: string[] = [];
  knex.on('query-error', ({ code }) => codes.push(code));
  return codes;
}

for (const [name, { open, skip }] of Object.entries(SERVERS)) {
  const server = name as keyof typeof SERVERS;
  const openNodes = open();

  describe(`two nodes in each other's way: ${name}`, { skip }, () => {
    let nodes: TwoNodes;
    beforeEach(async () => {
      nodes = await openNodes();
      await createKnexStore(nodes.one).open();
    });
    afterEach(() => nodes.close());

    const waiting = async (knex: Knex): Promise<boolean> => {
      // MariaDB looks anew only where nobody has asked for a tenth of a second.
      await sleep(200);
      const answer = await knex.raw(WAITING[server]);
      return Number((answer.rows ?? answer[0])[0].n) > 0;
    };

    test('vectors that lose a deadlock are stored', async () => {
      const { one, two } = nodes;
      const store = createKnexStore(one);
      await store.enqueue(SPACE, IDS);
      const [first, second] = await store.claim(SPACE, 2, 60_000);
      const failed = failures(one);
      // It has written more: databases undo the transaction that has done less, or that has waited longest.
      const rival = await two.transaction();
      const touch = ({ fileId }: Claim) =>
        rival(EMBEDDINGS).where({ file_id: fileId, space: SPACE }).update({ updated_at: 7 });
      try {
        await rival(CHANGES).insert(IDS.map((id) => ({ type: PRODUCT, target: String(id) })));
        await touch(second);
        const stored = store.complete([embedded(first), embedded(second)]);
        await until('the node waits for the second row', () => waiting(two));
        await touch(first);
        await rival.commit();
        assert.equal((await stored).length, 2);
      } finally {
        if (!rival.isCompleted()) await rival.rollback();
      }
      assert.ok(failed.includes(DEADLOCK[server]), failed.join());
    });

    test('rows that are written in opposite orders, many times', async () => {
      const { one, two } = nodes;
      const [store, other] = [createKnexStore(one), createKnexStore(two)];
      const [tops, otherTops] = [createKnexTops(one), createKnexTops(two)];
      const refs = IDS.map(String);
      const top = (documentId: string, round: number) => ({
        type: PRODUCT,
        documentId,
        results: [{ documentId: String(round), source: 'visual' as const, similarity: round }],
      });
      for (let round = 0; round < 25; round++) {
        await store.enqueue(SPACE, IDS);
        const claims = await store.claim(SPACE, IDS.length, 60_000);
        await Promise.all([
          store.complete(claims.map(embedded)),
          other.enqueue(SPACE, IDS.toReversed()),
          store.renew(claims.toReversed(), 60_000),
          other.forget(IDS.slice(5, 9).toReversed()),
          ...refs.slice(0, 4).map((id) => tops.put(top(id, round), refs, 'all')),
          ...refs.slice(0, 4).map((id) => otherTops.put(top(id, round), refs.toReversed(), 'all')),
          ...refs.slice(2, 4).map((id) => otherTops.drop({ type: PRODUCT, documentId: id })),
        ]);
      }
      await other.enqueue(SPACE, IDS);
      assert.equal((await store.counts(SPACE)).pending, IDS.length);
    });

    test('nodes that shall see nothing change under them', async () => {
      const { one, two } = nodes;
      const { database } = one.client.config.connection;
      await two.raw(STRICTEST[server], server === 'PostgreSQL' ? [database] : []);
      const strict = () => createKnex(one.client.config);
      const strictest = [strict(), strict()];
      try {
        const [store, other] = strictest.map(createKnexStore);
        for (let round = 0; round < 25; round++) {
          await store.enqueue(SPACE, IDS);
          const claims = await store.claim(SPACE, IDS.length, 60_000);
          const halves = [claims.slice(0, 20), claims.slice(20)];
          await Promise.all([
            store.complete(halves[0].map(embedded)),
            other.complete(halves[1].map(embedded)),
            other.enqueue(SPACE, IDS.slice(0, 3)),
            ...strictest.map((knex) => createKnexRecords(knex).write('one', { round }, round)),
            ...strictest.map((knex) =>
              createKnexRules(knex).set({ kind: 'hide', type: PRODUCT, source: 'a', target: 'b' }),
            ),
          ]);
        }
        assert.equal((await createKnexRecords(one).read('one'))?.revision, 25);
      } finally {
        await Promise.all(strictest.map((knex) => knex.destroy()));
      }
    });
  });
}

const openMariadb = DATABASES.MariaDB.open();

test('a row that is held for too long on MariaDB', { skip: DATABASES.MariaDB.skip }, async (t) => {
  const { one, two, close } = await openMariadb();
  t.after(close);
  const store = createKnexStore(one);
  await store.open();
  await store.enqueue(SPACE, [1]);
  await one.raw('set global innodb_lock_wait_timeout = 1');
  const patient = createKnex(one.client.config);
  t.after(() => patient.destroy());
  const failed = failures(patient);
  const rival = await two.transaction();
  await rival(EMBEDDINGS).update({ updated_at: 7 });
  const queued = createKnexStore(patient).enqueue(SPACE, [1]);
  await until('the node waited in vain', () => failed.includes('ER_LOCK_WAIT_TIMEOUT'));
  await rival.commit();
  await queued;
});

describe('an SQLite file that another process writes', () => {
  let nodes: TwoNodes;
  let impatient: Knex;
  beforeEach(async () => {
    nodes = await DATABASES.SQLite.open()();
    await createKnexStore(nodes.one).open();
    const { filename } = nodes.one.client.config.connection;
    impatient = createKnex({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true });
    await impatient.raw('pragma busy_timeout = 1');
    await nodes.one.raw('begin immediate');
  });
  afterEach(async () => {
    await nodes.one.raw('rollback');
    await impatient.destroy();
    await nodes.close();
  });

  test('is written when that one is done', async () => {
    const failed = failures(impatient);
    const written = createKnexRecords(impatient).write('one', {}, 0);
    await until('it was busy', () => failed.includes('SQLITE_BUSY'));
    await nodes.one.raw('commit');
    assert.equal(await written, true);
    await nodes.one.raw('begin');
  });

  test('is not waited for without an end', async () => {
    const failed = failures(impatient);
    await assert.rejects(createKnexStore(impatient).enqueue(SPACE, [1]), { code: 'SQLITE_BUSY' });
    assert.ok(failed.length > 3, `${failed.length} tries`);
  });
});
