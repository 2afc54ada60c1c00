import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page, Request } from 'playwright-core';
import { barriers } from '../helpers/barriers';
import { noBrowser, screenshot } from '../helpers/browser';
import { allIndexed, fillShop, type ShopProduct } from '../helpers/catalogue';
import { editorWith } from '../helpers/editor';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { picture } from '../helpers/pictures';
import { until } from '../helpers/until';

const PRODUCT = 'api::product.product';

describe('the side panel in a browser', { skip: noBrowser }, () => {
  let shop: OpenShop<ShopProduct[]>;
  let products: ShopProduct[];
  let page: Page;

  before(async () => {
    shop = await openShop((client) => fillShop(client, 3));
    products = shop.filled;
    page = await shop.admin.open();
  });
  after(() => shop?.close());

  const visit = (path: string) => shop.visit(page, path);
  const entryPath = ({ documentId }: Pick<ShopProduct, 'documentId'>) =>
    `/content-manager/collection-types/${PRODUCT}/${documentId}`;
  const visitEntry = (product: Pick<ShopProduct, 'documentId'>) => visit(entryPath(product));
  const panel = () => page.getByRole('list', { name: 'Similar items' });
  const items = () => panel().getByRole('listitem');
  const names = async () => (await items().locator('a').allInnerTexts()).map((text) => text.split('\n')[0]);

  test('shows what looks like the entry, best first, both pictures on hover, and opens it on click', async () => {
    await visitEntry(products[0]);
    await items().first().waitFor();
    assert.equal(await items().count(), 6);
    const family = products.filter((product) => product.family === products[0].family).map(({ name }) => name);
    const shown = await names();
    assert.ok(
      shown.slice(0, 2).every((name) => family.includes(name)),
      shown.join(' | '),
    );
    assert.ok(!shown.includes(products[0].name), 'not itself');
    await screenshot(page, 'panel');
    assert.deepEqual(await barriers(page, 'ul[aria-label="Similar items"]'), []);
    await items().first().getByRole('link').hover();
    // The text for screen readers has the same pictures once more.
    const pair = page.locator('[data-radix-popper-content-wrapper] img:visible');
    await pair.nth(1).waitFor();
    const sources = await pair.evaluateAll((images) => images.map((image) => image.getAttribute('src') ?? ''));
    assert.ok(sources[0].includes(products[0].picture.hash), sources.join(' '));
    assert.ok(!sources[1].includes(products[0].picture.hash), sources.join(' '));
    await screenshot(page, 'panel-hover');
    await items().first().getByRole('link').click();
    await page.getByRole('heading', { name: shown[0], exact: true }).waitFor();
  });

  test('asks once, and before the content manager has the entry', async () => {
    const isItems = (request: { url(): string }) => request.url().endsWith('/similar/items');
    const asked: string[] = [];
    const note = (request: Request) => isItems(request) && asked.push(request.postData() ?? '');
    page.on('request', note);
    const answered = page.waitForResponse((response) => isItems(response));
    const ofEntry = (url: URL) => url.pathname === entryPath(products[0]);
    await page.route(ofEntry, async (route) => {
      await answered;
      await route.continue();
    });
    try {
      await visitEntry(products[0]);
      await items().first().waitFor();
      assert.equal(asked.length, 1, asked.join('\n'));
    } finally {
      page.off('request', note);
      await page.unroute(ofEntry);
    }
  });

  test('asks again when that was about other pictures, or got no answer', async () => {
    const { documentId, picture: published } = products[4];
    const other = products.at(-1) as ShopProduct;
    const path = entryPath({ documentId });
    await shop.client.admin('PUT', path, { images: [other.picture.id] });
    await visit(`${path}?status=published`);
    await items().first().getByRole('link').hover();
    const pair = page.locator('[data-radix-popper-content-wrapper] img:visible');
    await pair.nth(1).waitFor();
    assert.ok((await pair.first().getAttribute('src'))?.includes(published.hash), 'the published picture is shown');
    await shop.client.admin('PUT', path, { images: [published.id] });

    await page.route('**/similar/items', (route) => route.abort(), { times: 1 });
    await visitEntry(products[0]);
    await items().first().waitFor();
  });

  test('“More” shows more', async () => {
    await visitEntry(products[0]);
    await items().first().waitFor();
    const more = page.getByRole('button', { name: 'More', exact: true });
    await more.click();
    await items().nth(11).waitFor();

    await page.route('**/similar/items', (route) => route.abort(), { times: 1 });
    await more.click();
    await page.getByText(/cannot be shown/).waitFor();
    assert.equal(await items().count(), 12, 'what is there stays');
    await items().nth(17).waitFor();

    await page.route('**/similar/items', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), hasMore: true } });
    });
    const asked: number[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/similar/items')) asked.push(request.postDataJSON().limit);
    });
    while (await more.isVisible()) {
      const before = asked.length;
      await more.click();
      await until('it was asked for', () => asked.length > before);
      await page.locator('[aria-busy="false"]').first().waitFor();
    }
    await page.getByText('These are the 96 nearest.').waitFor();
    assert.ok(Math.max(...asked) <= 100, 'never for what the server refuses');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  test('pin, hide and undo', async () => {
    await visitEntry(products[5]);
    await items().first().waitFor();
    const label = (await names())[2];
    await page.getByRole('button', { name: `Actions for ${label}` }).click();
    await page.getByRole('menuitem', { name: 'Pin to position 3' }).click();
    const decision = page.getByRole('list', { name: 'Decisions' }).getByRole('listitem').filter({ hasText: label });
    await decision.getByText(/^Pinned · by /).waitFor();
    await screenshot(page, 'panel-pinned');
    await page.getByRole('button', { name: `Undo for ${label}` }).press('Enter');
    await decision.waitFor({ state: 'detached' });
    await until('who uses the keyboard is still there', () =>
      page.evaluate(() => document.activeElement !== document.body),
    );
    await page.getByRole('button', { name: `Actions for ${label}` }).click();
    await page.getByRole('menuitem', { name: 'Hide here' }).click();
    await decision.getByText(/^Hidden here · by /).waitFor();
    assert.ok(!(await names()).includes(label));
    await page.getByRole('button', { name: `Undo for ${label}` }).click();
    await decision.waitFor({ state: 'detached' });
  });

  test('pinned items: to the top, moved, unpinned; one that is not in the list is found and pinned', async () => {
    await visitEntry(products[6]);
    await items().nth(5).waitFor();
    const before = await names();
    const choose = async (label: string, action: string) => {
      await page.getByRole('button', { name: `Actions for ${label}` }).click();
      await page.getByRole('menuitem', { name: action, exact: true }).click();
    };
    const become = (what: string, order: string[]) =>
      until(what, async () => (await names()).slice(0, order.length).join() === order.join());
    await choose(before[3], 'Pin to the top');
    await become('it is the first', [before[3], before[0]]);
    await choose(before[2], 'Pin to the top');
    await become('the later one comes before it', [before[2], before[3], before[0]]);
    await choose(before[2], 'Move down');
    await become('they change places', [before[3], before[2], before[0]]);
    await choose(before[2], 'Move down');
    await become('past one that is not pinned', [before[3], before[0], before[2]]);
    await choose(before[2], 'Move up');
    await become('and back', [before[3], before[2], before[0]]);
    // What is asked for while the first change is still on its way is not lost.
    await page.route('**/similar/rules/**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await route.continue();
    });
    await choose(before[2], 'Unpin');
    await page.getByRole('button', { name: `Actions for ${before[3]}` }).click();
    const unpin = page.getByRole('menuitem', { name: 'Unpin', exact: true });
    const turns = await unpin.evaluateHandle((item) => {
      const seen = [item.getAttribute('aria-disabled')];
      new MutationObserver(() => seen.push(item.getAttribute('aria-disabled'))).observe(item, {
        attributeFilter: ['aria-disabled'],
      });
      return seen;
    });
    // An open menu hides the list from screen readers, and so from `names`.
    const second = page.locator('ul[aria-label="Similar items"] > li').nth(1);
    await second.filter({ hasText: before[0] }).waitFor();
    assert.deepEqual(
      await turns.jsonValue(),
      ['true', null],
      'it can be chosen when the list is the new one, not before',
    );
    await unpin.click();
    await become('as it was', before.slice(0, 4));
    await page.unrouteAll({ behavior: 'ignoreErrors' });

    const other = products.find(({ name }) => name !== products[6].name && !before.includes(name)) as ShopProduct;
    await page.getByRole('button', { name: 'Pin another item' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('searchbox', { name: 'Search' }).fill(other.name);
    await dialog.getByRole('button', { name: `Pin to the top: ${other.name}` }).waitFor();
    await screenshot(page, 'panel-pick');
    assert.deepEqual(await barriers(page, '[role=dialog]'), []);
    await dialog.getByRole('button', { name: `Pin to the top: ${other.name}` }).click();
    await become('what was picked', [other.name, before[0]]);
    await screenshot(page, 'panel-picked');
    assert.deepEqual(await barriers(page, 'ul[aria-label="Similar items"]'), []);
    await choose(other.name, 'Unpin');
    await become('as it was', before.slice(0, 4));
  });

  test('relate adds to the relation field at once; it is stored when the editor saves', async () => {
    await visitEntry(products[1]);
    await items().first().waitFor();
    const [first, second] = await names();
    const relate = async (label: string) => {
      await page.getByRole('button', { name: `Actions for ${label}` }).click();
      await page.getByRole('menuitem', { name: 'Add to “related”' }).click();
    };
    const related = async () => {
      const { body } = await shop.client.admin(
        'GET',
        `/content-manager/relations/${PRODUCT}/${products[1].documentId}/related`,
      );
      return body.results.map(({ name }: { name: string }) => name).toSorted();
    };
    await relate(first);
    await relate(second);
    await page.getByText('related (2)').waitFor();
    await page.getByRole('button', { name: `Actions for ${first}` }).click();
    await page.getByRole('menuitem', { name: 'Added to “related”, not saved yet' }).waitFor();
    assert.equal(await page.getByRole('tooltip').count(), 0);
    await page.keyboard.press('Escape');
    await page.getByRole('menuitem').first().waitFor({ state: 'detached' });
    assert.deepEqual(await related(), [], 'not before saving');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved document').waitFor();
    assert.deepEqual(await related(), [first, second].toSorted());
    await page.reload();
    await page.getByText('related (2)').waitFor();
    await items().nth(2).waitFor();
    // What was stored before stays, and comes first.
    const third = (await names())[2];
    await relate(third);
    await page.getByText('related (3)').waitFor();
    await page.getByText('related (3)').scrollIntoViewIfNeeded();
    const field = page.locator('form ol').getByRole('listitem');
    assert.deepEqual(
      (await field.allTextContents()).map((text) => text.includes(third)),
      [false, false, true],
    );
    await screenshot(page, 'panel-related');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved document').waitFor();
    assert.deepEqual(await related(), [first, second, third].toSorted());
  });

  test('follows the form: a picture that is chosen but not saved gives suggestions', async () => {
    await visit(`/content-manager/collection-types/${PRODUCT}/create`);
    await page.getByText('Choose a picture to see what looks like it.').waitFor();
    await page.getByText('Click to add an asset or drag and drop one in this area').first().click();
    const chosen = products.at(-2) as ShopProduct;
    await page
      .getByRole('dialog')
      .getByRole('checkbox', { name: new RegExp(chosen.picture.name) })
      .first()
      .click();
    await page.getByRole('button', { name: 'Finish' }).click();
    await items().first().waitFor();
    assert.ok((await items().first().textContent())?.includes(chosen.name));
    await screenshot(page, 'panel-unsaved');
  });

  test('pictures that failed or wait say so, with a retry', async () => {
    const [broken, waiting] = await shop.client.upload([
      { name: 'broken.jpg', bytes: (await picture('disc', '#123')).subarray(0, 200) },
      { name: 'waiting.jpg', bytes: await picture('disc', '#321') },
    ]);
    await allIndexed(shop.client);
    const { body } = await shop.client.admin('POST', `/content-manager/collection-types/${PRODUCT}`, {
      name: 'With a broken picture',
      images: [broken.id, waiting.id],
    });
    await visitEntry(body.data);
    await page.getByText(/broken\.jpg could not be indexed: .*damaged/).waitFor();
    await shop.client.admin('POST', '/similar/pause');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('1 picture is being indexed…').waitFor();
    await shop.client.admin('POST', '/similar/resume');
    await page.getByText(/broken\.jpg could not be indexed: .*damaged/).waitFor();
  });

  test('by keyboard: the items, their menus and what is in them have names and can be reached', async () => {
    await visitEntry(products[2]);
    await items().first().waitFor();
    const [label] = await names();
    await items().first().getByRole('link').focus();
    await page.keyboard.press('Tab');
    const focused = () => page.evaluate(`document.activeElement?.textContent || document.activeElement?.ariaLabel`);
    assert.match(String(await focused()), new RegExp(`Actions for ${label}`));
    await page.keyboard.press('Enter');
    await until('the focus is in the menu', async () => (await focused()) === 'Add to “related”');
    await page.keyboard.press('ArrowDown');
    await until('it moves', async () => (await focused()) === 'Pin to position 1');
    // What has opened over the menu in the meantime, a tooltip, takes the key first.
    await until('the menu is closed', async () => {
      await page.keyboard.press('Escape');
      return (await page.getByRole('menuitem').count()) === 0;
    });
    await until('the focus is back where it was', async () => String(await focused()).includes(`Actions for ${label}`));
  });

  test('nothing for types without pictures, and for those who may not see similar items', async () => {
    await visit('/content-manager/collection-types/api::category.category/create');
    await page.getByRole('heading', { name: 'Create an entry' }).waitFor();
    const menuLink = page.getByRole('link', { name: 'Similar items' });
    await menuLink.waitFor();
    assert.equal(await page.getByText('Similar items').count(), await menuLink.getByText('Similar items').count());

    const actions = ['read', 'update'].map((name) => `plugin::content-manager.explorer.${name}`);
    const visitor = await shop.admin.open({}, await editorWith(shop.client, actions));
    await shop.visit(visitor, entryPath(products[0]));
    await visitor.getByRole('heading', { name: products[0].name, exact: true }).waitFor();
    await visitor.getByText('Entry', { exact: true }).waitFor();
    assert.equal(await visitor.getByText('Similar items').count(), 0);
    await visitor.context().close();
  });

  test('where results are grouped, one of each group, with the number of the others', async () => {
    await page.goto('about:blank');
    await shop.process.kill('SIGTERM');
    await shop.process.restart({ results: { [PRODUCT]: { groupBy: 'price', ownGroup: true } } });
    await visitEntry(products[0]);
    await items().first().waitFor();
    const prices: number[] = [];
    for (const item of await items().all()) {
      const [text] = await item.locator('a').allInnerTexts();
      const shown = products.find(({ name }) => name === text.split('\n')[0]) as ShopProduct;
      prices.push(shown.price);
      const group = products.filter(({ price }) => price === shown.price);
      const others = group.filter((product) => product !== shown && product !== products[0]).length;
      assert.equal(/\+(\d+) in its group/i.exec(text)?.[1], others > 0 ? String(others) : undefined, text);
    }
    assert.equal(new Set(prices).size, prices.length, 'each price once');
    assert.ok(prices.length > 3);
    await screenshot(page, 'panel-groups');
  });
});
