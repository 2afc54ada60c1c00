import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Core } from '@strapi/strapi';
import knexOf from 'knex';
import { createIndexing } from '../../../server/src/services/indexing';
import { quiet } from '../../helpers/pipeline';

describe('the indexing service', () => {
  const connection = knexOf({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true });
  after(() => connection.destroy());

  it('creates nothing once it was stopped: requests come until the server is closed', async () => {
    const strapi = { log: quiet, db: { connection } } as unknown as Core.Strapi;
    const service = createIndexing({ strapi, media: {} as never, onRemoved() {} });
    await service.stop();
    assert.throws(() => service.core(), { code: 'INDEX_UNAVAILABLE' });
    await assert.rejects(service.enqueue([1]), { code: 'INDEX_UNAVAILABLE' });
    await assert.rejects(service.forget([1]), { code: 'INDEX_UNAVAILABLE' });
  });
});
