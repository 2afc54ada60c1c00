import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Core } from '@strapi/strapi';
import { createPlanner } from '../../../server/src/merge/planner';

const PRODUCT = 'api::product.product';

function plannerWith(versions: number) {
  let read = 0;
  const findOne = async ({ where: { id } }: { where: { id: number } }) => ({
    id,
    url: `/uploads/${id}.jpg`,
    hash: `h${id}`,
  });
  const strapi = {
    db: { query: (uid: string) => (uid === PRODUCT ? { findOne: async () => void read++ } : { findOne }) },
    getModel: () => ({ attributes: {} }),
    contentTypes: {},
    components: {},
  };
  const rows = new Map([[PRODUCT, Array.from({ length: versions }, (_, at) => at + 1)]]);
  const planner = createPlanner({ strapi: strapi as unknown as Core.Strapi, whereUsed: { rows: async () => rows } });
  return { planner, reads: () => read };
}

test('a plan that nobody could wait for is refused before an entry is read', async () => {
  const { planner, reads } = plannerWith(5_001);
  await assert.rejects(planner.find(1, [2]), {
    code: 'MERGE_TOO_LARGE',
    message: 'Expected at most 5000 versions of entries with the pictures to remove but found 5001',
  });
  assert.equal(reads(), 0);
});

test('the largest plan is made, and whether a file is still used is found out of any number', async () => {
  const { planner, reads } = plannerWith(5_000);
  assert.deepEqual((await planner.find(1, [2])).edits, []);
  assert.equal(reads(), 5_000);
  const larger = plannerWith(5_001);
  const [keep, file] = [await larger.planner.file(1), await larger.planner.file(2)];
  assert.ok(keep && file);
  assert.deepEqual(await larger.planner.references(keep, [file]), []);
});
