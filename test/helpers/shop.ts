import type { SimilarItem, SimilarResponse } from '../../plugin/contracts/similar';
import type { EmbeddingStore, FileId, ItemStatus } from '../../plugin/ports';
import type { Similarity } from '../../plugin/similarity';
import { createKnexStore } from '../../plugin/store/knex';
import { picture } from './pictures';
import type { Playground } from './strapi';
import type { Answer, UploadedFile } from './strapi-client';
import { until } from './until';

export const PRODUCT = 'api::product.product';

export interface ErrorBody {
  error: {
    status: number;
    name: string;
    message: string;
    details: { code?: string; remedy?: string; errors?: Array<{ path: string[] }> };
  };
}

export type SimilarAnswer = Answer<SimilarResponse & ErrorBody>;

/** The `Similarity` that runs inside the playground. */
export const similarityOf = ({ strapi }: Playground): Similarity => strapi.plugin('similar').service('indexing').core();

/** Another view on the playground's table of vectors. */
export const storeOf = ({ strapi }: Playground): EmbeddingStore => createKnexStore(strapi.db.connection as never);

export async function statusOf(shop: Playground, ids: FileId[]): Promise<Map<FileId, ItemStatus>> {
  return new Map((await similarityOf(shop).itemStatus(ids)).map((item) => [item.fileId, item]));
}

/** Change counters of the stored vectors: the same number means that nothing was embedded anew. */
export async function vectorSeqs(shop: Playground): Promise<Map<FileId, number>> {
  const keys = await storeOf(shop).vectorKeys(similarityOf(shop).space.id, 0, 10_000);
  return new Map(keys.map(({ fileId, seq }) => [fileId, seq]));
}

/** Waits until searches find all of these pictures. */
export async function searchable(shop: Playground, files: Array<UploadedFile | FileId>): Promise<void> {
  const ids = files.map((file) => (typeof file === 'number' ? file : file.id));
  await until(`pictures ${ids.join(', ')} are ready`, async () => {
    const items = await statusOf(shop, ids);
    return ids.every((id) => items.get(id)?.state === 'ready');
  });
  await until(`pictures ${ids.join(', ')} are in the index`, async () => {
    const { search } = similarityOf(shop);
    const found = await search.neighbours(await search.queries([ids[0]]), { limit: 10_000 });
    const held = new Set(found.map(({ fileId }) => fileId));
    return ids.every((id) => held.has(id));
  });
}

export const similar = (shop: Playground, id: string | number, query = ''): Promise<SimilarAnswer> =>
  shop.api(`/api/similar/${id}${query && `?${query}`}`);

export const fileIds = (answer: SimilarAnswer): number[] => answer.body.data.map(({ file }) => file?.id as number);

export const names = (answer: SimilarAnswer): unknown[] =>
  answer.body.data.map(({ entry }: SimilarItem) => entry?.name);

export interface ProductData {
  name: string;
  images: Array<Pick<UploadedFile, 'id'>>;
  status?: 'draft' | 'published';
  locale?: string;
  [attribute: string]: unknown;
}

export async function createProduct(shop: Playground, { images, status = 'published', locale, ...data }: ProductData) {
  const ids = images.map(({ id }) => id);
  return shop.strapi
    .documents(PRODUCT as never)
    .create({ data: { ...data, images: ids }, status, ...(locale && { locale }) } as never) as Promise<{
    documentId: string;
  }>;
}

/** A red product, one that looks like it and one that does not, by name; all of them can be found. */
export async function createLookalikes(shop: Playground) {
  const colours = { red: ['disc', '#e00'], crimson: ['disc', '#d02'], blue: ['stripes', '#00e'] } as const;
  const files: Record<string, UploadedFile> = {};
  const ids: Record<string, string> = {};
  for (const [of, [shape, colour]] of Object.entries(colours)) {
    [files[of]] = await shop.upload([{ name: `${of}.jpg`, bytes: await picture(shape, colour) }]);
    ids[of] = (await createProduct(shop, { name: of, images: [files[of]] })).documentId;
  }
  await searchable(shop, Object.values(files));
  return { files, ids };
}
