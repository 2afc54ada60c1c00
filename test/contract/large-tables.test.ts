import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Knex } from 'knex';
import type { EmbeddingStore } from '../../plugin/ports';
import { createKnexStore } from '../../plugin/store/knex';
import { EMBEDDINGS, LOSSES } from '../../plugin/store/schema';
import { type Watch, walks, watchStatements } from '../helpers/statements';
import { DATABASES, type TwoNodes } from '../helpers/two-nodes';

const SPACE = 'model@1/lanczos3';
const MANY = 25_000;
/** Three chunks. */
const SOME = 1_000;
const CHUNK = 400;

async function insert(knex: Knex, count: number, row: (id: number) => object): Promise<void> {
  for (let first = 1; first <= count; first += 250) {
    const ids = Array.from({ length: Math.min(250, count - first + 1) }, (_, at) => first + at);
    await knex(EMBEDDINGS).insert(ids.map((id) => ({ file_id: id, space: SPACE, updated_at: 1, ...row(id) })));
  }
}

for (const [name, { open, skip }] of Object.entries(DATABASES)) {
  const openNodes = open();

  describe(`what grows with the library holds nobody up: ${name}`, { skip }, () => {
    let nodes: TwoNodes;
    let store: EmbeddingStore;

    before(async () => {
      nodes = await openNodes();
      await createKnexStore(nodes.one).open();
    });
    beforeEach(async () => {
      await nodes.one(EMBEDDINGS).delete();
      store = createKnexStore(nodes.one);
    });
    after(() => nodes?.close());

    test('many rows are counted in pages, and asking again costs nothing for a while', async (t) => {
      await insert(nodes.one, MANY, (id) => ({ state: id % 5 ? 'ready' : 'failed', seq: id % 5 ? id : null }));
      let time = 0;
      t.mock.method(performance, 'now', () => ++time);
      const counted = { pending: 0, ready: MANY * 0.8, failed: MANY * 0.2, unsupported: 0, vectors: MANY * 0.8 };

      const watch = watchStatements(nodes.one);
      t.after(watch.stop);
      assert.deepEqual(await store.counts(SPACE), counted);
      assert.ok(watch.statements.length > 2, `${watch.statements.length} statements`);
      assert.ok(watch.gaveWay(), 'the event loop turns between two statements');

      watch.restart();
      await nodes.two(EMBEDDINGS).where({ file_id: 1 }).delete();
      watch.restart();
      for (let again = 0; again < 10; again++) assert.deepEqual(await store.counts(SPACE), counted);
      assert.deepEqual(watch.statements, []);
      const now = { ...counted, ready: counted.ready - 1, vectors: counted.vectors - 1 };
      assert.deepEqual(await store.counts(SPACE, { anew: true }), now, 'what decides is not old');
      await nodes.two(EMBEDDINGS).where({ file_id: 5 }).delete();
      time += 50_000;
      assert.deepEqual(
        await store.counts(SPACE, { maxAgeMs: 60_000 }),
        now,
        'who asks again and again takes older ones',
      );
      assert.deepEqual(await store.counts(SPACE), { ...now, failed: now.failed - 1 });
    });

    test('reasons of many failed pictures are counted in pages, and a scrape may take older numbers', async (t) => {
      const codes = ['BYTES_MISSING', 'DECODE_FAILED', 'TOO_LARGE'];
      const count = 4 * SOME;
      await insert(nodes.one, count, (id) => ({
        state: ['ready', 'failed', 'unsupported'][id % 3],
        code: id % 3 ? codes[id % 2] : null,
      }));
      await nodes.one(EMBEDDINGS).where({ file_id: 1 }).update({ code: codes[2] });
      const found = { DECODE_FAILED: 0, BYTES_MISSING: 0, TOO_LARGE: 1 };
      for (let id = 2; id <= count; id++) if (id % 3) found[id % 2 ? 'DECODE_FAILED' : 'BYTES_MISSING']++;
      let time = 0;
      t.mock.method(performance, 'now', () => ++time);
      const watch = watchStatements(nodes.one);
      t.after(watch.stop);
      assert.deepEqual(await store.failures(SPACE), found);
      assert.ok(watch.statements.length > 1, `${watch.statements.length} statements`);
      assert.ok(watch.gaveWay(), 'the event loop turns between two statements');
      assert.deepEqual(await store.failures('other'), {});

      const allowed = { maxAgeMs: 60_000 };
      time += 50_000;
      await nodes.two(EMBEDDINGS).where({ file_id: 1 }).update({ state: 'ready', code: null });
      watch.restart();
      assert.deepEqual(await store.failures(SPACE, allowed), found);
      assert.deepEqual(watch.statements, []);
      time += 10_000;
      const { TOO_LARGE, ...rest } = found;
      assert.equal(TOO_LARGE, 1);
      assert.deepEqual(await store.failures(SPACE, allowed), rest);
    });

    /** What `work` sends is many statements, each over a few rows, with breaks between those of one kind. */
    async function inChunks<T>(work: () => Promise<T>): Promise<T> {
      const watch = watchStatements(nodes.one);
      try {
        const result = await work();
        assert.ok(watch.most() <= CHUNK, `${watch.most()} rows in one statement`);
        const looks = watch.statements.filter(({ sql }) => /^select/.test(sql) && /file_id. > /.test(sql));
        assert.ok(looks.length >= SOME / CHUNK, `${looks.length} pages`);
        assert.ok(
          watch.gaveWay(({ sql }) => looks.some((look) => look.sql === sql)),
          'it gives way between two pages',
        );
        return result;
      } finally {
        watch.stop();
      }
    }

    test('all that failed is queued again in chunks', async () => {
      await insert(nodes.one, SOME, () => ({ state: 'failed', revision: 7 }));
      await nodes.one(EMBEDDINGS).where({ file_id: 3 }).update({ state: 'unsupported' });
      await nodes.one(EMBEDDINGS).insert({ file_id: 3, space: 'other', state: 'failed', updated_at: 1 });
      assert.equal(await inChunks(() => store.retry(SPACE)), SOME);
      assert.equal((await store.counts(SPACE)).pending, SOME);
      assert.equal((await store.counts('other')).failed, 1);
      assert.deepEqual(await nodes.one(EMBEDDINGS).distinct('revision').orderBy('revision').pluck('revision'), [1, 8]);
    });

    test('a space is dropped in chunks, and by the next attempt when one ends halfway', async () => {
      await insert(nodes.one, SOME, (id) => ({ state: 'ready', seq: id }));
      await nodes.one(EMBEDDINGS).insert({ file_id: 3, space: 'other', state: 'failed', updated_at: 1 });
      const lost = (space: string) => ({ space, file_id: 1, lost_at: Date.now() });
      for (let seq = 1; seq <= SOME; seq++) await nodes.one(LOSSES).insert({ ...lost(SPACE), seq });
      await nodes.one(LOSSES).insert({ ...lost('other'), seq: SOME });
      let deletes = 0;
      const end = ({ sql }: { sql: string }) => {
        if (/^delete/.test(sql) && ++deletes === 5) throw new Error('the end');
      };
      nodes.one.on('query', end);
      await assert.rejects(store.dropSpace(SPACE), /the end/);
      nodes.one.removeListener('query', end);
      assert.deepEqual(await store.spaces(), [SPACE, 'other'], 'its rows show that something is left');
      assert.equal((await store.counts(SPACE)).ready, SOME - CHUNK);
      await insert(nodes.one, CHUNK, (id) => ({ state: 'ready', seq: id }));
      await inChunks(() => store.dropSpace(SPACE));
      assert.deepEqual(await store.spaces(), ['other']);
      assert.deepEqual(await nodes.one(LOSSES).pluck('space'), ['other']);
    });

    test('after a clock was set back, what waits is looked through in chunks', async () => {
      const far = Date.now() + 7 * 24 * 3_600_000;
      await insert(nodes.one, SOME, () => ({ state: 'pending', lease: 'x', lease_until: far }));
      const [first] = await inChunks(() => createKnexStore(nodes.one).claim(SPACE, 1, 60_000));
      assert.equal(first.fileId, 1);
      assert.equal((await nodes.one(EMBEDDINGS).where({ lease_until: 0 })).length, SOME - 1);
    });

    test('an index answers each statement of timers, sweeps and requests', async () => {
      const states = ['ready', 'pending', 'failed', 'unsupported'];
      await insert(nodes.one, MANY, (id) => ({ state: states[id % 4], seq: id % 4 ? null : id }));
      await insert(nodes.one, SOME, (id) => ({ space: 'other', state: states[id % 4] }));
      if (name === 'MariaDB') await nodes.one.raw('analyze table ??', [EMBEDDINGS]);
      const watch = watchStatements(nodes.one);
      let sent: Watch['statements'];
      try {
        await store.counts(SPACE);
        await store.waiting(SPACE, 1);
        await store.lastSeq(SPACE);
        await store.spaces();
        await store.list(SPACE, 700, 500);
        await store.list(SPACE, 0, 100, 'failed');
        await store.vectorKeys(SPACE, 700, 500);
        await store.vectorsSince(SPACE, 700, 500);
        await store.lostSince(SPACE, 700, 500);
        const ids = Array.from({ length: 50 }, (_, at) => at + 1);
        await store.status(SPACE, ids);
        const claims = await store.claim(SPACE, 32, 60_000);
        await store.renew(claims, 60_000);
        await store.release(claims.slice(1));
        await store.confirm(claims[0], 'stamp');
        await store.retry(SPACE, ids);
        await store.dropSpace(SPACE, ids);
        await store.forget(ids);
      } finally {
        sent = [...watch.statements];
        watch.stop();
      }
      const found: string[] = [];
      for (const statement of sent.filter(({ sql }) => /^(select|update|delete)/.test(sql))) {
        if (/similar_counters/.test(statement.sql)) continue;
        for (const step of await walks(nodes.one, statement)) found.push(`${statement.sql}: ${step}`);
      }
      assert.deepEqual(found, []);
    });

    test('only as many pictures are given up as were looked at', async () => {
      await insert(nodes.one, SOME, () => ({ state: 'pending', attempts: 5 }));
      const watch = watchStatements(nodes.one);
      const claims = await store.claim(SPACE, 300, 60_000);
      watch.stop();
      assert.deepEqual(claims, []);
      assert.ok(watch.most() <= CHUNK, `${watch.most()} rows in one statement`);
      assert.equal((await store.counts(SPACE)).failed, SOME);
    });

    test('what was lost long ago is cleared away a few at a time', async () => {
      await nodes.one(LOSSES).delete();
      for (let seq = 1; seq <= SOME; seq++)
        await nodes.one(LOSSES).insert({ space: SPACE, file_id: seq, seq, lost_at: 1 });
      const ids = [1, 2, 3];
      await insert(nodes.one, 3, (id) => ({ state: 'ready', seq: id }));
      const watch = watchStatements(nodes.one);
      for (const id of ids) await store.forget([id]);
      watch.stop();
      assert.ok(watch.most() <= CHUNK, `${watch.most()} rows in one statement`);
      assert.equal((await nodes.one(LOSSES)).length, ids.length);
    });
  });
}
