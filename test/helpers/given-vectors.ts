import { MISSING_STAMP } from '../../plugin/ports';
import { similarityOf, storeOf } from './shop';
import type { Playground } from './strapi';
import { until } from './until';

const FILE = 'plugin::upload.file';
const PAGE = 200;

/**
 * Pictures of the library that have no bytes, for a playground that embeds nothing.
 * @param more columns of each. @returns those columns with the ids, in order.
 */
export async function createFiles<More extends object>(
  { strapi }: Playground,
  count: number,
  more: (at: number) => More,
): Promise<Array<More & { id: number }>> {
  const columns = Array.from({ length: count }, (_, at) => more(at));
  const rows = columns.map((own, at) => ({
    name: `${at}.jpg`,
    hash: `hash${at}`,
    ext: '.jpg',
    mime: 'image/jpeg',
    size: 1,
    url: `/uploads/none${at}.jpg`,
    provider: 'local',
    documentId: `doc${String(at).padStart(8, '0')}`,
    ...own,
  }));
  for (let at = 0; at < count; at += PAGE) await strapi.db.query(FILE).createMany({ data: rows.slice(at, at + PAGE) });
  const created: Array<{ id: number }> = await strapi.db
    .query(FILE)
    .findMany({ select: ['id'], orderBy: { id: 'asc' } });
  return created.map(({ id }, at) => ({ ...columns[at], id }));
}

/** Stores these vectors, and miniatures, as if they had been embedded, and waits until the index has them. */
export async function giveVectors(
  shop: Playground,
  vectors: ReadonlyMap<number, Float32Array>,
  miniatures?: ReadonlyMap<number, Uint8Array>,
): Promise<void> {
  const [store, { space }] = [storeOf(shop), similarityOf(shop)];
  await store.enqueue(space.id, [...vectors.keys()]);
  for (let given = 0; given < vectors.size; ) {
    const claims = await store.claim(space.id, 500, 60_000);
    await store.complete(
      claims.map((claim) => ({
        claim,
        digest: String(claim.fileId),
        stamp: MISSING_STAMP,
        vector: vectors.get(claim.fileId) as Float32Array,
        miniature: miniatures?.get(claim.fileId),
      })),
    );
    given += claims.length;
  }
  await until('the index holds all', async () => (await similarityOf(shop).progress()).indexed === vectors.size);
}
