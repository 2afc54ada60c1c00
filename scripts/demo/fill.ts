import { existsSync } from 'node:fs';
import type { Core } from '@strapi/strapi';
import type { Offer } from './offer';
import { chooseOffers, type PictureChoice } from './pictures';
import { openShop } from './shop';

/** Uploads that run at once: decoding for thumbnails is what takes the time. */
const CONCURRENCY = 3;

export interface Filling {
  /** Pictures of the products that are not there yet. */
  pictures: number;
  /** Products that are not there yet. */
  missing: Offer[];
  /** Adds them. @returns what could not be added, and why. */
  run(): Promise<Array<{ sku: string; reason: string }>>;
}

/** Without a choice of its own a run goes on with what an earlier run had chosen, so that nothing is added unasked. */
async function recall(strapi: Core.Strapi, choice: PictureChoice): Promise<PictureChoice> {
  const store = strapi.store({ type: 'core', name: 'demo' });
  const asked = choice.images !== undefined || choice.limit !== undefined;
  const earlier = (await store.get({ key: 'choice' })) as PictureChoice | null;
  const chosen = asked || !earlier ? choice : earlier;
  await store.set({ key: 'choice', value: { ...chosen } });
  return chosen;
}

export async function planFilling(strapi: Core.Strapi, choice: PictureChoice): Promise<Filling> {
  const shop = openShop(strapi);
  const present = await shop.skus();
  const chosen = await recall(strapi, choice);
  // A folder that an earlier run used may be gone; the shop keeps its pictures.
  const isGone = choice.images === undefined && chosen.images !== undefined && !existsSync(chosen.images);
  const offers = isGone && present.size > 0 ? [] : chooseOffers(chosen);
  const missing = offers.filter(({ sku }) => !present.has(sku));

  return {
    pictures: missing.reduce((sum, { images }) => sum + images.length, 0),
    missing,
    async run() {
      const failed: Array<{ sku: string; reason: string }> = [];
      const queue = [...missing];
      const worker = async () => {
        for (let offer = queue.shift(); offer; offer = queue.shift()) {
          const { sku } = offer;
          await shop.add(offer).catch((error: Error) => failed.push({ sku, reason: error.message }));
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, worker));
      return failed;
    },
  };
}
