import { catalogue } from '../../scripts/demo/catalogue/products';
import { renderShot } from '../../scripts/demo/catalogue/shots';
import type { StrapiClient, UploadedFile } from './strapi-client';

const ENTRIES = '/content-manager/collection-types/api::product.product';

export interface ShopProduct {
  documentId: string;
  name: string;
  family: string;
  picture: UploadedFile;
}

/** The first products of each family of the drawn catalogue, published, as an administrator would enter them. */
export async function fillShop(client: StrapiClient, perFamily: number): Promise<ShopProduct[]> {
  const seen = new Map<string, number>();
  const chosen = catalogue().filter(({ family }) => {
    const count = (seen.get(family.noun.en) ?? 0) + 1;
    seen.set(family.noun.en, count);
    return count <= perFamily;
  });
  const pictures = await Promise.all(
    chosen.map(async (product) => ({ name: `${product.sku}.jpg`, bytes: await renderShot(product, 'front') })),
  );
  const files = await client.upload(pictures);
  const products: ShopProduct[] = [];
  for (const [at, { name, sku, price, stock, family }] of chosen.entries()) {
    const picture = files[at];
    const data = { name: name.en, sku, price, stock, images: [picture.id] };
    const { status, body } = await client.admin('POST', `${ENTRIES}/actions/publish`, data);
    if (status >= 400) throw new Error(`Product not created: ${status} ${JSON.stringify(body)}`);
    products.push({ documentId: body.data.documentId, name: name.en, family: family.noun.en, picture });
  }
  return products;
}

/** Until the server says that no picture waits any more. */
export async function allIndexed(client: StrapiClient): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const { body } = await client.admin('GET', '/similar/progress');
    if (body.total > 0 && body.pending === 0 && body.indexed >= body.ready) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The pictures were not indexed within a minute');
}
