import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { barriers } from '../helpers/barriers';
import { noBrowser, screenshot } from '../helpers/browser';
import { fillShop, type ShopProduct } from '../helpers/catalogue';
import { editorWith } from '../helpers/editor';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { until } from '../helpers/until';

const PRODUCT = 'api::product.product';
const LIST = `/content-manager/collection-types/${PRODUCT}?page=1&pageSize=100&sort=name:ASC`;

describe('related items of selected entries are filled in a browser', { skip: noBrowser }, () => {
  let shop: OpenShop<ShopProduct[]>;
  let products: ShopProduct[];
  let page: Page;

  before(async () => {
    shop = await openShop((client) => fillShop(client, 3));
    products = shop.filled;
    page = await shop.admin.open();
  });
  after(() => shop?.close());

  const dialog = () => page.getByRole('dialog', { name: 'Fill related items' });
  const row = (name: string) =>
    dialog()
      .getByRole('row')
      .filter({ has: page.getByRole('checkbox', { name }) });
  const offered = (name: string) => row(name).getByRole('listitem');
  const labels = async (name: string) => (await offered(name).locator('p[title]').allInnerTexts()).toSorted();

  async function related({ documentId }: ShopProduct): Promise<string[]> {
    const { body } = await shop.client.admin('GET', `/content-manager/relations/${PRODUCT}/${documentId}/related`);
    return body.results.map(({ name }: { name: string }) => name).toSorted();
  }

  const action = (on: Page, name = 'Fill related items') => on.getByRole('button', { name });

  /** Whether it is ticked for good: what has been ticked in a list is lost when the list is loaded again. */
  async function tick(on: Page, name: string): Promise<boolean> {
    const box = on.getByRole('row').filter({ hasText: name }).getByRole('checkbox');
    if (!(await box.isChecked())) await box.click();
    await on.waitForLoadState('networkidle');
    return box.isChecked();
  }

  async function tickFor(offered: Locator, ...names: string[]): Promise<void> {
    const on = offered.page();
    await on.waitForLoadState('networkidle');
    const ticked = async () => {
      for (const name of names) if (!(await tick(on, name))) return false;
      return true;
    };
    await until('the action is offered for all of them', async () => (await ticked()) && offered.isVisible()).catch(
      async (error) => {
        throw new Error(`${error.message}; all ticked: ${await ticked()}; ${await on.locator('body').textContent()}`);
      },
    );
  }

  async function open(...chosen: ShopProduct[]): Promise<void> {
    await shop.visit(page, LIST);
    await tickFor(action(page), ...chosen.map(({ name }) => name));
    await action(page).click();
    await dialog()
      .getByRole('button', { name: /^Fill \d+ entr/ })
      .waitFor();
  }
  const start = () => dialog().getByRole('button', { name: /^Fill \d+ entr/ });

  test('shows what would be added, adds what is left of it, and takes it back', async () => {
    const [one, two] = products;
    // Of another family: what an entry has already is not offered, and counts.
    const had = products.at(-1) as ShopProduct;
    await shop.client.admin('PUT', `/content-manager/collection-types/${PRODUCT}/${two.documentId}`, {
      related: { connect: [{ documentId: had.documentId }] },
    });
    await open(one, two);
    await dialog().getByLabel('Items per entry').fill('4');
    await dialog().getByRole('slider').fill('0');
    await until(
      'four in all',
      async () => (await offered(one.name).count()) === 4 && (await offered(two.name).count()) === 3,
    );
    const family = products.filter(({ family }) => family === one.family).map(({ name }) => name);
    const first = await labels(one.name);
    assert.ok(!first.includes(one.name), 'not itself');
    assert.ok(
      first.some((name) => family.includes(name)),
      first.join(' | '),
    );
    await screenshot(page, 'fill');
    assert.deepEqual(await barriers(page, '[role=dialog]'), []);

    const [struck] = first;
    await dialog()
      .getByRole('button', { name: `Leave out ${struck} for ${one.name}` })
      .click();
    await until('three are left', async () => (await offered(one.name).count()) === 3);
    const second = await labels(two.name);
    assert.deepEqual(await related(one), [], 'not before it is started');
    await start().click();
    await dialog().getByText('6 items added to 2 entries.').waitFor();
    await screenshot(page, 'fill-done');
    assert.deepEqual(await related(one), first.slice(1));
    assert.deepEqual(await related(two), [...second, had.name].toSorted());

    await dialog().getByRole('button', { name: 'Undo' }).click();
    await dialog().getByText('Undone: the entries have what they had before.').waitFor();
    assert.deepEqual(await related(one), []);
    assert.deepEqual(await related(two), [had.name]);
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await dialog().waitFor({ state: 'detached' });
  });

  test('the content manager shows at once what was added', async () => {
    const [, , three] = products;
    await open(three);
    await dialog().getByLabel('Items per entry').fill('2');
    await dialog().getByRole('slider').fill('0');
    await until('two', async () => (await offered(three.name).count()) === 2);
    await start().click();
    await dialog().getByText('2 items added to 1 entry.').waitFor();
    await dialog().getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('row').filter({ hasText: three.name }).getByText('Modified').waitFor();
    await page.getByRole('gridcell', { name: three.name, exact: true }).click();
    await page.getByText('related (2)').waitFor();
  });

  test('an entry that has enough, has nothing alike, or is left out stays as it was', async () => {
    const [, , three, four] = products;
    await open(three, four);
    await dialog().getByLabel('Items per entry').fill('2');
    await row(three.name).getByText('Has enough').waitFor();
    await dialog().getByRole('slider').fill('1');
    await row(four.name).getByText('Nothing similar enough').waitFor();
    assert.ok(await start().isDisabled());
    await dialog().getByRole('slider').fill('0');
    await until('two', async () => (await offered(four.name).count()) === 2);
    await dialog()
      .getByRole('checkbox', { name: `Fill ${four.name}` })
      .click();
    assert.ok(await start().isDisabled());
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    assert.deepEqual(await related(four), []);
  });

  test('what cannot be saved is named, the others are filled; it can be stopped', async () => {
    const chosen = products.slice(4, 8);
    await open(...chosen);
    await dialog().getByLabel('Items per entry').fill('1');
    await dialog().getByRole('slider').fill('0');
    await until('one each', async () => (await dialog().getByRole('listitem').count()) === 4);
    const isSave = (url: URL) => url.pathname.startsWith(`/content-manager/collection-types/${PRODUCT}/`);
    let saved = 0;
    await page.route(isSave, async (route) => {
      if (route.request().method() !== 'PUT') return route.continue();
      saved++;
      if (saved === 1) return route.fulfill({ status: 403, json: { error: { message: 'Forbidden', status: 403 } } });
      // While the second one is being saved.
      await dialog().getByRole('button', { name: 'Stop' }).click();
      await route.continue();
    });
    await start().click();
    await dialog().getByText('1 item added to 1 entry.').waitFor();
    await dialog().getByText('1 entry could not be saved:').waitFor();
    await dialog().getByText('2 entries were left as before.').waitFor();
    await screenshot(page, 'fill-stopped');
    await page.unroute(isSave);
    assert.equal(saved, 2);
  });

  test('is offered to those who may fill the relation, and to nobody else', async () => {
    const actions = [
      'plugin::similar.read',
      'plugin::upload.read',
      'plugin::content-manager.explorer.read',
      'plugin::content-manager.explorer.update',
    ];
    for (const [fields, offers] of [
      [['name', 'images', 'related'], true],
      [['name', 'images'], false],
    ] as const) {
      const theirs = await shop.admin.open({}, await editorWith(shop.client, actions, fields));
      const known = theirs.waitForResponse((response) => response.url().endsWith('/similar/types'));
      await shop.visit(theirs, LIST);
      await known;
      if (offers) await tickFor(action(theirs), products[0].name);
      else {
        await until('an entry is ticked', () => tick(theirs, products[0].name));
        assert.equal(await action(theirs).count(), 0, 'not offered');
      }
      await theirs.context().close();
    }
  });

  test('is offered as soon as the server says again what can be filled', async () => {
    const theirs = await page.context().newPage();
    let isDown = true;
    await theirs.route('**/similar/types', (route) => (isDown ? route.fulfill({ status: 503 }) : route.continue()));
    await shop.visit(theirs, LIST);
    const refused = theirs.waitForResponse((response) => response.url().endsWith('/similar/types'));
    await until('an entry is ticked', () => tick(theirs, products[0].name));
    await refused;
    assert.equal(await action(theirs).count(), 0, 'not known yet');
    isDown = false;
    await tickFor(action(theirs), products[0].name);
    await theirs.close();
  });

  test('in German, in the dark', async () => {
    await shop.inGerman(LIST, async (german) => {
      const offered = action(german, 'Ähnliche Inhalte eintragen');
      await tickFor(offered, products[0].name);
      await offered.click();
      await german.getByRole('button', { name: /^In \d+ Eintr/ }).waitFor();
      await screenshot(german, 'fill-dark-de');
      assert.deepEqual(await barriers(german, '[role=dialog]'), []);
    });
  });
});
