import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { barriers } from '../helpers/barriers';
import { noBrowser, screenshot } from '../helpers/browser';
import { fillShop, type ShopProduct } from '../helpers/catalogue';
import { component, distWith, media, zone } from '../helpers/content-model';
import { editorWith } from '../helpers/editor';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { CONTENT, FILES, READ } from '../helpers/owned-shop';
import { picture } from '../helpers/pictures';
import type { StrapiClient } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const PRODUCTS = '/content-manager/collection-types/api::product.product';
const CATEGORIES = '/content-manager/collection-types/api::category.category';
const PAGES = '/content-manager/collection-types/api::page.page';
const UPDATE = 'plugin::content-manager.explorer.update';

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

  test('to nobody who may not change the field', async () => {
    const created = await shop.client.admin('POST', PRODUCTS, { name: 'Bare' });
    const seen = [READ, CONTENT, FILES, UPDATE];
    const asked = async (fields: string[]) => {
      const theirs = await shop.admin.open({}, await editorWith(shop.client, seen, fields));
      let count = 0;
      theirs.on('request', (request) => {
        if (request.url().endsWith('/similar/proposals/pictures')) count++;
      });
      await shop.visit(theirs, `${PRODUCTS}/${created.body.data.documentId}`);
      await theirs.getByText('Choose a picture to see what looks like it.').waitFor();
      await theirs.waitForLoadState('networkidle');
      await theirs.context().close();
      return count;
    };
    assert.equal(await asked(['name']), 0);
    assert.notEqual(await asked(['name', 'images']), 0);
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

describe('pictures proposed for components and dynamic zones, in a browser', { skip: noBrowser }, () => {
  let shop: OpenShop<void>;
  let page: Page;

  async function fill(client: StrapiClient): Promise<void> {
    const colours = ['#e00', '#d01', '#c00'];
    const discs = colours.map(async (colour, at) => ({ name: `disc-${at}.jpg`, bytes: await picture('disc', colour) }));
    const [first] = await client.upload(await Promise.all(discs));
    await create(client, { title: 'Tree', cover: { picture: first.id } });
  }
  const create = async (client: StrapiClient, data: object): Promise<string> => {
    const { status, body } = await client.admin('POST', PAGES, { kind: 'tree', ...data });
    assert.equal(status, 201, JSON.stringify(body));
    return body.data.documentId;
  };
  const stored = async (documentId: string) => (await shop.client.admin('GET', `${PAGES}/${documentId}`)).body.data;

  before(async () => {
    const dist = distWith({
      components: {
        'shared.photo': { picture: media(), caption: { type: 'string' } },
        'shared.quote': { text: { type: 'string' } },
      },
      types: {
        page: {
          attributes: {
            title: { type: 'string' },
            kind: { type: 'enumeration', enum: ['tree', 'bush'] },
            cover: component('shared.photo'),
            blocks: zone('shared.photo', 'shared.quote'),
          },
        },
      },
    });
    shop = await openShop(fill, { dist });
    page = await shop.admin.open();
  });
  after(() => shop?.close());

  /** Takes the first of the offered pictures into the form. */
  async function takeFirst(documentId: string, field: string): Promise<void> {
    await shop.visit(page, `${PAGES}/${documentId}`);
    const use = page.getByRole('list', { name: 'Pictures that would fit' }).getByRole('button').first();
    await use.waitFor();
    assert.equal((await use.getAttribute('aria-label'))?.endsWith(` as “${field}”`), true, field);
    await page.getByText(`Field: ${field}`).waitFor();
    await screenshot(page, `propose-pictures-${field.split(' ')[0]}`);
    assert.deepEqual(await barriers(page, 'ul[aria-label="Pictures that would fit"]'), []);
    await use.click();
    await page.getByRole('list', { name: 'Similar items' }).waitFor();
  }

  test('in the dynamic zone, into the component that is there and has none', async () => {
    const quote = { __component: 'shared.quote', text: 'Green' };
    const photo = { __component: 'shared.photo', caption: 'Leaves' };
    const documentId = await create(shop.client, { title: 'Blocks', blocks: [quote, photo] });
    await takeFirst(documentId, 'blocks 2 › picture');
    assert.equal((await stored(documentId)).blocks[1].picture, null, 'not before it is saved');
    await page.getByRole('button', { name: 'Save' }).click();
    await until('it is stored', async () => (await stored(documentId)).blocks[1].picture !== null);
    const { cover, blocks } = await stored(documentId);
    assert.equal(cover, null);
    assert.deepEqual(
      blocks.map(({ text, caption }: { text?: string; caption?: string }) => text ?? caption),
      ['Green', 'Leaves'],
    );
  });

  test('into a component that is not there yet, which can be published', async () => {
    const documentId = await create(shop.client, { title: 'Cover' });
    await takeFirst(documentId, 'cover › picture');
    await page.getByRole('textbox', { name: 'caption' }).fill('Leaves');
    await page.getByRole('button', { name: 'Publish' }).click();
    const published = async () => (await shop.client.admin('GET', `${PAGES}/${documentId}?status=published`)).body.data;
    await until('it is published', async () => (await published())?.cover?.picture);
    assert.equal((await published()).cover.caption, 'Leaves');
  });
});
