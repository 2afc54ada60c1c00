import type { Core } from '@strapi/strapi';
import type { SimilarResponse } from '../../plugin/contracts/similar';
import { DemoError } from './offer';

export interface Sample {
  url: string;
  /** Name of the product that was asked for. */
  name: string;
  neighbours: Array<{ name: string; similarity: number | null }>;
}

/** Asks the running shop, as a visitor, what is similar to one of its products. */
export async function askForSample(strapi: Core.Strapi, base: string): Promise<Sample> {
  const product = await strapi
    .documents('api::product.product')
    .findFirst({ status: 'published', locale: 'en', sort: 'sku:asc', filters: { images: { id: { $notNull: true } } } });
  if (!product) throw new DemoError('The shop has no product with a picture.', 'Delete playground/.tmp and try again.');

  const url = `${base}/api/similar/${product.documentId}`;
  const response = await fetch(url);
  const body = await response.text();
  const { data, meta } = response.ok ? (JSON.parse(body) as SimilarResponse) : { data: [], meta: undefined };
  if (data.length === 0) {
    const answer = meta ? `no neighbours, status “${meta.status}”` : `${response.status} ${body.slice(0, 300)}`;
    throw new DemoError(`${url} answers: ${answer}`, 'LOG_LEVEL=debug npm run demo shows the log.');
  }
  return {
    url,
    name: product.name as string,
    neighbours: data.map(({ entry, file, similarity }) => ({ name: String((entry ?? file)?.name), similarity })),
  };
}
