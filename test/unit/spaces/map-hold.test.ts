import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Records } from '../../../plugin/ports';
import { createMapHold } from '../../../plugin/spaces/map-hold';

function memoryRecords(): Records {
  const values = new Map<string, { revision: number; value: unknown }>();
  return {
    read: async <T>(name: string) => values.get(name) as { revision: number; value: T } | undefined,
    async write(name, value, after) {
      if ((values.get(name)?.revision ?? 0) !== after) return false;
      values.set(name, { revision: after + 1, value });
      return true;
    },
  };
}

test('nodes see the cancels of each other, and none is lost', async () => {
  const records = memoryRecords();
  const [one, other] = [createMapHold(records, 'a@1'), createMapHold(records, 'a@1')];
  const before = (await one.read()).turn;
  await Promise.all([one.cancel(), other.cancel()]);
  assert.equal((await one.read()).turn, before + 2);
  await other.keep();
  assert.equal((await one.read()).held, true);
  await one.release();
  assert.deepEqual(await other.read(), await one.read());
  assert.equal((await other.read()).held, false);
});

test('the map of another space is another one', async () => {
  const records = memoryRecords();
  const old = createMapHold(records, 'a@1');
  await old.cancel();
  await old.keep();
  assert.equal((await createMapHold(records, 'b@1').read()).held, false);
});
