import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../plugin/vectors/random';
import { compilePlugin } from '../helpers/compiled';
import { type CrashRig, createCrashRig } from '../helpers/crash-rig';
import { texture } from '../helpers/pictures';

/** Longer than SQLite's driver waits for one statement, which is 5 s. */
const LOCKED_MS = 12_000;

const dist = compilePlugin();
let rig: CrashRig;
before(async () => {
  rig = createCrashRig({ dist, pictures: [await texture(1), await texture(2)], random: createRandom(6) });
  await rig.start();
});
after(async () => {
  await rig.remove();
  rmSync(dist, { recursive: true, force: true });
});

test('an SQLite file that another process locks for a while: afterwards all is as it should be', async () => {
  await rig.work();
  assert.deepEqual(await rig.settle(), []);
  await rig.withDatabase(async (knex) => {
    await knex.raw('begin exclusive');
    const working = rig.work().catch((error: Error) => error);
    await sleep(LOCKED_MS);
    await knex.raw('rollback');
    await working;
  });
  await rig.ask('sweep');
  assert.deepEqual(await rig.settle(), []);
  await rig.stop();
  assert.deepEqual(await rig.differences(), []);
});
