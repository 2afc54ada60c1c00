import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Knex } from 'knex';
import { createKnexStore } from '../../plugin/store/knex';
import { createKnexRecords } from '../../plugin/store/records';
import { createKnexRules } from '../../plugin/store/rules';
import { COUNTERS, createSchema, EMBEDDINGS, TOP_REFS } from '../../plugin/store/schema';
import { createKnexTops } from '../../plugin/store/tops';
import { DATABASES, type TwoNodes } from '../helpers/two-nodes';

/** The indexes of the plugin's tables, by the database's own words. */
const INDEXES = {
  SQLite: (knex: Knex) => knex('sqlite_master').where({ type: 'index' }).whereNotNull('sql').pluck('sql'),
  PostgreSQL: (knex: Knex) => knex('pg_indexes').where({ schemaname: 'public' }).pluck('indexdef'),
  MariaDB: async (knex: Knex) => {
    const columns = 'group_concat(column_name order by seq_in_index)';
    const [found] = await knex.raw(`select concat(index_name, ' ', non_unique, ' (', ${columns}, ')') as text
      from information_schema.statistics where table_schema = database() group by table_name, index_name, non_unique`);
    return found.map(({ text }: { text: string }) => text);
  },
};

for (const [name, { open, skip }] of Object.entries(DATABASES)) {
  const openNodes = open();
  const indexes = INDEXES[name as keyof typeof INDEXES];
  describe(`tables and indexes: ${name}`, { skip }, () => {
    let nodes: TwoNodes;
    let whole: string[];
    const indexesNow = async () => (await indexes(nodes.one)).toSorted();

    beforeEach(async () => {
      nodes = await openNodes();
      await createSchema(nodes.one);
      whole = await indexesNow();
    });
    afterEach(() => nodes.close());

    test('an index that came after the table is added, by one of two nodes, and the rows stay', async () => {
      const { one, two } = nodes;
      await one(EMBEDDINGS).insert({ file_id: 1, space: 'a', state: 'pending', updated_at: 0 });
      await one.schema.alterTable(EMBEDDINGS, (table) => {
        table.dropIndex([], 'similar_embeddings_page');
        table.dropUnique([], 'similar_embeddings_file_space');
      });
      await one.schema.alterTable(TOP_REFS, (table) => table.dropIndex([], 'similar_top_refs_ref'));
      assert.equal((await indexesNow()).length, whole.length - 3);
      await Promise.all([createSchema(one), createSchema(two)]);
      assert.deepEqual(await indexesNow(), whole);
      assert.deepEqual(await one(EMBEDDINGS).pluck('file_id'), [1]);
      assert.ok(whole.some((index) => /similar_embeddings_page.*\(\W*space\W+file_id\W*\)/.test(index)));
    });

    test('a record may be named after the longest space: two that differ at the end are two', async () => {
      const records = createKnexRecords(nodes.one);
      const space = `model-file/${'m'.repeat(48)}@12+01234567/lanczos3/derivative`;
      assert.equal(await records.write(space, { of: 1 }, 0), true);
      assert.equal(await records.write(`${space}s`, { of: 2 }, 0), true);
      assert.equal(await records.write(space, { of: 3 }, 1), true);
      assert.deepEqual((await records.read(space))?.value, { of: 3 });
      assert.deepEqual((await createKnexRecords(nodes.two).read(`${space}s`))?.value, { of: 2 });
    });

    test('a column that came after the table is added, by one of two nodes, and the rows stay', async () => {
      const { one, two } = nodes;
      await one.schema.alterTable(EMBEDDINGS, (table) => table.dropColumn('miniature'));
      await one(EMBEDDINGS).insert({ file_id: 1, space: 'a', state: 'pending', updated_at: 0 });
      await Promise.all([createSchema(one), createSchema(two)]);
      assert.deepEqual(await one(EMBEDDINGS).select('file_id', 'miniature'), [{ file_id: 1, miniature: null }]);
      assert.deepEqual(await indexesNow(), whole);
    });

    test('columns hold what Strapi’s own hold', async () => {
      const rules = createKnexRules(nodes.one);
      const [type, id, author] = [`api::${'t'.repeat(180)}`, 'd'.repeat(255), 'n'.repeat(511)];
      await rules.set({ kind: 'pin', type, source: id, target: id, place: 1 }, author);
      assert.deepEqual(
        (await rules.concerning(type, id)).map((rule) => rule.author),
        [author],
      );
      const key = { type, documentId: id, locale: 'l'.repeat(255) };
      await createKnexTops(nodes.one).put({ ...key, results: [] }, [id], 'all');
      await createKnexTops(nodes.one).note([{ type, target: id }]);
      assert.equal((await createKnexTops(nodes.one).noted(0, 10))[0].target, id);
    });

    test('ids that differ in case, or have odd characters, differ; texts are of any length', async () => {
      const { one, two } = nodes;
      const [rules, tops, records] = [createKnexRules(one), createKnexTops(one), createKnexRecords(one)];
      const ids = ['aB', 'Ab', 'é', 'e', 'ß', 'ss', '🦊', '🐻'];
      const type = 'api::product.product';
      for (const id of ids) {
        await rules.set({ kind: 'hide', type, source: id, target: id }, '🦊');
        await tops.put(
          { type, documentId: id, results: [{ documentId: id, source: 'visual', similarity: 1 }] },
          [id],
          'all',
        );
        await tops.note([{ type, target: id }]);
      }
      for (const id of ids) {
        assert.deepEqual(
          (await rules.concerning(type, id)).map(({ target, author }) => [target, author]),
          [[id, '🦊']],
        );
        assert.deepEqual(await createKnexTops(two).hangingOn([id]), [{ type, documentId: id }]);
      }
      assert.equal(await rules.remove({ kind: 'hide', type, source: 'aB', target: 'aB' }), true);
      assert.equal((await rules.list(['hide'])).length, ids.length - 1);
      assert.deepEqual(
        (await tops.claim(100, 1_000)).map(({ results }) => results[0].documentId).toSorted(),
        ids.toSorted(),
      );
      assert.deepEqual(
        (await tops.noted(0, 100)).map(({ target }) => target),
        ids,
      );

      const value = { text: '🦊'.repeat(60_000) };
      assert.equal(await records.write('long', value, 0), true);
      assert.deepEqual(await createKnexRecords(two).read('long'), { revision: 1, value });
      assert.equal(await records.write('long', value, 0), false);
      assert.equal(await records.write('long', value, 1), true, 'the same value again is a change, too');
    });

    test('whatever statement it ends at, the next start completes it', async () => {
      let last = 1;
      for (let ended = true; ended; last++) {
        const fresh = await openNodes();
        try {
          let statements = 0;
          const end = ({ sql }: { sql: string }) => {
            if (/^(create|alter)/i.test(sql) && ++statements >= last) throw new Error('the end');
          };
          fresh.one.on('query', end);
          await createSchema(fresh.one).catch((error) => assert.match(error.message, /the end/));
          fresh.one.removeListener('query', end);
          ended = statements >= last;
          await createSchema(fresh.two);
          assert.deepEqual((await indexes(fresh.two)).toSorted(), whole, `ended at statement ${last}`);
          assert.equal(await createKnexRecords(fresh.two).write('record', {}, 0), true);
          await createKnexStore(fresh.two).enqueue('a', [1, 1]);
          assert.deepEqual(await fresh.two(COUNTERS).orderBy('name').pluck('name'), ['schema', 'seq']);
        } finally {
          await fresh.close();
        }
      }
      assert.ok(last > 10, `${last} statements`);
    });

    test('where nothing is missing, nothing is altered', async () => {
      const altered: string[] = [];
      nodes.one.on('query', ({ sql }: { sql: string }) => /^(create|alter|drop)/i.test(sql) && altered.push(sql));
      await createSchema(nodes.one);
      assert.deepEqual(altered, []);
      assert.deepEqual(await indexesNow(), whole);
    });

    test('an index that cannot be made stops the start with the reason', async () => {
      const { one } = nodes;
      await one.schema.alterTable(EMBEDDINGS, (table) => table.dropUnique([], 'similar_embeddings_file_space'));
      const row = { file_id: 1, space: 'a', state: 'pending', updated_at: 0 };
      await one(EMBEDDINGS).insert([row, row]);
      await assert.rejects(createSchema(one), /unique/i);
    });
  });
}
