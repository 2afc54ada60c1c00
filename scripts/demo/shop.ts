import { randomUUID } from 'node:crypto';
import { stat, unlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Offer, OfferImage } from './offer';

const MIME: Record<string, string> = { '.jpg': 'image/jpeg', '.tif': 'image/tiff', '.svg': 'image/svg+xml' };
const mimeOf = (name: string): string => {
  const ext = path.extname(name).toLowerCase();
  return MIME[ext] ?? `image/${ext.slice(1)}`;
};

/** The demo's view of the shop's database: what is there, and how something is added. Nothing is added twice. */
export function openShop(strapi: Core.Strapi) {
  const products = strapi.documents('api::product.product');
  const categories = new Map<string, Promise<string>>();

  async function findOrCreateCategory(name: string): Promise<string> {
    const documents = strapi.documents('api::category.category');
    const found = await documents.findFirst({ filters: { name } });
    return (found ?? (await documents.create({ data: { name } }))).documentId;
  }

  function category(name: string): Promise<string> {
    const known = categories.get(name) ?? findOrCreateCategory(name);
    categories.set(name, known);
    return known;
  }

  /** @returns the id of the file in the media library; one that an interrupted run left there is used. */
  async function upload({ name, source }: OfferImage, alternativeText: string): Promise<number> {
    const existing = await strapi.db.query('plugin::upload.file').findOne({ where: { name } });
    if (existing) return existing.id;
    const drawn = typeof source === 'string' ? undefined : path.join(os.tmpdir(), `${randomUUID()}-${name}`);
    if (drawn && typeof source !== 'string') await writeFile(drawn, await source());
    const filepath = drawn ?? (source as string);
    try {
      const { size } = await stat(filepath);
      const [file] = await strapi
        .plugin('upload')
        .service('upload')
        .upload({
          data: { fileInfo: { name, alternativeText } },
          files: { filepath, originalFilename: name, mimetype: mimeOf(name), size },
        });
      return file.id;
    } finally {
      if (drawn) await unlink(drawn);
    }
  }

  return {
    async skus(): Promise<Set<string>> {
      const rows = await strapi.db.query('api::product.product').findMany({ select: ['sku'] });
      return new Set(rows.map(({ sku }: { sku: string }) => sku));
    },

    /** Adds a product with its pictures, published in both languages. */
    async add(offer: Offer): Promise<void> {
      const images: number[] = [];
      for (const image of offer.images) images.push(await upload(image, offer.name.en));
      const { sku, price, purchasePrice, stock, name, description } = offer;
      const shared = { sku, price, purchasePrice, stock, images, category: await category(offer.category) };
      const german = { ...shared, name: name.de, description: description.de };
      const english = { ...shared, name: name.en, description: description.en };
      // Both languages or none, whenever the demo is interrupted: a SKU that is there is complete.
      await strapi.db.transaction(async () => {
        const { documentId } = await products.create({ data: english, locale: 'en', status: 'published' } as never);
        await products.update({ documentId, data: german, locale: 'de', status: 'published' } as never);
      });
    },
  };
}

export type Shop = ReturnType<typeof openShop>;
