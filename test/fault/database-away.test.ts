import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../plugin/vectors/random';
import { compilePlugin } from '../helpers/compiled';
import { type CrashRig, createCrashRig } from '../helpers/crash-rig';
import type { DatabaseServer } from '../helpers/database-server';
import { texture } from '../helpers/pictures';
import { postgresMissing, startPostgres } from '../helpers/postgres';
import { startTcpProxy, type TcpProxy } from '../helpers/tcp-proxy';

const AWAY_MS = 30_000;

describe('a database server that cannot be reached for a while', { skip: postgresMissing() ?? false }, () => {
  let dist: string;
  let server: DatabaseServer;
  let network: TcpProxy;
  let rig: CrashRig;
  before(async () => {
    dist = compilePlugin();
    server = await startPostgres();
    network = await startTcpProxy(server.connection.host, server.connection.port);
    rig = createCrashRig({
      dist,
      database: { client: server.client, connection: { ...server.connection, port: network.port } },
      pictures: [await texture(1), await texture(2)],
      random: createRandom(8),
    });
    await rig.start();
  });
  after(async () => {
    await rig?.remove();
    await network?.close();
    await server?.stop();
    rmSync(dist, { recursive: true, force: true });
  });

  test('the core stays up, and afterwards all is as it should be', async () => {
    await rig.work();
    assert.deepEqual(await rig.settle(), []);
    const working = rig.work().catch((error: Error) => error);
    network.cut();
    await Promise.all([working, sleep(AWAY_MS)]);
    network.mend();
    await rig.ask('sweep');
    assert.deepEqual(await rig.settle(), []);
    await rig.stop();
    assert.deepEqual(await rig.differences(), []);
  });
});
