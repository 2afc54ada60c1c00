/**
 * Makes docs/images/admin-*.png: the real admin panel over the demo's catalogue, seen by Chromium. Names make only these.
 * Usage, after `npm run setup`: CHROMIUM_PATH=… node --import tsx scripts/docs/admin-pictures.ts [duplicates …]
 */
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { openBrowser } from '../../test/helpers/browser';
import { allIndexed, fillShop } from '../../test/helpers/catalogue';
import { LOGIN } from '../../test/helpers/strapi-client';
import { spawnPlayground } from '../../test/helpers/strapi-process';

const IMAGES = path.resolve(__dirname, '../../docs/images');
const PER_FAMILY = 9;
const WANTED = process.argv.slice(2);

async function take(page: Page, name: string): Promise<void> {
  if (WANTED.length > 0 && !WANTED.includes(name)) return;
  await page.waitForLoadState('networkidle');
  const picture = await page.screenshot({ animations: 'disabled' });
  await sharp(picture)
    .png({ palette: true, quality: 90, effort: 10 })
    .toFile(path.join(IMAGES, `admin-${name}.png`));
}

async function main(): Promise<void> {
  const shop = await spawnPlayground();
  try {
    const products = await fillShop(shop.client, PER_FAMILY);
    await allIndexed(shop.client);
    const admin = await openBrowser(shop.client.url, LOGIN);
    const page = await admin.open();
    const visit = (to: string) => page.goto(`${shop.client.url}/admin${to}`);
    const results = page.getByRole('list', { name: 'Similar items' }).getByRole('listitem');
    // Strapi's news of the day.
    await page.getByRole('button', { name: 'Close' }).first().click();

    await visit(`/content-manager/collection-types/api::product.product/${products[0].documentId}`);
    await results.nth(5).waitFor();
    await take(page, 'panel');

    await visit(`/plugins/similar?explore.picture=${products[4].picture.id}`);
    await results.nth(23).waitFor();
    await take(page, 'explore');
    await results
      .first()
      .getByRole('button', { name: /^Why is .* similar\?$/ })
      .click();
    await page
      .getByRole('dialog')
      .getByText(/^Brighter areas/)
      .waitFor();
    await take(page, 'explain');

    await visit('/plugins/similar');
    await page.getByRole('tab', { name: 'Duplicates' }).click();
    await page.getByRole('combobox', { name: 'Find' }).click();
    await page.getByRole('option', { name: 'Everything that looks alike' }).click();
    await page.getByRole('region').getByText(/alike/).first().waitFor();
    await take(page, 'duplicates');
    await admin.close();
  } finally {
    await shop.stop();
  }
}

void main();
