import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Knex } from 'knex';
import type { EmbeddingStore } from '../../plugin/ports';
import { createKnexStore } from '../../plugin/store/knex';
import { EMBEDDINGS } from '../../plugin/store/schema';
import { watchStatements } from '../helpers/statements';
import { DATABASES, type TwoNodes } from '../helpers/two-nodes';

const SPACE = 'model@1/lanczos3';
const MANY = 25_000;

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
      store = createKnexStore(nodes.one);
      await store.open();
    });
    beforeEach(() => nodes.one(EMBEDDINGS).delete());
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
      time += 1_000_000;
      assert.deepEqual(await store.counts(SPACE), { ...now, failed: now.failed - 1 });
    });
  });
}
