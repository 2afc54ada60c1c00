import assert from 'node:assert/strict';
import { afterEach, describe, mock, test } from 'node:test';
import { createKnexStore } from '../../plugin/store/knex';
import { DATABASES, type TwoNodes } from '../helpers/two-nodes';

const SPACE = 'model@1/lanczos3';
const LEASE_MS = 30_000;
const HOUR_MS = 3_600_000;
const FAILURE = { state: 'failed', code: 'DOWNLOAD_FAILED', reason: 'It was not delivered.' } as const;

for (const [name, { open, skip }] of Object.entries(DATABASES)) {
  describe(`a clock that is set back: ${name}`, { skip }, () => {
    const openNodes = open();
    let nodes: TwoNodes;
    afterEach(async () => {
      mock.timers.reset();
      await nodes.close();
    });

    /** Three pictures: one is claimed, one waits ten seconds, one has failed for ten seconds. */
    async function filled() {
      nodes = await openNodes();
      const store = createKnexStore(nodes.one);
      await store.open();
      const now = Date.now();
      mock.timers.enable({ apis: ['Date'], now });
      await store.enqueue(SPACE, [1, 2, 3]);
      const claims = await store.claim(SPACE, 3, LEASE_MS);
      const of = (id: number) => claims.filter(({ fileId }) => fileId === id);
      await store.release(of(2), now + 10_000);
      await store.unseen(of(3)[0], FAILURE, now + 10_000);
      return { store, now };
    }

    const claimed = async (store: ReturnType<typeof createKnexStore>) => {
      const ids: number[] = [];
      // One that may have stopped the server comes alone.
      for (let look = 0; look < 3; look++) {
        ids.push(...(await store.claim(SPACE, 3, LEASE_MS)).map(({ fileId }) => fileId));
      }
      return ids.sort();
    };

    test('while the node runs: nothing waits for an hour', async () => {
      const { store, now } = await filled();
      mock.timers.setTime(now - HOUR_MS);
      assert.deepEqual(await claimed(store), [1, 2, 3]);
    });

    test('before the node starts: nothing waits for an hour', async () => {
      const { now } = await filled();
      mock.timers.setTime(now - HOUR_MS);
      assert.deepEqual(await claimed(createKnexStore(nodes.two)), [1, 2, 3]);
    });

    test('by little, or not at all: what waits goes on waiting, and claims hold', async () => {
      const { store, now } = await filled();
      assert.deepEqual(await claimed(store), []);
      mock.timers.setTime(now - 5_000);
      assert.deepEqual(await claimed(store), []);
      assert.deepEqual(await claimed(createKnexStore(nodes.two)), []);
    });
  });
}
