import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { barriers } from '../helpers/barriers';
import { noBrowser, screenshot } from '../helpers/browser';
import { fillShop, type ShopProduct } from '../helpers/catalogue';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { until } from '../helpers/until';

const PRODUCTS = '/content-manager/collection-types/api::product.product';
const CATEGORIES = '/content-manager/collection-types/api::category.category';

describe('proposals in the side panel, in a browser', { skip: noBrowser }, () => {
  let shop: OpenShop<ShopProduct[]>;
  let page: Page;
  /** Three of one family: the first two have a category, and the first one's picture has texts. */
  let family: ShopProduct[];
  let category: string;

  before(async () => {
    shop = await openShop((client) => fillShop(client, 3));
    family = shop.filled.filter((product) => product.family === shop.filled[0].family);
    const { client } = shop;
    const created = await client.admin('POST', CATEGORIES, { name: family[0].family });
    category = created.body.data.documentId;
    const connect = { connect: [{ documentId: category }] };
    for (const { documentId } of family.slice(0, 2)) {
      const { status } = await client.admin('PUT', `${PRODUCTS}/${documentId}`, { category: connect });
      assert.equal(status, 200);
    }
    await say(family[0], { alternativeText: 'One on a plain ground' });
    page = await shop.admin.open();
  });
  after(() => shop?.close());

  async function say({ picture }: ShopProduct, texts: object): Promise<void> {
    const form = new FormData();
    form.append('fileInfo', JSON.stringify(texts));
    const headers = { authorization: `Bearer ${shop.client.token}` };
    const answer = await fetch(`${shop.client.url}/upload?id=${picture.id}`, { method: 'POST', headers, body: form });
    assert.equal(answer.status, 200);
  }
  const textOf = async ({ picture }: ShopProduct) =>
    (await shop.client.admin('GET', `/upload/files/${picture.id}`)).body.alternativeText;
  const stored = async (documentId: string) => (await shop.client.admin('GET', `${PRODUCTS}/${documentId}`)).body.data;
  const visitEntry = (documentId: string) => shop.visit(page, `${PRODUCTS}/${documentId}`);
  const proposals = () => page.getByRole('group', { name: 'Proposals from look-alikes' });

  test('a category of look-alikes is taken into the form, and stored when the editor saves', async () => {
    await visitEntry(family[2].documentId);
    await page.getByRole('button', { name: 'Propose values from look-alikes' }).press('Enter');
    const take = page.getByRole('button', { name: `Use “${family[0].family}” for “category”` });
    await take.waitFor();
    await page.getByText(/^2 of 2 look-alikes$/).waitFor();
    await screenshot(page, 'propose-values');
    assert.deepEqual(await barriers(page, '[role=group][aria-label="Proposals from look-alikes"]'), []);
    await take.press('Enter');
    await take.waitFor({ state: 'detached' });
    await until('who uses the keyboard is still there', () =>
      page.evaluate(() => document.activeElement !== document.body),
    );
    await page.getByText('category (1)').waitFor();
    assert.equal((await stored(family[2].documentId)).category.count, 0, 'not before it is saved');
    await page.getByRole('button', { name: 'Save' }).click();
    await until('it is stored', async () => (await stored(family[2].documentId)).category.count === 1);
  });

  test('an alternative text of a look-alike is changed, and saved in the media library', async () => {
    await visitEntry(family[2].documentId);
    await page.getByRole('button', { name: 'Propose values from look-alikes' }).click();
    const open = proposals().getByRole('button', { name: `Review the texts for ${family[2].picture.name}…` });
    await open.click();
    const dialog = page.getByRole('dialog');
    const field = dialog.getByRole('textbox', { name: 'Alternative text' });
    assert.equal(await field.inputValue(), 'One on a plain ground');
    await screenshot(page, 'propose-text');
    assert.deepEqual(await barriers(page, '[role=dialog]'), []);
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();
    assert.equal(await textOf(family[2]), null, 'looking at it writes nothing');
    await open.click();
    await field.fill('Another one');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Look-alikes have nothing to propose.').waitFor();
    assert.equal(await textOf(family[2]), 'Another one');
  });

  test('an entry without a picture is offered some that would fit', async () => {
    const created = await shop.client.admin('POST', PRODUCTS, {
      name: 'New',
      category: { connect: [{ documentId: category }] },
    });
    await visitEntry(created.body.data.documentId);
    const offered = page.getByRole('list', { name: 'Pictures that would fit' });
    await offered.getByRole('listitem').first().waitFor();
    await screenshot(page, 'propose-pictures');
    assert.deepEqual(await barriers(page, 'ul[aria-label="Pictures that would fit"]'), []);
    const use = offered.getByRole('button').first();
    const name = await use.getAttribute('aria-label');
    assert.match(name ?? '', /^Use .+ as “images”$/);
    await use.click();
    await page.getByRole('list', { name: 'Similar items' }).waitFor();
    assert.equal((await stored(created.body.data.documentId)).images?.length ?? 0, 0, 'not before it is saved');
    await page.getByRole('button', { name: 'Save' }).click();
    await until('it is stored', async () => (await stored(created.body.data.documentId)).images?.length === 1);
  });

  test('in German and dark', async () => {
    await shop.inGerman(`${PRODUCTS}/${family[1].documentId}`, async (german) => {
      await german.getByRole('button', { name: 'Werte von Ähnlichem vorschlagen' }).click();
      await german.getByRole('group', { name: 'Vorschläge von Ähnlichem' }).waitFor();
      await german.getByText(/^Alternativtext: /).waitFor();
      await screenshot(german, 'propose-de-dark');
      assert.deepEqual(await barriers(german, '[role=group][aria-label="Vorschläge von Ähnlichem"]'), []);
    });
  });
});
