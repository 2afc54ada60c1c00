import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import knexOf from 'knex';
import type { FailedPicture } from '../../plugin/contracts/admin';
import type { Progress } from '../../plugin/contracts/progress';
import type { SimilarResponse } from '../../plugin/contracts/similar';
import type { FaultPoint } from '../../plugin/fault-point';
import { texture } from '../helpers/pictures';
import { createFolder } from '../helpers/strapi-folder';
import { type PlaygroundProcess, spawnPlayground } from '../helpers/strapi-process';
import { until } from '../helpers/until';

/** The first two end Strapi while somebody uploads or deletes, the others end the processes beside it. */
const POINTS: FaultPoint[] = ['in-storing', 'loss-noted', 'decoded', 'manifest-written'];

/** What pictures fail with that Strapi was writing when it ended. */
const TORN = new Set(['BYTES_MISSING', 'EMPTY_FILE', 'DECODE_FAILED']);

describe('a whole Strapi, of which a process ends by SIGKILL at a step of the way in', () => {
  const folder = createFolder();
  const fault = path.join(folder, 'fault');
  const gone = new Set<number>();
  let server: PlaygroundProcess;
  let seed = 0;

  before(async () => {
    server = await spawnPlayground({
      folder,
      config: { index: { saveAfterMs: 0 } },
      env: { SIMILAR_FAULT: fault },
    });
  });
  after(() => server?.stop());

  const fresh = async () => ({ name: `${++seed}.jpg`, bytes: await texture(seed) });

  /** What is asked for when Strapi ends may have been done or not: then its answer is not known, and the library is asked. */
  async function work(): Promise<void> {
    await server.client.upload([await fresh(), await fresh()]);
    const ids = await listed();
    await server.client.replace(ids[0], await fresh());
    await server.client.admin('DELETE', `/upload/files/${ids[1]}`);
    gone.add(ids[1]);
  }

  async function listed(): Promise<number[]> {
    const { body } = await server.client.admin<{ results: Array<{ id: number }> }>('GET', '/upload/files?pageSize=100');
    return body.results.map(({ id }) => id).sort((a, b) => a - b);
  }

  /** Those of the process that ended have run out here at once, and not after half a minute. */
  async function endLeases(): Promise<void> {
    const filename = path.join(folder, 'data.db');
    const knex = knexOf({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true });
    await knex('similar_embeddings')
      .whereNotNull('lease')
      .update({ lease_until: 0 })
      .finally(() => knex.destroy());
  }

  /** Strapi ended while it wrote a file itself, too: no picture is left of that one. */
  async function removeTorn(): Promise<void> {
    await until('nothing waits', async () => {
      const { body } = await server.client.admin<Progress>('GET', '/similar/progress');
      return body.pending === 0;
    });
    const { body } = await server.client.admin<FailedPicture[]>('GET', '/similar/failed?limit=50');
    for (const { fileId, code } of body) {
      assert.ok(TORN.has(`${code}`), `picture ${fileId} failed with ${code}`);
      await server.client.admin('DELETE', `/upload/files/${fileId}`);
      gone.add(fileId);
    }
  }

  for (const point of POINTS) {
    test(point, async () => {
      writeFileSync(fault, `${point} 1`);
      const endsStrapi = point === 'in-storing' || point === 'loss-noted';
      await until(`an end at ${point}`, async () => {
        if (existsSync(fault)) await work().catch(() => {});
        return !existsSync(fault);
      });
      if (endsStrapi) {
        await server.kill();
        await endLeases();
        await server.restart();
      }
      if (endsStrapi) await removeTorn();
      const ids = await listed();
      let last: Progress | undefined;
      await until('everything had its turn', async () => {
        ({ body: last } = await server.client.admin<Progress>('GET', '/similar/progress'));
        return last.pending === 0 && last.ready === ids.length && last.indexed === ids.length;
      }).catch(async (error) => {
        const { body: failed } = await server.client.admin('GET', '/similar/failed?limit=50');
        throw new Error(JSON.stringify({ ids, last, failed }), { cause: error });
      });
      for (const id of ids) {
        const { body } = await server.client.api<SimilarResponse>(`/api/similar/${id}?pagination[limit]=100`);
        assert.equal(body.meta.status, 'ready', `picture ${id}`);
        assert.equal(body.data.length, ids.length - 1, `picture ${id} finds all others once`);
      }
      for (const id of gone) {
        if (ids.includes(id)) continue;
        assert.equal((await server.client.api(`/api/similar/${id}`)).status, 404);
      }
    });
  }
});
