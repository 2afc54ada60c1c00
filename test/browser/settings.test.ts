import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { barriers } from '../helpers/barriers';
import { noBrowser, screenshot } from '../helpers/browser';
import { fillShop, type ShopProduct } from '../helpers/catalogue';
import { editorWith } from '../helpers/editor';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { picture } from '../helpers/pictures';
import type { StrapiClient } from '../helpers/strapi-client';
import { until } from '../helpers/until';
import { startReceiver } from '../helpers/webhook-receiver';

describe('settings in a browser', { skip: noBrowser }, () => {
  let shop: OpenShop<ShopProduct[]>;
  let products: ShopProduct[];
  let page: Page;

  before(async () => {
    const twin = await picture('disc', '#0a0');
    async function fill(client: StrapiClient): Promise<ShopProduct[]> {
      const filled = await fillShop(client, 3);
      for (const name of ['twin-a.jpg', 'twin-b.jpg']) await client.upload([{ name, bytes: twin }]);
      return filled;
    }
    shop = await openShop(fill, { config: { thresholds: { similar: 0.5 } } });
    products = shop.filled;
    page = await shop.admin.open();
  });
  after(() => shop?.close());

  const visit = (path: string) => shop.visit(page, path);
  const section = (name: string) => page.getByRole('region', { name });
  const header = () => page.getByRole('textbox', { name: 'Cache-Control header' });
  const save = () => page.getByRole('button', { name: 'Save', exact: true });
  const ask = () => shop.client.api(`/api/similar/${products[0].documentId}`);
  const cacheControl = async () => (await ask()).headers.get('cache-control');

  async function open(): Promise<void> {
    await visit('/settings/similar');
    await section('Content types').waitFor();
  }

  test('a change is saved and holds', async () => {
    await open();
    assert.equal(await save().isDisabled(), true);
    await header().fill('public, max-age=30');
    await save().click();
    await page.getByText('Saved', { exact: true }).waitFor();
    assert.equal(await cacheControl(), 'public, max-age=30');
    await page.reload();
    await section('Caching').getByRole('button', { name: 'Reset to default: Cache-Control header' }).click();
    assert.equal(await header().inputValue(), 'private, no-cache');
    await save().click();
    await until('the default holds again', async () => (await cacheControl()) === 'private, no-cache');
  });

  test('what is wrong is said at its field, and nothing is lost', async () => {
    await open();
    await header().fill('');
    await save().click();
    await section('Caching')
      .getByText(/api\.cacheControl/)
      .waitFor();
    assert.equal(await header().inputValue(), '');
    assert.equal(await cacheControl(), 'private, no-cache');
    await header().fill('private, no-cache');
  });

  test('leaving with unsaved changes asks first', async () => {
    await open();
    await header().fill('no-store');
    await page.getByRole('link', { name: 'Home' }).first().click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText(/modifications will be lost/).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await header().inputValue(), 'no-store');
  });

  test('content types by keyboard: one that is left out is found no more', async () => {
    await open();
    assert.equal((await ask()).status, 200);
    await section('Content types').getByRole('radio', { name: 'All types with pictures' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('radio', { name: 'Only these' }).and(page.locator(':focus')).waitFor();
    // On a busy machine the arrow only moves there.
    await page.keyboard.press('Space');
    const product = section('Content types').getByRole('checkbox', { name: 'Product' });
    await product.focus();
    await page.keyboard.press('Space');
    assert.equal(await product.isChecked(), false);
    await save().focus();
    await page.keyboard.press('Enter');
    await until('products do not count any more', async () => (await ask()).status === 404);
    await section('Content types')
      .getByRole('button', { name: /^Reset to default/ })
      .click();
    await save().click();
    await until('products count again', async () => (await ask()).status === 200);
  });

  test('thresholds: a preview of the library’s own pictures follows; what the file sets is read-only, with its source', async () => {
    await open();
    const near = page.getByRole('group', { name: 'Near-duplicate' });
    const above = near.getByRole('list', { name: 'Just similar enough' }).getByRole('listitem');
    const below = near.getByRole('list', { name: 'Just not similar enough' }).getByRole('listitem');
    await above.first().waitFor();
    await below.first().waitFor();
    const cosines = async (items: typeof above) => (await items.allInnerTexts()).map(Number);
    const sides = async (least: number) => {
      const [high, low] = [await cosines(above), await cosines(below)];
      return high.length > 0 && low.length > 0 && Math.min(...high) >= least && Math.max(...low) < least;
    };
    await until('pairs on both sides of 0.9', () => sides(0.9));
    await near.getByRole('slider').focus();
    for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowLeft');
    assert.equal(await near.getByRole('slider').inputValue(), '0.85');
    await until('pairs on both sides of 0.85', async () => (await sides(0.85)) && !(await sides(0.9)));
    const similar = page.getByRole('group', { name: 'Similar', exact: true });
    assert.equal(await similar.getByRole('slider').isDisabled(), true);
    await similar.getByText('Set in config/plugins').waitFor();
    await screenshot(page, 'settings');
  });

  test('the fallback is chosen from what the type has', async () => {
    await open();
    await page.getByLabel('Product: others, sorted by').click();
    await page.getByRole('option', { name: 'price, descending' }).click();
    await page.getByLabel('Product: only those with the same').click();
    await page.getByRole('option', { name: 'category' }).click();
    await page.getByLabel('Product: only those with the same').scrollIntoViewIfNeeded();
    await screenshot(page, 'settings-fallback');
    await save().click();
    await page.getByText('Saved', { exact: true }).waitFor();
    const { body } = await shop.client.admin('GET', '/similar/settings');
    const { value, source } = body.settings.fallback;
    assert.deepEqual(value, { 'api::product.product': { same: 'category', sort: 'price:desc' } });
    assert.equal(source, 'settings');
  });

  test('relate: the relation that the side panel fills is chosen, and holds in the panel', async () => {
    const actions = async () => {
      await visit(`/content-manager/collection-types/api::product.product/${products[0].documentId}`);
      await page
        .getByRole('button', { name: /^Actions for/ })
        .first()
        .click();
      await page.getByRole('menuitem', { name: 'Pin to position 1' }).waitFor();
      return page.getByRole('menuitem').allInnerTexts();
    };
    await open();
    const choice = page.getByLabel('Product: add to');
    assert.equal((await choice.textContent())?.trim(), 'Default: related');
    await choice.click();
    await page.getByRole('option', { name: 'No relation' }).click();
    await save().click();
    await page.getByText('Saved', { exact: true }).waitFor();
    assert.ok(!(await actions()).join().includes('Add to'));
    await open();
    await section('Adding to entries').scrollIntoViewIfNeeded();
    await screenshot(page, 'settings-relate');
    await choice.click();
    await page.getByRole('option', { name: 'related', exact: true }).click();
    await save().click();
    await page.getByText('Saved', { exact: true }).waitFor();
    assert.ok((await actions()).includes('Add to “related”'));
  });

  test('webhook and boost: a secret is kept and not shown again', async () => {
    await open();
    const webhook = section('Webhook');
    await webhook.getByRole('textbox', { name: 'URL' }).fill('shop');
    await save().click();
    await webhook.getByText(/for webhook\.url/).waitFor();
    await webhook.getByRole('textbox', { name: 'URL' }).fill('https://shop.example/hook');
    await webhook.getByLabel('Secret', { exact: true }).fill('of-the-shop');
    await webhook.getByRole('textbox', { name: 'Headers' }).fill('Authorization: Bearer one\nX-Shop: two');
    await webhook.getByRole('checkbox', { name: 'Pictures too' }).click();
    await page.getByLabel('Product: boosted by').click();
    await page.getByRole('option', { name: 'stock' }).click();
    await save().click();
    await webhook.getByText(/A secret is set; it is not shown/).waitFor();
    await webhook.getByText(/Set: Authorization, X-Shop; their values are not shown/).waitFor();
    assert.equal(await webhook.getByLabel('Secret', { exact: true }).inputValue(), '');
    await screenshot(page, 'settings-webhook');
    const { settings } = (await shop.client.admin('GET', '/similar/settings')).body;
    assert.equal(settings['webhook.url'].value, 'https://shop.example/hook');
    assert.equal(settings['webhook.files'].value, true);
    assert.deepEqual(settings['ranking.boost'].value, {
      'api::product.product': { field: 'stock', weight: 0.05, halfAt: 10 },
    });
    await webhook.getByRole('button', { name: 'Reset to default: URL' }).click();
    await save().click();
    await webhook.getByRole('button', { name: 'Reset to default: URL' }).waitFor({ state: 'detached' });
  });

  test('webhook: a test is sent to the saved address, and what came of it is said beside the button', async () => {
    const receiver = await startReceiver();
    try {
      await open();
      const webhook = section('Webhook');
      const send = webhook.getByRole('button', { name: 'Send a test' });
      assert.equal(await send.isDisabled(), true, 'no address');
      await webhook.getByRole('textbox', { name: 'URL' }).fill(receiver.url);
      await webhook.getByText('The test uses the saved settings: save first.').waitFor();
      assert.equal(await send.isDisabled(), true, 'not saved yet');
      await save().click();
      await until('it is saved', () => send.isEnabled());
      await send.focus();
      await page.keyboard.press('Enter');
      await webhook.getByText('Delivered: the receiver answered 200.').waitFor();
      assert.equal(receiver.calls.length, 1);
      assert.equal(receiver.calls[0].body.test, true);
      await screenshot(page, 'settings-webhook-test');
      assert.deepEqual(await barriers(page, 'section[aria-label="Webhook"]'), []);
      receiver.answers = 503;
      await send.click();
      await webhook.getByText('Not accepted: the receiver answered 503.').waitFor();
      receiver.close();
      await send.click();
      await webhook.getByText(/^Not delivered: .*ECONNREFUSED/).waitFor();
    } finally {
      receiver.close();
      const { revision } = (await shop.client.admin('GET', '/similar/settings')).body;
      await shop.client.admin('PUT', '/similar/settings', { revision, changes: { 'webhook.url': null } });
    }
  });

  test('a file goes out and comes back: by keyboard, after a look at what it would do', async () => {
    const [one, other] = products;
    const hide = { kind: 'hide', type: 'api::product.product', target: one.documentId };
    await shop.client.admin('POST', '/similar/rules', hide);
    await open();
    const carry = section('Between environments');
    await header().fill('no-store');
    await carry.getByText('Save your changes first.').waitFor();
    assert.equal(await carry.getByRole('button', { name: 'Import…' }).isDisabled(), true);
    await save().click();
    await page.getByText('Saved', { exact: true }).waitFor();
    const downloading = page.waitForEvent('download');
    await carry.getByRole('button', { name: 'Export' }).focus();
    await page.keyboard.press('Enter');
    const download = await downloading;
    assert.equal(download.suggestedFilename(), 'similar-decisions.json');
    const file = JSON.parse(readFileSync(await download.path(), 'utf8'));
    assert.equal(file.settings['api.cacheControl'], 'no-store');
    assert.equal(file.rules.length, 1);

    await shop.client.admin('POST', '/similar/rules/remove', hide);
    await shop.client.admin('POST', '/similar/rules', { ...hide, target: other.documentId });
    file.settings['api.cacheControl'] = 'public, max-age=60';
    file.rules.push({ kind: 'hide', target: { type: hide.type, documentId: 'elsewhere' } });
    const importButton = carry.getByRole('button', { name: 'Import…' });
    const dialog = page.getByRole('dialog', { name: 'Import settings and decisions' });
    const start = dialog.getByRole('button', { name: 'Import', exact: true });
    const choose = async (content: string) => {
      const choosing = page.waitForEvent('filechooser');
      await dialog.getByRole('button', { name: /^Choose/ }).focus();
      await page.keyboard.press('Enter');
      await (await choosing).setFiles({
        name: 'similar.json',
        mimeType: 'application/json',
        buffer: Buffer.from(content),
      });
    };
    await importButton.focus();
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    assert.equal(await start.isDisabled(), true, 'no file yet');
    await choose('{"format": 1}');
    await dialog
      .getByRole('alert')
      .filter({ hasText: 'This file cannot be imported, and nothing was changed.' })
      .waitFor();
    await screenshot(page, 'settings-import-refused');
    await choose(JSON.stringify(file));
    await dialog.getByText('This is what the import would do. Nothing has been changed yet.').waitFor();
    assert.equal(await dialog.getByRole('alert').count(), 0);
    const cells = async (part: string) =>
      (
        await dialog
          .getByRole('row', { name: new RegExp(`^${part}`) })
          .getByRole('gridcell')
          .allInnerTexts()
      ).slice(1);
    // Others are there already: earlier tests have set them.
    assert.deepEqual((await cells('Settings')).slice(0, 3), ['0', '1', '0']);
    assert.deepEqual(await cells('Pins and hides'), ['1', '0', '0', '0', '1']);
    const left = dialog.getByRole('list', { name: 'Would be skipped, and why' });
    await left
      .getByText('“Product with the ID elsewhere” hidden everywhere – there is no entry', { exact: false })
      .waitFor();
    await dialog.getByRole('checkbox', { name: 'Replace what is here' }).focus();
    await page.keyboard.press('Space');
    const goes = dialog.getByRole('list', { name: 'Would be removed' });
    await goes.getByText(`“${other.name}” hidden everywhere`, { exact: true }).waitFor();
    assert.equal(await cacheControl(), 'no-store', 'nothing has changed yet');
    await screenshot(page, 'settings-import');
    assert.deepEqual(await barriers(page, '[role=dialog]'), []);
    await start.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Imported: 1 added, 1 changed, ', { exact: false }).waitFor();
    await dialog.waitFor({ state: 'detached' });
    await until('the page shows what was imported', async () => (await header().inputValue()) === 'public, max-age=60');
    await until('the focus is back', () => importButton.evaluate((button) => button === document.activeElement));
    assert.equal(await cacheControl(), 'public, max-age=60');
    assert.deepEqual(await barriers(page, 'section[aria-label="Between environments"]'), []);
    const { rules } = (await shop.client.admin('GET', '/similar/decisions/file')).body;
    assert.deepEqual(
      rules.map(({ target }: { target: { documentId: string } }) => target.documentId),
      [one.documentId],
    );
    const empty = { format: 'similar-decisions', version: 1, rules: [], settings: {} };
    await importButton.click();
    await choose(JSON.stringify(empty));
    await dialog.getByText('There is nothing to import.').waitFor();
    assert.equal(await start.isDisabled(), true);
    await page.keyboard.press('Escape');
    await shop.client.admin('POST', '/similar/rules/remove', hide);
    const { revision } = (await shop.client.admin('GET', '/similar/settings')).body;
    await shop.client.admin('PUT', '/similar/settings', { revision, changes: { 'api.cacheControl': null } });
  });

  test('home: the newest duplicates lead to the duplicates', async () => {
    await visit('/');
    const groups = page.getByRole('list', { name: 'Newest duplicates' }).getByRole('listitem');
    await groups.first().getByText('twin-a.jpg').waitFor();
    assert.equal(await groups.first().locator('img').count(), 2);
    await groups.first().scrollIntoViewIfNeeded();
    await screenshot(page, 'widget-duplicates');
    await groups.first().getByRole('link').click();
    await page.getByRole('tab', { name: 'Duplicates', selected: true }).waitFor();
    await page.getByRole('region', { name: 'Similar pictures' }).filter({ hasText: 'twin-a.jpg' }).waitFor();
  });

  test('German, in the dark', async () => {
    await shop.inGerman('/settings/similar', async (other) => {
      await other.getByRole('group', { name: 'Fast identisch' }).getByRole('listitem').first().waitFor();
      await other.getByText('Festgelegt in config/plugins').waitFor();
      await screenshot(other, 'settings-german-dark');
      await other.getByRole('button', { name: 'Importieren …' }).click();
      const dialog = other.getByRole('dialog', { name: 'Einstellungen und Entscheidungen importieren' });
      await dialog.locator('input[type=file]').setInputFiles({
        name: 'similar.json',
        mimeType: 'application/json',
        buffer: Buffer.from('{}'),
      });
      await dialog
        .getByRole('alert')
        .filter({ hasText: /^Diese Datei lässt sich nicht importieren/ })
        .waitFor();
      await screenshot(other, 'settings-import-german-dark');
      assert.deepEqual(await barriers(other, '[role=dialog]'), []);
    });
  });

  test('hidden from those who may not manage', async () => {
    // The other one so that there is a settings menu at all.
    const reader = await editorWith(shop.client, ['plugin::similar.read', 'admin::webhooks.read']);
    const own = await shop.admin.open({}, reader);
    await shop.visit(own, '/settings');
    const menu = own.getByRole('navigation').last();
    await menu.getByRole('link', { name: 'Webhooks' }).waitFor();
    assert.equal(await own.locator('a[href="/admin/settings/similar"]').count(), 0);
    await shop.visit(own, '/settings/similar');
    await own
      .getByText(/permission/i)
      .first()
      .waitFor();
    assert.equal(await own.getByRole('textbox', { name: 'Cache-Control header' }).count(), 0);
    await own.context().close();
  });

  test('relate is read-only where the file sets it', async () => {
    await page.goto('about:blank');
    await shop.process.kill('SIGTERM');
    await shop.process.restart({ relate: { 'api::product.product': false } });
    await open();
    const relate = section('Adding to entries');
    await relate.getByText('Set in config/plugins').waitFor();
    const choice = relate.getByRole('combobox');
    assert.equal(await choice.isDisabled(), true);
    assert.equal((await choice.textContent())?.trim(), 'No relation');
  });
});
