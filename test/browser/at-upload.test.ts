import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { barriers } from '../helpers/barriers';
import { noBrowser, screenshot } from '../helpers/browser';
import { allIndexed } from '../helpers/catalogue';
import { editorWith } from '../helpers/editor';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { picture, texture } from '../helpers/pictures';
import type { StrapiClient, UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const PRODUCT = 'api::product.product';
const ENTRIES = `/content-manager/collection-types/${PRODUCT}`;
describe('what the admin says at an upload', { skip: noBrowser }, () => {
  let shop: OpenShop<UploadedFile>;
  let known: UploadedFile;
  let bytes: Buffer;

  async function fill(client: StrapiClient): Promise<UploadedFile> {
    bytes = await texture(3);
    const [file] = await client.upload([{ name: 'known.jpg', bytes }]);
    for (const name of ['Chair', 'Table', 'Lamp', 'Shelf']) {
      await client.admin('POST', ENTRIES, { name, images: [file.id] });
    }
    await client.upload([{ name: 'other.jpg', bytes: await picture('stripes', '#08f') }]);
    return file;
  }

  before(async () => {
    shop = await openShop(fill);
    known = shop.filled;
  });
  after(() => shop?.close());

  const notices = (page: Page) => page.getByRole('region', { name: 'Uploaded pictures that were there already' });
  const cards = (page: Page) => notices(page).locator('> div > ul > li');
  const jpeg = (name: string, buffer = bytes) => ({ name, mimeType: 'image/jpeg', buffer });

  /** Through the dialog of the first media field. */
  async function uploadInto(page: Page, name: string): Promise<void> {
    const field = page.getByRole('button', { name: /Click to add an asset/ }).first();
    const more = page.getByRole('button', { name: 'Add more assets' });
    // Once in a while a dialog that is none of ours lies over the form that has just been opened, or over this one; Escape closes it.
    await until('pictures can be uploaded into the media field', async () => {
      try {
        if (!(await more.isVisible())) await field.click({ timeout: 5_000 });
        await more.click({ timeout: 5_000 });
        return true;
      } catch {
        console.log('covered by', await page.getByRole('dialog').or(page.getByRole('alertdialog')).allInnerTexts());
        await screenshot(page, 'at-upload-covered');
        await page.keyboard.press('Escape');
        return false;
      }
    });
    await page.locator('input[type=file]').last().setInputFiles(jpeg(name));
    await page.getByRole('button', { name: 'Upload 1 asset to the library' }).click();
    await page.getByRole('button', { name: 'Finish' }).click();
  }

  const held = async (uid: string, path: string) =>
    (await shop.client.admin('GET', `/content-manager/${path}/${uid}`)).body;

  test('both pictures, where the old one is used, and the ways on; by keyboard and for screen readers', async () => {
    const page = await shop.admin.open();
    await shop.visit(page, '/plugins/upload');
    const input = page.locator('main input[type=file][multiple]');
    await input.waitFor({ state: 'attached' });
    await input.setInputFiles(jpeg('again.jpg'));
    const card = cards(page).first();
    await card.getByText('again.jpg is already in the media library: known.jpg is the same file.').waitFor();
    assert.equal(await card.locator('img').count(), 2);
    const usages = card.getByRole('list', { name: 'Used in' }).getByRole('link');
    assert.deepEqual(await usages.allInnerTexts(), ['Chair', 'Table', 'Lamp']);
    await card.getByText('and 1 more entry').waitFor();
    assert.match(
      `${await usages.first().getAttribute('href')}`,
      /collection-types\/api::product\.product\/.*locale\]=en$/,
    );
    assert.equal(await card.getByRole('button', { name: 'Use the existing one' }).count(), 0, 'no form is open');
    const spoken = page.locator('[role=status][aria-live=polite]').filter({ hasText: 'again.jpg is already' });
    assert.equal(await spoken.count(), 1);
    assert.deepEqual(await barriers(page, 'section[aria-label="Uploaded pictures that were there already"]'), []);
    await screenshot(page, 'at-upload');

    // The menu makes its icon anew when the address changes: the notice stays, with the focus.
    const explore = card.getByRole('link', { name: 'See similar pictures: known.jpg' });
    await explore.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Similar items' }).getByText('again.jpg', { exact: true }).waitFor();
    await explore.and(page.locator(':focus')).waitFor();
    await card.getByRole('button', { name: 'Close: again.jpg' }).press('Enter');
    await notices(page).waitFor({ state: 'detached' });
    await page.locator('main:focus').waitFor();
    await page.context().close();
  });

  test('before it is known whether notices are wanted; three at once, and the rest in one line', async () => {
    const page = await shop.admin.open();
    let answerTypes = () => {};
    const early = new Promise<void>((resolve) => {
      answerTypes = resolve;
    });
    await page.route('**/similar/types', async (route) => {
      await early;
      await route.continue();
    });
    await shop.visit(page, '/plugins/upload');
    const input = page.locator('main input[type=file][multiple]');
    await input.waitFor({ state: 'attached' });
    const stored = page.waitForResponse((response) => response.url().endsWith('/upload/files'));
    await input.setInputFiles(jpeg('early.jpg'));
    await stored;
    answerTypes();
    await cards(page)
      .first()
      .getByText(/^early\.jpg is already in the media library/)
      .waitFor();
    await notices(page).getByRole('button', { name: 'Close: early.jpg' }).click();
    await notices(page).waitFor({ state: 'detached' });

    await input.setInputFiles(['a', 'b', 'c', 'd', 'e'].map((name) => jpeg(`${name}.jpg`)));
    await notices(page).getByText('2 more pictures were there already.').waitFor();
    assert.equal(await cards(page).count(), 3);
    await screenshot(page, 'at-upload-many');
    await cards(page)
      .first()
      .getByRole('button', { name: /^Close: / })
      .click();
    await notices(page).getByText('1 more picture was there already.').waitFor();
    assert.equal(await page.url().includes('/plugins/upload'), true, 'a click is none on the menu');
    await notices(page).getByRole('button', { name: 'Close all' }).click();
    await notices(page).waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('the field takes the existing picture, and the new one is deleted', async () => {
    const page = await shop.admin.open();
    await shop.visit(page, `${ENTRIES}/create`);
    await page.getByRole('textbox', { name: /^name/ }).fill('Stool');
    await uploadInto(page, 'stool.jpg');
    const card = cards(page).first();
    const use = card.getByRole('button', { name: 'Use the existing one' });
    await use.waitFor();
    await screenshot(page, 'at-upload-form');
    await use.press('Enter');
    await card.getByText('known.jpg is in the field now. It is stored when you save the entry.').waitFor();
    assert.equal(await use.count(), 0);
    assert.equal(await page.evaluate('document.activeElement.closest("section") !== null'), true, 'focus stays there');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved document').waitFor();
    const { results } = await held(PRODUCT, 'collection-types');
    const stool = results.find(({ name }: { name: string }) => name === 'Stool');
    assert.ok(stool, JSON.stringify(results.map(({ name }: { name: string }) => name)));
    const { data } = await held(`${PRODUCT}/${stool.documentId}`, 'collection-types');
    assert.deepEqual(
      data.images.map(({ id, name }: UploadedFile) => [id, name]),
      [[known.id, known.name]],
      'the existing picture, and no other',
    );

    await card.getByRole('button', { name: 'Delete the new one' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('Delete stool.jpg?').waitFor();
    assert.equal(await dialog.getByRole('alert').count(), 0, 'nothing loses it');
    await screenshot(page, 'at-upload-delete');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await notices(page).waitFor({ state: 'detached' });
    const files = (await shop.client.admin('GET', '/upload/files?pageSize=100')).body.results;
    const names = files.map(({ name }: UploadedFile) => name);
    assert.ok(!names.includes('stool.jpg') && names.includes('known.jpg'), names.join());
    await page.context().close();
  });

  test('a gallery that has the existing one loses the new one; what would lose it is said; in German', async () => {
    const [file] = await shop.client.upload([{ name: 'held.jpg', bytes }]);
    await allIndexed(shop.client);
    const { body } = await shop.client.admin('POST', ENTRIES, { name: 'Sofa', images: [file.id, known.id] });
    const path = `${ENTRIES}/${body.data.documentId}`;
    await shop.inGerman(path, async (page) => {
      await page.getByRole('textbox', { name: /^name/ }).waitFor();
      // It was uploaded before this page was opened.
      await page.route('**/similar/notices?*', (route) =>
        route.continue({
          url: route
            .request()
            .url()
            .replace(/within=\d+/, 'within=3600'),
        }),
      );
      await page.evaluate(`fetch('/upload', { method: 'POST' })`);
      const told = page.getByRole('region', { name: 'Hochgeladene Bilder, die schon da waren' });
      const card = told.getByRole('listitem').filter({ hasText: 'held.jpg' }).first();
      const use = card.getByRole('button', { name: 'Vorhandenes verwenden' });
      await use.waitFor();
      await screenshot(page, 'at-upload-german-dark');
      assert.deepEqual(await barriers(page, 'section[aria-label="Hochgeladene Bilder, die schon da waren"]'), []);
      await use.click();
      await card.getByText('Im Feld ist jetzt known.jpg. Es wird mit dem Eintrag gespeichert.').waitFor();
      await card.getByRole('button', { name: 'Neues löschen' }).click();
      await page
        .getByRole('alertdialog')
        .getByText(/verliert das Bild: Sofa/)
        .waitFor();
      await screenshot(page, 'at-upload-german-delete');
      await page.getByRole('button', { name: 'Abbrechen' }).click();
      await page.getByRole('button', { name: 'Speichern', exact: true }).click();
      await until('the gallery holds the old one only', async () => {
        const { images } = (await shop.client.admin('GET', path)).body.data;
        return String(images.map(({ id }: UploadedFile) => id)) === String([known.id]);
      });
    });
  });

  test('a role without the media library is not told, and the server is asked once', async () => {
    const actions = ['plugin::similar.read', 'plugin::upload.assets.create'];
    const editor = await editorWith(shop.client, [
      ...actions,
      'plugin::content-manager.explorer.read',
      'plugin::content-manager.explorer.create',
    ]);
    const page = await shop.admin.open({}, editor);
    let asked = 0;
    page.on('response', (response) => {
      if (response.url().includes('/similar/notices')) asked++;
    });
    await shop.visit(page, `${ENTRIES}/create`);
    await page.getByRole('textbox', { name: /^name/ }).waitFor();
    await page.clock.install();
    await page.evaluate(`fetch('/upload', { method: 'POST' })`);
    await until('the server was asked', async () => {
      await page.clock.fastForward(1_000);
      return asked > 0;
    });
    for (let second = 0; second < 10; second++) await page.clock.fastForward(2_000);
    assert.equal(asked, 1, 'one refusal is enough');
    await page.context().close();
  });

  test('who may not delete files is not offered to', async () => {
    const may = ['similar.read', 'upload.read', 'upload.assets.create'].map((name) => `plugin::${name}`);
    const entries = ['read', 'create', 'update'].map((name) => `plugin::content-manager.explorer.${name}`);
    const page = await shop.admin.open({}, await editorWith(shop.client, [...may, ...entries]));
    await shop.visit(page, `${ENTRIES}/create`);
    await page.getByRole('textbox', { name: /^name/ }).fill('Bench');
    await uploadInto(page, 'bench.jpg');
    const card = cards(page).first();
    await card.getByRole('button', { name: 'Use the existing one' }).click();
    await card.getByText(/is in the field now/).waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved document').waitFor();
    assert.equal(await card.getByRole('button', { name: 'Delete the new one' }).count(), 0);
    await page.context().close();
  });

  test('turned off: no request, no notice', async () => {
    const page = await shop.admin.open();
    await shop.visit(page, '/settings/similar');
    const option = page.getByRole('checkbox', { name: 'Point out pictures that are already there' });
    await option.click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await option.scrollIntoViewIfNeeded();
    await screenshot(page, 'at-upload-setting');

    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/similar/notices')) asked.push(request.url());
    });
    async function upload(name: string): Promise<void> {
      await shop.visit(page, '/plugins/upload');
      const input = page.locator('main input[type=file][multiple]');
      await input.waitFor({ state: 'attached' });
      const answered = page.waitForResponse((response) => response.url().endsWith('/upload/files'));
      await input.setInputFiles(jpeg(name));
      await answered;
    }
    await upload('unsaid.jpg');
    // Whoever was told before that notices are wanted asks. By then the page above would have asked, too.
    const other = await page.context().newPage();
    await other.route('**/similar/types', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), notices: true } });
    });
    await shop.visit(other, '/plugins/upload');
    const input = other.locator('main input[type=file][multiple]');
    await input.waitFor({ state: 'attached' });
    const answer = other.waitForResponse((response) => response.url().includes('/similar/notices'));
    await input.setInputFiles(jpeg('unsaid-too.jpg'));
    assert.deepEqual(await (await answer).json(), { notices: [], pending: 0 });
    assert.deepEqual(asked, []);
    await page.context().close();
  });
});
