import { catalogue } from '../../scripts/demo/catalogue/products';
import { renderShot, type Shot } from '../../scripts/demo/catalogue/shots';
import type { StrapiClient, UploadedFile } from './strapi-client';

const ENTRIES = '/content-manager/collection-types/api::product.product';

export interface ShopProduct {
  documentId: string;
  name: string;
  family: string;
  price: number;
  picture: UploadedFile;
}

/**
 * The first products of each family of the drawn catalogue, published, as an administrator would enter them.
 * @param shots each becomes the one picture of a product of its own.
 */
export async function fillShop(
  client: StrapiClient,
  perFamily: number,
  shots: readonly Shot[] = ['front'],
): Promise<ShopProduct[]> {
  const seen = new Map<string, number>();
  const chosen = catalogue().filter(({ family }) => {
    const count = (seen.get(family.noun.en) ?? 0) + 1;
    seen.set(family.noun.en, count);
    return count <= perFamily;
  });
  const entered = shots.flatMap((shot) => chosen.map((product) => ({ product, shot })));
  const pictures = await Promise.all(
    entered.map(async ({ product, shot }) => ({
      name: `${product.sku}${shot === 'front' ? '' : `-${shot}`}.jpg`,
      bytes: await renderShot(product, shot),
    })),
  );
  const files = await client.upload(pictures);
  const products: ShopProduct[] = [];
  for (const [at, { product }] of entered.entries()) {
    const { name, sku, price, stock, family } = product;
    const picture = files[at];
    const data = { name: name.en, sku, price, stock, images: [picture.id] };
    const { status, body } = await client.admin('POST', `${ENTRIES}/actions/publish`, data);
    if (status >= 400) throw new Error(`Product not created: ${status} ${JSON.stringify(body)}`);
    products.push({ documentId: body.data.documentId, name: name.en, family: family.noun.en, price, picture });
  }
  return products;
}

/** Until the server says that no picture waits any more. The embedder gives way to everything else on a busy machine. */
export async function allIndexed(client: StrapiClient): Promise<void> {
  for (const end = Date.now() + 180_000; Date.now() < end; ) {
    const { body } = await client.admin('GET', '/similar/progress');
    if (body.total > 0 && body.pending === 0 && body.indexed >= body.ready) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('The pictures were not indexed within three minutes');
}
