import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createKnexContents } from '../../plugin/store/contents';
import { createKnexStore } from '../../plugin/store/knex';
import { createKnexRecords } from '../../plugin/store/records';
import { createKnexRuleRows, type NewRow, type RuleRows } from '../../plugin/store/rule-rows';
import { createKnexRules } from '../../plugin/store/rules';
import { DATABASES } from '../helpers/two-nodes';

const PRODUCT = 'api::product.product';
const hide = (target: string): NewRow => ({
  ...{ kind: 'hide', type: PRODUCT, source: '', target, place: null, author: null, created_at: 5 },
});

for (const [name, { open, skip }] of Object.entries(DATABASES)) {
  const openNodes = open();

  describe(`rows of the rules on ${name}`, { skip }, () => {
    let nodes: Awaited<ReturnType<typeof openNodes>>;
    let rows: RuleRows;
    before(async () => {
      nodes = await openNodes();
      await createKnexStore(nodes.one).open();
      rows = createKnexRuleRows(nodes.one);
    });
    after(() => nodes?.close());
    beforeEach(async () => {
      await nodes.one('similar_rules').delete();
      await nodes.one('similar_embeddings').delete();
    });

    test('thousands are changed at once, and one about the same is replaced', async () => {
      await createKnexRules(nodes.one).set({ kind: 'pin', type: PRODUCT, source: 'a', target: 'b', place: 1 }, 'Ann');
      const pin = { kind: 'pin', type: PRODUCT, source: 'a', target: 'b', place: 7, author: 'Ben', created_at: 5 };
      const many = Array.from({ length: 2_500 }, (_, at) => hide(`p${at}`));
      await rows.change(() => ({ remove: [], put: [pin, ...many] }));
      const all = await rows.all();
      assert.equal(all.length, 2_501);
      const [{ id, ...first }] = all;
      assert.deepEqual(first, pin);
      await rows.change((there) => ({ remove: there.slice(1).map((row) => row.id), put: [] }));
      assert.deepEqual(await rows.all(), [{ id, ...pin }]);
    });

    test('all of a change or nothing: what a wrong row ends leaves everything as it was', async () => {
      await rows.change(() => ({ remove: [], put: [hide('a'), hide('b')] }));
      const before = await rows.all();
      const wrong = { ...hide('c'), target: null as never };
      const change = rows.change((there) => ({ remove: there.map(({ id }) => id), put: [hide('d'), wrong] }));
      await assert.rejects(change);
      assert.deepEqual(await rows.all(), before);
    });

    test('a record goes with the rows: both, or neither', async () => {
      const records = createKnexRecords(nodes.one);
      const revision = async () => (await records.read('settings'))?.revision ?? 0;
      for (const [before, value] of ['first', 'second'].entries()) {
        const writing = async (write: typeof records.write) =>
          assert.equal(await write('settings', value, before), true);
        const failing = rows.change(() => ({ remove: [], put: [{ ...hide('c'), target: null as never }] }), writing);
        await assert.rejects(failing);
        assert.deepEqual([await revision(), (await rows.all()).length], [before, before]);
        await rows.change(() => ({ remove: [], put: [hide(value)] }), writing);
        assert.deepEqual(await records.read('settings'), { revision: before + 1, value });
        assert.equal((await rows.all()).length, before + 1);
      }
      const late = async (write: typeof records.write) => {
        if (!(await write('settings', 'third', 1))) throw new Error('somebody else was faster');
      };
      await assert.rejects(
        rows.change(() => ({ remove: [], put: [hide('third')] }), late),
        /faster/,
      );
      assert.equal((await rows.all()).length, 2);
    });

    test('contents are those of the latest vector, of whole files and of the originals of smaller copies', async () => {
      const [old, now, other] = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
      const row = (file_id: number, space: string, seq: number, digest: string) => ({
        ...{ file_id, space, seq, digest, state: 'ready', updated_at: 1 },
      });
      await nodes.one('similar_embeddings').insert([
        row(1, 'one', 1, old),
        row(1, 'two', 5, now),
        // What is learnt from the library has no digest of bytes.
        row(1, 'two~1', 9, '5'),
        row(2, 'two', 6, `${now.slice(0, 31)}/${other.slice(0, 31)}`),
        row(3, 'two', 7, other),
        row(4, 'two', 8, `/${old.slice(0, 31)}`),
      ]);
      const contents = createKnexContents(nodes.one);
      const known = await contents.of([1, 2, 3, 4, 5]);
      const [b, c] = [now.slice(0, 31), other.slice(0, 31)];
      assert.deepEqual([...known].sort(), [
        [1, b],
        [2, b],
        [3, c],
      ]);
      const found = await contents.having(new Set([b, old.slice(0, 31)]));
      assert.deepEqual(
        [...found].map(([content, ids]) => [content, ids.sort()]),
        [[b, [1, 2]]],
      );
      assert.deepEqual(await contents.having(new Set()), new Map());
    });
  });
}
