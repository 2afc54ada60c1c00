import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { barriers } from '../helpers/barriers';
import { noBrowser, screenshot } from '../helpers/browser';
import { allIndexed } from '../helpers/catalogue';
import { editorWith } from '../helpers/editor';
import { mergeClient, shownAsDuplicates } from '../helpers/merge-shop';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { texture } from '../helpers/pictures';
import type { StrapiClient, UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const ENTRIES = '/content-manager/collection-types/api::product.product';
const PAGE = '/plugins/similar?tab=duplicates';

/** A picture, and two smaller copies that a product shows. */
async function fill(client: StrapiClient) {
  const sets: UploadedFile[][] = [];
  for (const [at, name] of ['anchor', 'bridge', 'castle'].entries()) {
    const whole = await texture(20 + 3 * at);
    const { width = 0 } = await sharp(whole).metadata();
    const small = await sharp(whole)
      .resize(Math.round(width * 0.75))
      .jpeg()
      .toBuffer();
    sets.push(
      await client.upload([
        { name: `${name}-small.jpg`, bytes: small },
        { name: `${name}-large.jpg`, bytes: whole },
        { name: `${name}-again.jpg`, bytes: small },
      ]),
    );
  }
  for (const [small] of sets) {
    const name = `Shows ${small.name}`;
    const { body } = await client.admin('POST', ENTRIES, { name, images: [small.id], description: `See ${small.url}` });
    const { status } = await client.admin('POST', `${ENTRIES}/${body.data.documentId}/actions/publish`, {
      ...{ name, images: [small.id], description: `See ${small.url}` },
    });
    assert.equal(status, 200);
  }
  return sets;
}

describe('duplicates are merged in a browser', { skip: noBrowser }, () => {
  let shop: OpenShop<UploadedFile[][]>;
  let page: Page;

  before(async () => {
    shop = await openShop(fill);
    for (const [small, large, again] of shop.filled) {
      await shownAsDuplicates(shop.client, large.id, [small.id, again.id]);
    }
    page = await shop.admin.open();
  });
  after(() => shop?.close());

  const group = (name: string, of = page) =>
    of.getByRole('region', { name: /Similar pictures|Ähnliche Bilder/ }).filter({ hasText: `${name}-large.jpg` });
  const dialog = (of = page) => of.getByRole('dialog');
  const imagesOf = async (name: string): Promise<number[]> => {
    const { body } = await shop.client.admin('GET', `${ENTRIES}?_q=${name}`);
    return body.results[0].images.map(({ id }: { id: number }) => id);
  };
  const hasFocus = () =>
    until('who uses the keyboard is still there', () =>
      page.evaluate(() => document.activeElement !== document.body && document.activeElement !== null),
    );
  const noBarriers = async (of: Page, within: string) => assert.deepEqual(await barriers(of, within), []);

  test('the best is kept, the plan is shown, what is out of date is planned anew; and the way back', async () => {
    const [small, large, again] = shop.filled[0];
    await shop.visit(page, PAGE);
    await group('anchor').getByRole('button', { name: 'Merge…' }).press('Enter');
    const keep = (name: string) => dialog().getByRole('radio', { name: `Keep: anchor-${name}.jpg` });
    await keep('large').waitFor();
    assert.equal(await keep('large').isChecked(), true);
    await dialog().getByText('Best: most pixels').waitFor();
    await dialog().getByText('4 places in 1 entry change.').waitFor();
    assert.equal(await dialog().getByRole('row').count(), 5);
    await dialog()
      .getByRole('row')
      .filter({ hasText: 'Published' })
      .filter({ hasText: 'Address in the text' })
      .waitFor();
    const link = dialog()
      .getByRole('link', { name: /Shows anchor-small/ })
      .first();
    assert.match((await link.getAttribute('href')) ?? '', /api::product.product\/.*locale\]=en/);
    await screenshot(page, 'merge-plan');
    await noBarriers(page, '[role=dialog]');

    // What is open stays when somebody reloads.
    await page.reload();
    await dialog().getByText('4 places in 1 entry change.').waitFor();
    await dialog().getByRole('checkbox', { name: 'Replace: anchor-small.jpg' }).click();
    await dialog().getByText('No entry uses the pictures that go.').waitFor();
    await keep('again').click();
    await dialog().getByRole('checkbox', { name: 'Replace: anchor-large.jpg', checked: true }).waitFor();
    await keep('large').click();
    await dialog().getByRole('checkbox', { name: 'Replace: anchor-small.jpg' }).click();
    await dialog().getByText('4 places in 1 entry change.').waitFor();

    const other = { name: 'Another one', images: [again.id] };
    assert.equal((await shop.client.admin('POST', ENTRIES, other)).status, 201);
    const start = dialog().getByRole('button', { name: 'Merge', exact: true });
    await start.press('Enter');
    await dialog().getByText('Nothing was merged; this is the new plan.').waitFor();
    await dialog().getByText('5 places in 2 entries change.').waitFor();
    await start.press('Enter');
    await dialog().getByText('Merged; 5 places changed.').waitFor();
    await screenshot(page, 'merge-done');
    await noBarriers(page, '[role=dialog]');
    await hasFocus();
    assert.deepEqual(await imagesOf('Another'), [large.id]);
    await dialog().getByRole('button', { name: 'Undo' }).press('Enter');
    await dialog().getByText('Undone', { exact: true }).waitFor();
    assert.deepEqual(await imagesOf('Another'), [again.id]);
    assert.deepEqual(await imagesOf('Shows anchor'), [small.id]);
    await dialog().getByRole('button', { name: 'Close', exact: true }).press('Enter');
    await dialog().waitFor({ state: 'detached' });
    await group('anchor').waitFor();
    await hasFocus();
  });

  test('what was merged leaves the groups and is in the list; its files can go at once, or come back', async () => {
    const [, large, again] = shop.filled[1];
    await shop.visit(page, PAGE);
    await group('bridge').getByRole('button', { name: 'Merge…' }).press('Enter');
    await dialog().getByText('4 places in 1 entry change.').waitFor();
    await dialog().getByRole('button', { name: 'Merge', exact: true }).press('Enter');
    await dialog().getByText('Merged; 4 places changed.').waitFor();
    await dialog().getByRole('button', { name: 'Close', exact: true }).press('Enter');
    await group('bridge').waitFor({ state: 'detached' });
    await hasFocus();

    await page.getByRole('combobox', { name: 'Show' }).click();
    await page.getByRole('option', { name: 'Merged', exact: true }).click();
    await page.reload();
    const row = page.getByRole('row').filter({ hasText: 'bridge-large.jpg' });
    await row.getByText('Merged; 4 places changed.').waitFor();
    await row.getByText('Test Admin').waitFor();
    await page.getByRole('row').filter({ hasText: 'anchor-large.jpg' }).getByText('Undone').waitFor();
    await screenshot(page, 'merges');
    await noBarriers(page, '[role=tabpanel][data-state=active]');

    // Somebody has used the picture elsewhere meanwhile.
    const { body } = await shop.client.admin('GET', `${ENTRIES}?_q=Shows bridge`);
    const [{ documentId, name, description }] = body.results;
    const changed = { name, description, images: [large.id, again.id] };
    assert.equal((await shop.client.admin('PUT', `${ENTRIES}/${documentId}`, changed)).status, 200);
    await row.getByRole('button', { name: 'Undo for bridge-large.jpg' }).press('Enter');
    await row.getByText('1 place was changed since and stays as it is.').waitFor();
    await hasFocus();

    await page.goBack();
    await group('castle').getByRole('button', { name: 'Merge…' }).click();
    await dialog().getByText('4 places in 1 entry change.').waitFor();
    await dialog().getByRole('button', { name: 'Merge', exact: true }).click();
    await dialog().getByText('Merged; 4 places changed.').waitFor();
    await shop.visit(page, `${PAGE}&duplicates.show=merged`);
    const castle = page.getByRole('row').filter({ hasText: 'castle-large.jpg' });
    const finish = castle.getByRole('button', { name: 'Delete the files now: replaced by castle-large.jpg' });
    await finish.click();
    const asked = page.getByRole('alertdialog');
    await asked.getByText('2 replaced files are deleted for good.').waitFor();
    await screenshot(page, 'merges-delete');
    await asked.getByRole('button', { name: 'Cancel' }).click();
    await finish.click();
    await asked.getByRole('button', { name: 'Delete the files now' }).click();
    await castle.getByText('Merged; the files are deleted.').waitFor();
    assert.equal(await castle.getByRole('button').count(), 0);
    await castle.getByText('castle-small.jpg').waitFor();
    const files = await shop.client.admin('GET', '/upload/files?filters[name][$startsWith]=castle');
    assert.equal(files.body.results.length, 1);
  });

  test('what a role may not change blocks the merge, with the reason; who may not delete files is offered none', async () => {
    const reads = ['plugin::similar.read', 'plugin::similar.judge', 'plugin::upload.read'];
    const content = 'plugin::content-manager.explorer';
    const fields = ['name', 'images', 'description'];
    const deletes = 'plugin::upload.assets.update';
    const reader = await editorWith(shop.client, [...reads, deletes, `${content}.read`], fields);
    const other = await shop.admin.open({}, reader);
    await shop.visit(other, PAGE);
    await group('anchor', other).getByRole('button', { name: 'Merge…' }).click();
    await dialog(other).getByText('5 of these places cannot be changed, so the pictures cannot be merged.').waitFor();
    assert.equal(await dialog(other).getByText('Your role may not change this.').count(), 5);
    assert.equal(await dialog(other).getByRole('button', { name: 'Merge', exact: true }).isDisabled(), true);
    await screenshot(other, 'merge-blocked');
    await other.context().close();

    const judge = await editorWith(shop.client, reads, fields);
    const third = await shop.admin.open({}, judge);
    await shop.visit(third, `${PAGE}&duplicates.merge=${shop.filled[0][1].id}`);
    await group('anchor', third).getByRole('button', { name: 'Not duplicates' }).waitFor();
    assert.equal(await third.getByRole('button', { name: 'Merge…' }).count(), 0);
    assert.equal(await dialog(third).count(), 0);
    await third.context().close();
  });

  test('groups of a folder and of a content type; the address keeps both', async () => {
    const { body } = await shop.client.admin('POST', '/upload/folders', { name: 'Old', parent: null });
    const { body: inner } = await shop.client.admin('POST', '/upload/folders', { name: 'Older', parent: body.data.id });
    const choose = async (label: string, option: string) => {
      await page.getByRole('combobox', { name: label }).click();
      await page.getByRole('option', { name: option, exact: true }).click();
    };
    const moved = { fileIds: [shop.filled[0][2].id], destinationFolderId: inner.data.id };
    assert.equal((await shop.client.admin('POST', '/upload/actions/bulk-move', moved)).status, 200);
    await shop.visit(page, PAGE);
    await group('bridge').waitFor();
    await choose('Folder', 'Old / Older');
    await group('bridge').waitFor({ state: 'detached' });
    await group('anchor').waitFor();
    await choose('Folder', 'Old');
    await choose('Used in', 'Product');
    await page.reload();
    await page.getByText('1 group of duplicates').waitFor();
    await group('anchor').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    assert.equal(file.suggestedFilename(), 'duplicates.csv');
    const text = readFileSync(await file.path(), 'utf8');
    assert.match(text, /^\uFEFFgroup,/);
    assert.equal(text.trim().split('\r\n').length, 4, 'the head and one group');
    await screenshot(page, 'duplicates-scope');
    await noBarriers(page, '[role=tabpanel][data-state=active]');
  });

  test('German, in the dark', async () => {
    const [small, large, again] = shop.filled[0];
    const routes = mergeClient(shop.client);
    const { body } = await routes.plan(large.id, [small.id, again.id]);
    assert.equal(body.refused, 0);
    await allIndexed(shop.client);
    await shop.inGerman(`${PAGE}&duplicates.merge=${large.id}`, async (other) => {
      await dialog(other).getByText('5 Stellen in 2 Einträgen ändern sich.').waitFor();
      await screenshot(other, 'merge-plan-german-dark');
      await noBarriers(other, '[role=dialog]');
      await shop.visit(other, `${PAGE}&duplicates.show=merged`);
      await other.getByText('Rückgängig gemacht').first().waitFor();
      await screenshot(other, 'merges-german-dark');
      await noBarriers(other, '[role=tabpanel][data-state=active]');
    });
  });
});
