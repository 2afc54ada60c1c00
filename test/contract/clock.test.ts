import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import type { Knex } from 'knex';
import { clockOf } from '../../plugin/store/clock';
import { createKnexStore } from '../../plugin/store/knex';
import { EMBEDDINGS } from '../../plugin/store/schema';
import { createKnexTops } from '../../plugin/store/tops';
import { DATABASES, type TwoNodes } from '../helpers/two-nodes';

const SPACE = 'model@1/lanczos3';
const LEASE_MS = 30_000;
const HOUR_MS = 3_600_000;
const FAILURE = { state: 'failed', code: 'DOWNLOAD_FAILED', reason: 'It was not delivered.' } as const;
const TOP = { type: 'api::a.a', documentId: 'a', results: [] };

for (const [name, { open, skip }] of Object.entries(DATABASES)) {
  describe(`clocks: ${name}`, { skip }, () => {
    const openNodes = open();
    let nodes: TwoNodes;
    let store: ReturnType<typeof createKnexStore>;
    beforeEach(async () => {
      nodes = await openNodes();
      store = createKnexStore(nodes.one);
      await store.open();
    });
    afterEach(async () => {
      mock.timers.reset();
      await nodes.close();
    });

    /** Three pictures: one is claimed, one waits ten seconds, one has failed for ten seconds. */
    async function fill() {
      await store.enqueue(SPACE, [1, 2, 3]);
      const claims = await store.claim(SPACE, 3, LEASE_MS);
      const of = (id: number) => claims.filter(({ fileId }) => fileId === id);
      await store.release(of(2), 10_000);
      await store.unseen(of(3)[0], FAILURE, 10_000);
    }

    /** As if the clock of the tables had been an hour ahead when they were written. */
    async function setBack() {
      const later = (knex: Knex, ...columns: string[]) =>
        Object.fromEntries(columns.map((column) => [column, knex.raw('?? + ?', [column, HOUR_MS])]));
      const { one } = nodes;
      for (const column of ['lease_until', 'not_before']) {
        await one(EMBEDDINGS).where(column, '>', 0).update(later(one, column));
      }
      await one(EMBEDDINGS).update(later(one, 'updated_at'));
    }

    const claimed = async (by: typeof store) => {
      const ids: number[] = [];
      // One that may have stopped the server comes alone.
      for (let look = 0; look < 3; look++) {
        ids.push(...(await by.claim(SPACE, 3, LEASE_MS)).map(({ fileId }) => fileId));
      }
      return ids.sort();
    };

    test('one that was set back: nothing waits for an hour', async () => {
      await fill();
      await setBack();
      assert.deepEqual(await claimed(createKnexStore(nodes.two)), [1, 2, 3]);
    });

    test('what waits goes on waiting, and claims hold', async () => {
      await fill();
      assert.deepEqual(await claimed(store), []);
      assert.deepEqual(await claimed(createKnexStore(nodes.two)), []);
    });

    if (name === 'SQLite') {
      test('one that is set back while the node runs: nothing waits for an hour', async () => {
        mock.timers.enable({ apis: ['Date'], now: Date.now() });
        await fill();
        const tops = createKnexTops(nodes.one);
        await tops.put({ ...TOP, results: [{ documentId: 'b', source: 'visual', similarity: 1 }] }, [], 'all');
        await tops.failed(await tops.claim(100, LEASE_MS), 10_000);
        assert.deepEqual(await tops.claim(100, LEASE_MS), []);
        mock.timers.setTime(Date.now() - 5_000);
        assert.deepEqual(await claimed(store), []);
        mock.timers.setTime(Date.now() - HOUR_MS);
        assert.deepEqual(await claimed(store), [1, 2, 3]);
        assert.equal((await tops.claim(100, LEASE_MS)).length, 1);
      });
      return;
    }

    for (const [what, ms] of [
      ['ahead', 2 * 60_000],
      ['behind', -2 * 60_000],
    ] as const) {
      test(`that of a node is ${what}: it leaves alone what others work on, and what waits`, async () => {
        await fill();
        const other = createKnexStore(nodes.two);
        assert.deepEqual(await claimed(other), []);
        mock.timers.enable({ apis: ['Date'], now: Date.now() + ms });
        assert.deepEqual(await claimed(other), [], 'set while it runs');
        assert.deepEqual(await claimed(createKnexStore(nodes.two)), []);
        await other.enqueue(SPACE, [4]);
        await other.claim(SPACE, 1, LEASE_MS);
        mock.timers.reset();
        assert.deepEqual(await claimed(store), [], 'what it claimed is its own');
      });
    }

    test('that of the database is read to the millisecond', async () => {
      const own = Date.now();
      const theirs = await clockOf(nodes.one).now();
      // The same machine.
      assert.ok(Math.abs(theirs - own) < 60_000, `${theirs - own} ms`);
      assert.ok(Number.isInteger(theirs));
      assert.ok((await clockOf(nodes.one).now()) >= theirs);
    });
  });
}
