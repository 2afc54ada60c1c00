import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SimilarConfigInput } from '../../plugin/contracts/config';
import type { Health } from '../../plugin/contracts/health';
import { createLookalikes, fileIds, names, searchable, similar, similarityOf, vectorSeqs } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

export interface Suite<Server> {
  /** What the health report calls the index. */
  kind: string;
  skip: string | false;
  startServer(): Promise<Server>;
  /** What a Strapi needs to use it. */
  settings(server: Server): { config: SimilarConfigInput; env?: Record<string, string> };
  /** Tests of the provider alone, while there is something to be found. */
  more?(of: Tools<Server>): void;
}

export interface Tools<Server> {
  server(): Server;
  health(): Promise<Health>;
  /** Names of what looks like this product. */
  shown(of: string, query?: string): Promise<unknown[]>;
}

/** What a whole Strapi does with its vector index on a server. */
export function sharedIndexSuite<Server extends { stop(): Promise<void> }>(
  title: string,
  { kind, skip, startServer, settings, more }: Suite<Server>,
): void {
  describe(title, { skip }, () => {
    let server: Server;
    let shop: Playground;
    let files: Record<string, UploadedFile>;
    let ids: Record<string, string>;

    async function startShop(folder?: string): Promise<void> {
      shop = await startPlayground({ ...settings(server), folder });
    }

    before(async () => {
      server = await startServer();
      await startShop();
    });
    after(async () => {
      await shop?.stop();
      await server?.stop();
    });

    const shown = async (of: string, query = '') => names(await similar(shop, ids[of], query));
    const health = (): Promise<Health> => shop.strapi.plugin('similar').service('health').get();

    test('uploads become searchable', async () => {
      ({ files, ids } = await createLookalikes(shop));
      assert.equal(fileIds(await similar(shop, files.red.id))[0], files.crimson.id);
      assert.deepEqual(await shown('red'), ['crimson', 'blue']);
      const { index, indexed } = await similarityOf(shop).progress();
      assert.deepEqual([index.kind, index.state, indexed], [kind, 'ready', 3]);
      const { status, index: told } = await health();
      assert.deepEqual([status, told], ['ok', { kind, mode: 'graph', state: 'ready', vectors: 3 }]);
    });

    test('a filter holds', async () => {
      assert.deepEqual(await shown('red', 'filters[name][$eq]=blue'), ['blue']);
    });

    test('a restart embeds nothing anew and finds the same', async () => {
      const [seqs, found] = [await vectorSeqs(shop), await shown('red')];
      await shop.stop({ keep: true });
      await startShop(shop.folder);
      await searchable(shop, Object.values(files));
      assert.deepEqual(await shown('red'), found);
      assert.deepEqual(await vectorSeqs(shop), seqs);
    });

    more?.({ server: () => server, health, shown });

    test('a deleted picture is not found', async () => {
      assert.equal((await shop.admin('DELETE', `/upload/files/${files.crimson.id}`)).status, 200);
      await until('it is not found', async () => !(await shown('red')).includes('crimson'));
      await until('it has left the index', async () => (await similarityOf(shop).progress()).indexed === 2);
    });
  });
}
