import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type AdminBrowser, noBrowser, openBrowser, screenshot } from '../helpers/browser';
import { allIndexed, fillShop, type ShopProduct } from '../helpers/catalogue';
import { picture } from '../helpers/pictures';
import { LOGIN } from '../helpers/strapi-client';
import { type PlaygroundProcess, spawnPlayground } from '../helpers/strapi-process';
import { until } from '../helpers/until';

const STOREFRONT = path.resolve(__dirname, '../../playground/public/shop');

describe('the playground in a browser', { skip: noBrowser }, () => {
  let shop: PlaygroundProcess;
  let admin: AdminBrowser;
  let products: ShopProduct[];
  let page: Page;

  before(async () => {
    shop = await spawnPlayground();
    products = await fillShop(shop.client, 4);
    await allIndexed(shop.client);
    admin = await openBrowser(shop.client.url, LOGIN);
    page = await admin.open();
  });
  after(async () => {
    await admin?.close();
    await shop?.stop();
  });

  const entry = ({ documentId }: ShopProduct) =>
    `${shop.client.url}/admin/content-manager/collection-types/api::product.product/${documentId}`;
  const panel = () => page.getByRole('list', { name: 'Similar items' });
  const visit = (path: string) => page.goto(`${shop.client.url}/admin${path}`);

  describe('side panel', () => {
    test('shows what looks like the entry, best first, and opens it on click', async () => {
      await page.goto(entry(products[0]));
      const items = panel().getByRole('listitem');
      await items.first().waitFor();
      assert.equal(await items.count(), 6);
      const names = await items.locator('a').allInnerTexts();
      const family = products.filter((product) => product.family === products[0].family).map(({ name }) => name);
      assert.ok(
        names.slice(0, 3).every((name) => family.some((own) => name.includes(own))),
        names.join(' | '),
      );
      assert.ok(!names.some((name) => name.startsWith(`${products[0].name}\n`)), 'not itself');
      await screenshot(page, 'panel');
      await items.first().getByRole('link').hover();
      await page.getByRole('tooltip').first().waitFor({ state: 'attached' });
      await screenshot(page, 'panel-hover');
      const first = names[0].split('\n')[0];
      await items.first().getByRole('link').click();
      await page.getByRole('heading', { name: first, exact: true }).waitFor();
    });

    test('“More” shows more', async () => {
      await page.goto(entry(products[0]));
      await panel().getByRole('listitem').first().waitFor();
      await page.getByRole('button', { name: 'More', exact: true }).click();
      await panel().getByRole('listitem').nth(11).waitFor();
    });

    test('pin, hide and undo', async () => {
      await page.goto(entry(products[5]));
      const items = panel().getByRole('listitem');
      await items.first().waitFor();
      const [, , third] = await items.locator('a').allInnerTexts();
      const label = third.split('\n')[0];
      await page.getByRole('button', { name: `Actions for ${label}` }).click();
      await page.getByRole('menuitem', { name: 'Pin at place 3' }).click();
      await page.getByText(`Pinned: ${label}`).waitFor();
      await screenshot(page, 'panel-pinned');
      await page.getByRole('button', { name: `Undo for ${label}` }).click();
      await page.getByText(`Pinned: ${label}`).waitFor({ state: 'detached' });
      await page.getByRole('button', { name: `Actions for ${label}` }).click();
      await page.getByRole('menuitem', { name: 'Hide here' }).click();
      await page.getByText(`Hidden here: ${label}`).waitFor();
      assert.ok(!(await items.locator('a').allInnerTexts()).some((text) => text.startsWith(`${label}\n`)));
      await page.getByRole('button', { name: `Undo for ${label}` }).click();
      await page.getByText(`Hidden here: ${label}`).waitFor({ state: 'detached' });
    });

    test('follows the form: a picture that is chosen but not saved gives suggestions', async () => {
      await visit('/content-manager/collection-types/api::product.product/create');
      await page.getByText('Choose a picture to see what looks like it.').waitFor();
      await page.getByText('Click to add an asset or drag and drop one in this area').first().click();
      const chosen = products.at(-2) as ShopProduct;
      const { name } = chosen.picture;
      await page
        .getByRole('dialog')
        .getByRole('checkbox', { name: new RegExp(name) })
        .first()
        .click();
      await page.getByRole('button', { name: 'Finish' }).click();
      const items = panel().getByRole('listitem');
      await items.first().waitFor();
      assert.ok((await items.first().textContent())?.includes(chosen.name));
      await screenshot(page, 'panel-unsaved');
    });
  });

  describe('page', () => {
    test('explore: pick from the library, refine with examples, look further', async () => {
      await visit('/plugins/similar');
      await page.getByRole('button', { name: 'Choose a picture' }).click();
      // The dialog shows the newest uploads first.
      const { name } = (products.at(-4) as ShopProduct).picture;
      await page
        .getByRole('checkbox', { name: new RegExp(name) })
        .first()
        .click();
      await page.getByRole('button', { name: 'Finish' }).click();
      const items = page.getByRole('list', { name: 'Similar items' }).getByRole('listitem');
      await items.first().waitFor();
      const before = await items.allInnerTexts();
      await screenshot(page, 'explore');
      await items
        .first()
        .getByRole('button', { name: /^Why .* is alike$/ })
        .click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(/Share of the colours: red \d+ %/).waitFor();
      assert.equal(await page.evaluate(`document.querySelector('[role=dialog] img').naturalWidth`), 456);
      await screenshot(page, 'explain');
      await dialog.getByRole('button', { name: 'Close', exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
      await items
        .nth(6)
        .getByRole('button', { name: /^More like/ })
        .click();
      await until('the marks change the order', async () => (await items.allInnerTexts()).join() !== before.join());
      assert.equal(await items.getByRole('button', { name: /^More like/, pressed: true }).count(), 1);
    });

    test('explore: a picture that is dropped from the desktop', async () => {
      await visit('/plugins/similar');
      await page.getByText('or drop or paste one').waitFor();
      const bytes = [...(await picture('disc', '#c33'))];
      const dropped = await page.evaluateHandle(`(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(${JSON.stringify(bytes)})], 'dropped.jpg', { type: 'image/jpeg' }));
        return transfer;
      })()`);
      await page.getByText('or drop or paste one').dispatchEvent('drop', { dataTransfer: dropped });
      await page.getByText('dropped.jpg').waitFor();
      await page.getByRole('list', { name: 'Similar items' }).getByRole('listitem').first().waitFor();
    });

    test('duplicates: groups with usages; a verdict is kept', async () => {
      const bytes = await picture('triangle', '#a0a');
      await shop.client.upload([
        { name: 'twin-a.jpg', bytes },
        { name: 'twin-b.jpg', bytes },
      ]);
      await allIndexed(shop.client);
      await visit('/plugins/similar');
      await page.getByRole('tab', { name: 'Duplicates' }).click();
      const group = page.getByRole('region', { name: 'Pictures that are alike' }).filter({ hasText: 'twin-a.jpg' });
      await group.getByText('Identical files').waitFor();
      await screenshot(page, 'duplicates');
      await group.getByRole('button', { name: 'Different' }).click();
      await group.waitFor({ state: 'detached' });
    });

    test('index: coverage, failures with reason and retry, pause and resume', async () => {
      const [broken] = await shop.client.upload([
        { name: 'broken.jpg', bytes: (await picture('disc', '#222')).subarray(0, 150) },
      ]);
      await allIndexed(shop.client);
      await visit('/plugins/similar');
      await page.getByRole('tab', { name: 'Index' }).click();
      await page.getByText(/pictures indexed, 0 waiting/).waitFor();
      await page.getByText('onnxruntime · cpu').waitFor();
      const row = page.getByRole('row').filter({ hasText: broken.name });
      await row.getByText(/damaged/).waitFor();
      await screenshot(page, 'index');
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Resume' }).click();
      await page.getByRole('button', { name: 'Pause' }).waitFor();
      await page.getByRole('button', { name: `Try ${broken.name} again` }).click();
      await row.waitFor();
    });
  });

  test('home: the widget shows coverage and failures', async () => {
    await visit('/');
    await page.getByText(/pictures indexed, 0 waiting/).waitFor();
    await page.getByText('1 picture failed').waitFor();
    await screenshot(page, 'widget');
  });

  test('storefront: a product shows what looks like it and is in stock', async () => {
    cpSync(STOREFRONT, path.join(shop.folder, 'public/shop'), { recursive: true });
    const visitor = await (await admin.browser.newContext()).newPage();
    await visitor.goto(`${shop.client.url}/shop/index.html?product=${products[0].documentId}`);
    await visitor.getByRole('heading', { name: 'You may also like' }).waitFor();
    const items = visitor.locator('#items li');
    await items.first().waitFor();
    assert.ok((await items.count()) > 3);
    await screenshot(visitor, 'storefront');
    const name = await items.first().locator('strong').textContent();
    await items.first().getByRole('link').click();
    await visitor.getByRole('heading', { name: name as string, exact: true }).waitFor();
    await visitor.context().close();
  });

  test('German, in the dark', async () => {
    await shop.client.admin('PUT', '/admin/users/me', { preferedLanguage: 'de' });
    const other = await admin.open({ colorScheme: 'dark', locale: 'de-DE' });
    await other.evaluate(
      `localStorage.setItem('strapi-admin-language', '"de"'), localStorage.setItem('STRAPI_THEME', 'dark')`,
    );
    await other.goto(`${shop.client.url}/admin/plugins/similar`);
    await other.getByText('Was sich in der Medienbibliothek ähnlich sieht').waitFor();
    await screenshot(other, 'page-german-dark');
    await other.context().close();
    await shop.client.admin('PUT', '/admin/users/me', { preferedLanguage: 'en' });
  });

  test('a server that restarts: the open page comes back by itself', async () => {
    await visit('/plugins/similar');
    await page.getByRole('tab', { name: 'Index' }).click();
    await page.getByText(/pictures indexed, 0 waiting/).waitFor();
    await page.route('**/similar/progress', (route) => route.abort());
    await page.getByText('The server does not answer; trying again…').waitFor({ timeout: 15_000 });
    await page.unroute('**/similar/progress');
    await page.getByText('The server does not answer; trying again…').waitFor({ state: 'detached', timeout: 30_000 });
  });
});
