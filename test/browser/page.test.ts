import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { catalogue } from '../../scripts/demo/catalogue/products';
import { renderShot } from '../../scripts/demo/catalogue/shots';
import { barriers } from '../helpers/barriers';
import { noBrowser, screenshot } from '../helpers/browser';
import { allIndexed, fillShop, type ShopProduct } from '../helpers/catalogue';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { picture, texture } from '../helpers/pictures';
import { until } from '../helpers/until';

const ENTRIES = '/content-manager/collection-types/api::product.product';
const STOREFRONT = path.resolve(__dirname, '../../playground/public/shop');

describe('the page, the home page and the shop in a browser', { skip: noBrowser }, () => {
  let shop: OpenShop<ShopProduct[]>;
  let products: ShopProduct[];
  let page: Page;

  before(async () => {
    shop = await openShop((client) => fillShop(client, 4));
    products = shop.filled;
    page = await shop.admin.open();
  });
  after(() => shop?.close());

  const results = () => page.getByRole('list', { name: 'Similar items' }).getByRole('listitem');
  const tab = async (name: string) => {
    await visit('/plugins/similar');
    await page.getByRole('tab', { name }).click();
  };
  const noBarriers = async (of: Page) => assert.deepEqual(await barriers(of, '[role=tabpanel][data-state=active]'), []);
  const choose = async (label: string, option: string) => {
    await page.getByRole('combobox', { name: label }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  const visit = (path: string) => shop.visit(page, path);

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
      const items = results();
      await items.first().waitFor();
      const before = await items.allInnerTexts();
      for (const text of before) assert.match(text, /(Very alike|Alike|Loosely alike) 0\.\d\d/);
      await screenshot(page, 'explore');
      await items
        .first()
        .getByRole('button', { name: /^Why is .* similar\?$/ })
        .click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('Brighter areas contributed most to the match.').waitFor();
      await dialog
        .getByText(/alike 0\.\d\d$/i)
        .first()
        .waitFor();
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
      await page.getByText('More like 1, less like 0').waitFor();
      await page.getByRole('button', { name: 'Clear the marks' }).click();
      await until('the order is as before', async () => (await items.allInnerTexts()).join() === before.join());
    });

    test('explore: a picture that is dropped from the desktop', async () => {
      await visit('/plugins/similar');
      await page.getByText('or drop or paste one').waitFor();
      const drop = async (on: string, name: string, bytes: Uint8Array, type = 'image/jpeg') => {
        const dataTransfer = await page.evaluateHandle(`(() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(${JSON.stringify([...bytes])})], '${name}', { type: '${type}' }));
          return transfer;
        })()`);
        await page.getByText(on).first().dispatchEvent('drop', { dataTransfer });
      };
      const whole = await picture('disc', '#c33');
      await drop('or drop or paste one', 'notes.txt', whole, 'text/plain');
      await page.getByRole('alert').getByText('notes.txt is not a picture.').waitFor();
      await drop('or drop or paste one', 'dropped.jpg', whole);
      await page.getByText('notes.txt is not a picture.').waitFor({ state: 'detached' });
      await page.getByText('dropped.jpg').waitFor();
      await results().first().waitFor();
      await drop('dropped.jpg', 'broken.jpg', whole.subarray(0, 150));
      await page.getByText(/damaged/).waitFor();
      await results().first().waitFor({ state: 'detached' });
    });

    test('explore: a picture that is pasted; its type, language and least similarity are filters', async () => {
      const { documentId, picture: own } = products[3];
      const german = { name: 'Ein Becher', images: [own.id] };
      const saved = await shop.client.admin('PUT', `${ENTRIES}/${documentId}?locale=de`, german);
      assert.equal(saved.status, 200);
      await visit('/plugins/similar');
      await page.getByText('or drop or paste one').waitFor();
      const bytes = [...(await renderShot(catalogue()[0], 'front'))];
      await page.evaluate(`(() => {
        const clipboardData = new DataTransfer();
        clipboardData.items.add(new File([new Uint8Array(${JSON.stringify(bytes)})], 'pasted.jpg', { type: 'image/jpeg' }));
        window.dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
      })()`);
      await page.getByText('pasted.jpg').waitFor();
      await results().nth(23).waitFor();
      await choose('Search in', 'Product');
      await results().filter({ hasText: products[0].name }).first().waitFor();
      await choose('Language', 'German (de)');
      await results().filter({ hasText: 'Ein Becher' }).waitFor();
      assert.equal(await results().count(), 1);
      await choose('Language', 'English (en)');
      await results().nth(23).waitFor();
      const slider = page.getByRole('slider', { name: 'Minimum similarity' });
      await slider.fill('0.9');
      assert.equal(await slider.getAttribute('aria-valuetext'), 'Very alike 0.90');
      await results().nth(12).waitFor({ state: 'detached' });
      await until('all are very alike', async () =>
        (await results().allInnerTexts()).every((text) => text.includes('Very alike')),
      );
      assert.ok((await results().count()) > 0);
      await screenshot(page, 'explore-filters');
      await noBarriers(page);
    });

    test('explore: the address may name a picture, as notices at upload do', async () => {
      const { id, name } = products[2].picture;
      await visit(`/plugins/similar?explore.picture=${id}`);
      await page.getByText(name, { exact: true }).first().waitFor();
      await results().first().waitFor();
    });

    test('duplicates: groups with usages; a verdict is kept; Strapi deletes, after a warning when it is in use', async () => {
      const bytes = await picture('triangle', '#a0a');
      const [used] = await shop.client.upload(['a', 'b', 'c'].map((name) => ({ name: `twin-${name}.jpg`, bytes })));
      await shop.client.admin('POST', ENTRIES, { name: 'With a twin', images: [used.id] });
      await allIndexed(shop.client);
      await tab('Duplicates');
      const group = page.getByRole('region', { name: 'Similar pictures' }).filter({ hasText: 'twin-b.jpg' });
      await group.getByText('Identical files').waitFor();
      await group.getByText('Used in 1 entry').waitFor();
      assert.equal(await group.getByText('Not used in media fields').count(), 2);
      await group.getByRole('link', { name: 'With a twin' }).waitFor();
      await screenshot(page, 'duplicates');
      await noBarriers(page);

      const dialog = page.getByRole('alertdialog');
      await group.getByRole('button', { name: 'Delete twin-a.jpg' }).click();
      await dialog.getByText('1 entry uses it and loses the picture: With a twin').waitFor();
      await screenshot(page, 'duplicates-delete');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      await group.getByRole('button', { name: 'Delete twin-c.jpg' }).click();
      await dialog.getByText('Delete twin-c.jpg?').waitFor();
      assert.equal(await dialog.getByRole('alert').count(), 0, 'nothing uses it');
      await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
      await group.getByText('twin-c.jpg', { exact: true }).waitFor({ state: 'detached' });
      const { body } = await shop.client.admin('GET', '/upload/files?filters[name][$startsWith]=twin');
      assert.equal(body.results.length, 2);

      await group.getByRole('button', { name: 'Mark as duplicates' }).click();
      await group.waitFor({ state: 'detached' });
      await tab('Duplicates');
      await choose('Show', 'Reviewed: duplicates');
      await group.getByRole('button', { name: 'Undo' }).click();
      await group.waitFor({ state: 'detached' });
      await choose('Show', 'To review');
      await group.getByRole('button', { name: 'Not duplicates' }).click();
      await group.waitFor({ state: 'detached' });
      await choose('Show', 'Reviewed: not duplicates');
      await group.getByRole('button', { name: 'Undo' }).click();
      await group.waitFor({ state: 'detached' });
      await choose('Show', 'To review');
      await group.waitFor();
    });

    test('decisions: all of them, by kind and person; undone by keyboard; the address keeps what is shown', async () => {
      const type = 'api::product.product';
      const [first, second, third] = products;
      const rule = { type, source: first.documentId, target: second.documentId };
      await shop.client.admin('POST', '/similar/rules', { ...rule, kind: 'pin', place: 2 });
      await shop.client.admin('POST', '/similar/rules', { type, kind: 'hide', target: third.documentId });
      await tab('Decisions');
      const row = (label: string) => page.getByRole('row').filter({ hasText: label });
      await row(second.name).getByText('Pinned').waitFor();
      await row(second.name).getByText('Position 2').waitFor();
      await row(third.name).getByText('Hidden everywhere').waitFor();
      await screenshot(page, 'decisions');
      await noBarriers(page);

      await choose('Decision', 'Pinned');
      await row(third.name).waitFor({ state: 'detached' });
      await choose('Decided by', 'Test Admin');
      await page.reload();
      await row(second.name).getByText('Pinned').waitFor();
      assert.equal(await page.getByRole('row').count(), 2, 'the head and the pin');
      await row(second.name).getByRole('link', { name: first.name, exact: true }).click();
      await page.getByRole('heading', { name: first.name, exact: true }).waitFor();
      assert.match(page.url(), /locale%5D=en|locale\]=en/);
      await page.goBack();
      await page.getByRole('button', { name: `Undo for ${second.name}` }).press('Enter');
      await page.getByRole('status').getByText('Undone').first().waitFor();
      await page.getByText('Nothing has been pinned, hidden or judged yet.').waitFor();
      await page.goBack();
      await page.goBack();
      await page.getByRole('button', { name: `Undo for ${third.name}` }).press('Enter');
      await row(third.name).waitFor({ state: 'detached' });
      await until('who uses the keyboard is still there', () =>
        page.evaluate(() => document.activeElement !== document.body),
      );
    });

    test('duplicates: page by page', async () => {
      const pairs = await Promise.all(
        Array.from({ length: 11 }, async (_, at) => {
          const bytes = await texture(at);
          return ['first', 'second'].map((copy) => ({ name: `texture-${at}-${copy}.jpg`, bytes }));
        }),
      );
      await shop.client.upload(pairs.flat());
      await allIndexed(shop.client);
      await tab('Duplicates');
      await choose('Find', 'Everything that looks alike');
      await page.getByRole('slider', { name: 'Minimum similarity' }).fill('0.99');
      const groups = page.getByRole('region', { name: 'Similar pictures' });
      await page.getByText('Page 1 of 2').waitFor();
      assert.equal(await groups.count(), 10);
      const first = await groups.first().textContent();
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByText('Page 2 of 2').waitFor();
      await page.reload();
      await page.getByText('Page 2 of 2').waitFor();
      assert.equal(await page.getByRole('slider', { name: 'Minimum similarity' }).inputValue(), '0.99');
      await until('the second page is another one', async () => (await groups.first().textContent()) !== first);

      // 11 pairs and what the tests before have left: all on the second page are judged, and those before are still there.
      while (await page.getByText('Page 2 of 2').isVisible()) {
        const before = await groups.count();
        await groups.first().getByRole('button', { name: 'Mark as duplicates' }).click();
        await until('it is gone', async () => (await groups.count()) !== before);
      }
      await until('the page before', async () => (await groups.count()) === 10);
    });

    test('duplicates: while pictures are being compared, the list stays until the newer one is wanted', async () => {
      let seen = 0;
      await page.route('**/similar/duplicates?*', async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        const groups = [body.groups.slice(0, 0), body.groups.slice(0, 1), body.groups.slice(1, 3)][Math.min(seen, 2)];
        const total = groups.length;
        await route.fulfill({ response, json: { ...body, groups, total, compared: { done: ++seen, total: 1_000 } } });
      });
      await visit('/plugins/similar?tab=duplicates&duplicates.find=similar');
      await page.getByText('None so far. Pictures are still being compared.').waitFor();
      const groups = page.getByRole('region', { name: 'Similar pictures' });
      await groups.first().waitFor();
      const first = await groups.first().textContent();
      const update = page.getByRole('button', { name: 'Update the list' });
      await update.waitFor();
      await until('it is asked again', async () => seen > 4);
      assert.deepEqual(await groups.allTextContents(), [first], 'as it was');
      assert.match(
        (await page.getByRole('status').filter({ hasText: 'compared' }).textContent()) ?? '',
        /2 groups .* out of date/,
      );
      await screenshot(page, 'duplicates-comparing');
      await noBarriers(page);
      await update.focus();
      await page.keyboard.press('Enter');
      await update.waitFor({ state: 'detached' });
      assert.equal(await groups.count(), 2);
      assert.ok(!(await groups.allTextContents()).includes(first as string));
      assert.notEqual(await page.evaluate('document.activeElement.tagName'), 'BODY', 'the focus is not lost');
      await page.unroute('**/similar/duplicates?*');
    });

    test('index: coverage, failures with reason and retry, pause and resume', async () => {
      const oneColour = sharp({ create: { width: 64, height: 64, channels: 3, background: '#fff' } });
      const [broken] = await shop.client.upload([
        { name: 'broken.jpg', bytes: (await picture('disc', '#222')).subarray(0, 150) },
      ]);
      const [plain] = await shop.client.upload([{ name: 'plain.png', bytes: await oneColour.png().toBuffer() }]);
      await allIndexed(shop.client);
      await visit('/plugins/similar');
      await page.getByRole('tab', { name: 'Index' }).click();
      await page.getByText(/\d pictures indexed(?!.*waiting)/).waitFor();
      await page.getByText('onnxruntime · cpu').waitFor();
      const row = page.getByRole('row').filter({ hasText: broken.name });
      await row.getByText(/is damaged/).waitFor();
      await screenshot(page, 'index');
      await noBarriers(page);
      const said = (message: string) => page.getByRole('status').getByText(message).first().waitFor();
      await page.getByRole('button', { name: 'Pause' }).click();
      await said('Paused: no more pictures are indexed');
      await page.getByRole('button', { name: 'Resume' }).click();
      await said('Pictures are being indexed again');
      await page.getByRole('button', { name: 'Pause' }).waitFor();
      const plainRow = page.getByRole('row').filter({ hasText: plain.name });
      const open = plainRow.getByRole('link', { name: `Open in the media library: ${plain.name}` });
      assert.equal(await plainRow.getByRole('button').count(), 0, 'another try would say the same');
      assert.match((await open.getAttribute('href')) ?? '', /\/plugins\/upload\?_q=plain/);
      for (const name of [`Try again: ${broken.name}`, 'Retry all']) {
        const outcome =
          name === 'Retry all' ? '2 pictures failed again, 0 indexed' : '1 picture failed again, 0 indexed';
        await page.evaluate((text) => {
          new MutationObserver(() => {
            const rows = Array.from(document.querySelectorAll('tr'));
            if (!rows.some((one) => one.textContent?.includes(text))) document.body.dataset.gone = text;
          }).observe(document.body, { childList: true, subtree: true });
        }, broken.name);
        await page.getByRole('button', { name }).click();
        await said(outcome);
        assert.equal(await page.evaluate('document.body.dataset.gone'), undefined, 'the row is there all the time');
        await page.getByText(/\d pictures indexed(?!.*waiting)/).waitFor();
        await row.waitFor();
      }
      const reason = (name: string) => page.getByRole('group', { name: 'Reasons' }).getByRole('button', { name });
      await reason('Damaged (1)').click();
      await plainRow.waitFor({ state: 'detached' });
      await row.waitFor();
      await screenshot(page, 'index-reason');
      await noBarriers(page);
      await page.getByRole('button', { name: 'Retry this one' }).click();
      await said('1 picture failed again, 0 indexed');
      await reason('Damaged (1)').waitFor();
      await reason('All (2)').click();
      await plainRow.waitFor();

      await page.getByRole('button', { name: 'Scan for missing pictures' }).click();
      await said('Scanning for missing pictures');
      await page.getByRole('button', { name: 'Rebuild the index' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Rebuild the index' }).click();
      await screenshot(page, 'rebuild');
      await page.getByRole('alertdialog').getByRole('button', { name: 'Rebuild the index' }).click();
      await said('The index is being rebuilt');
      await page.getByText(/\d pictures indexed(?!.*waiting)/).waitFor();
      await row.waitFor();
    });
  });

  test('home: the widget shows coverage and failures', async () => {
    await visit('/');
    await page.getByText(/\d pictures indexed(?!.*waiting)/).waitFor();
    await page.getByText('2 pictures failed').waitFor();
    await screenshot(page, 'widget');
  });

  test('storefront: a product shows what looks like it and is in stock', async () => {
    cpSync(STOREFRONT, path.join(shop.process.folder, 'public/shop'), { recursive: true });
    const visitor = await (await shop.admin.browser.newContext()).newPage();
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
    await shop.inGerman('/plugins/similar', async (other) => {
      await other.getByText('Einträge und Bilder, die sich ähnlich sehen').waitFor();
      await screenshot(other, 'page-german-dark');
      for (const name of ['Duplikate', 'Entscheidungen', 'Index']) {
        await other.getByRole('tab', { name }).click();
        await other.getByRole('tabpanel', { name }).getByText(/Lädt/).waitFor({ state: 'detached' });
        await noBarriers(other);
        await screenshot(other, `page-german-dark-${name}`);
      }
    });
  });
});
