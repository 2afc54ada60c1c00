import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { barriers } from '../helpers/barriers';
import { noBrowser, screenshot } from '../helpers/browser';
import { allIndexed, fillShop, type ShopProduct } from '../helpers/catalogue';
import { editorWith } from '../helpers/editor';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { manyPictures } from '../helpers/pictures';
import { PRODUCT } from '../helpers/shop';
import { CLIP } from '../helpers/text-tower';
import { until } from '../helpers/until';

const WORDS = 'red dress';
/** More than Explore shows. */
const COUNT = 100;

describe('Explore in a browser, with a model that knows words', { skip: noBrowser }, () => {
  let shop: OpenShop<ShopProduct[]>;
  let page: Page;

  before(async () => {
    const config = { model: 'small-clip', models: { custom: { 'small-clip': CLIP } } };
    shop = await openShop((client) => fillShop(client, 2), { config });
    page = await shop.admin.open();
  });
  after(() => shop?.close());

  const results = () => page.getByRole('list', { name: 'Similar items' }).getByRole('listitem');
  const field = () => page.getByRole('searchbox', { name: 'Search by words' });
  const weight = () => page.getByRole('combobox', { name: 'Words count' });
  const noBarriers = async (of: Page) => assert.deepEqual(await barriers(of, '[role=tabpanel][data-state=active]'), []);
  /** The names that the server finds, best first. */
  const found = async (body: object): Promise<string[]> => {
    const answer = await shop.client.admin('POST', '/similar/items', { type: 'file', limit: 24, ...body });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body.items.map(({ label }: { label: string }) => label);
  };
  const shows = (names: string[]) =>
    until('these are shown', async () => {
      const texts = await results().allInnerTexts();
      return texts.length === names.length && names.every((name, at) => texts[at].startsWith(name));
    });

  test('words alone: in the order of the words, without the words for likeness of pictures', async () => {
    await shop.visit(page, '/plugins/similar');
    await page.getByText('or search by words').waitFor();
    await field().fill(WORDS);
    await field().press('Enter');
    await shows(await found({ q: WORDS }));
    const texts = await results().allInnerTexts();
    assert.ok(texts.every((text, at) => text.includes(`Rank ${at + 1}`) && !/alike/i.test(text)));
    assert.equal(await page.getByRole('slider').count(), 0, 'the least likeness is one of pictures');
    await screenshot(page, 'words');
    await noBarriers(page);
  });

  test('words beside a picture; the address keeps both, and Back takes one step', async () => {
    const { id } = shop.filled[0].picture;
    await shop.visit(page, `/plugins/similar?explore.picture=${id}`);
    const alone = await found({ pictures: [id] });
    await shows(alone);
    await field().fill(WORDS);
    await field().press('Enter');
    const beside = await found({ pictures: [id], q: WORDS });
    assert.notDeepEqual(beside, alone);
    await shows(beside);
    assert.match((await results().allInnerTexts())[0], /alike/i);
    await page.reload();
    await shows(beside);
    assert.equal(await field().inputValue(), WORDS);
    await weight().click();
    await page.getByRole('option', { name: 'More than the picture', exact: true }).click();
    const more = await found({ pictures: [id], q: WORDS, wordWeight: 0.75 });
    assert.notDeepEqual(more, beside);
    await shows(more);
    await noBarriers(page);
    await screenshot(page, 'explore-word-weight');
    await page.reload();
    await shows(more);
    await weight().getByText('More than the picture').waitFor();
    await page.goBack();
    await shows(beside);
    await weight().getByText('As much as the picture').waitFor();
    await page.getByRole('button', { name: 'Remove the picture' }).click();
    await shows(await found({ q: WORDS }));
    assert.equal(await weight().count(), 0, 'there is nothing that they count beside');
    await page.goBack();
    await shows(beside);
    await page.goBack();
    await shows(alone);
    assert.equal(await field().inputValue(), '');
    await page.goForward();
    await shows(beside);
    await page.getByRole('button', { name: 'Clear the words' }).click();
    await shows(alone);
  });

  test('words in the side panel steer what is shown beside an entry, and save nothing', async () => {
    const [product] = shop.filled;
    await shop.visit(page, `/content-manager/collection-types/${PRODUCT}/${product.documentId}`);
    const names = async () => (await results().locator('a').allInnerTexts()).map((text) => text.split('\n')[0]);
    const server = async (more: object) => {
      const body = { type: PRODUCT, pictures: [product.picture.id], documentId: product.documentId, limit: 6, ...more };
      const answer = await shop.client.admin('POST', '/similar/items', body);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      return answer.body.items.map(({ label }: { label: string }) => label);
    };
    const [plain, steered] = [await server({}), await server({ q: WORDS })];
    assert.notDeepEqual(plain, steered, 'the words make a difference');
    const become = (what: string, order: string[]) => until(what, async () => (await names()).join() === order.join());
    await become('as without words', plain);
    const saves: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PUT') saves.push(request.url());
    });
    await field().fill(WORDS);
    await field().press('Enter');
    await become('steered by the words', steered);
    assert.equal(await page.getByRole('button', { name: 'Pin another item' }).count(), 0);
    await screenshot(page, 'panel-words');
    await page.getByRole('button', { name: 'Clear the words' }).click();
    await become('as before', plain);
    assert.deepEqual(saves, []);
  });

  test('words for entries, in the language and type of a shared address', async () => {
    const type = 'api::product.product';
    await shop.visit(page, `/plugins/similar?explore.q=${encodeURIComponent(WORDS)}&explore.type=${type}`);
    await shows(await found({ q: WORDS, type, locale: 'en' }));
    await page.getByRole('combobox', { name: 'Search in' }).getByText('Product').waitFor();
  });

  test('entries narrowed by Strapi’s own filters, in the address; another type drops them', async () => {
    const { id } = shop.filled[0].picture;
    const type = 'api::product.product';
    await shop.visit(page, `/plugins/similar?explore.picture=${id}&explore.type=${type}`);
    await shows(await found({ pictures: [id], type, locale: 'en' }));
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('combobox', { name: 'Select filter' }).click();
    await page.getByRole('option', { name: 'contains', exact: true }).click();
    await page.getByRole('textbox', { name: 'name' }).fill('lamp');
    await page.getByRole('button', { name: 'Add filter' }).click();
    const filters = { $and: [{ name: { $contains: 'lamp' } }] };
    const lamps = await found({ pictures: [id], type, locale: 'en', filters });
    assert.ok(lamps.length > 0 && lamps.every((name) => name.includes('lamp')), lamps.join());
    await shows(lamps);
    await screenshot(page, 'explore-filter');
    await page.reload();
    await shows(lamps);
    await page.getByRole('combobox', { name: 'Search in' }).click();
    await page.getByRole('option', { name: 'Pictures', exact: true }).click();
    await shows(await found({ pictures: [id] }));
    assert.doesNotMatch(page.url(), /filters/);
    await page.goBack();
    await shows(lamps);
  });

  test('beside an entry what is found is pinned and hidden, where the list is the one that everybody sees', async () => {
    const [{ documentId, name, picture }] = shop.filled;
    const type = PRODUCT;
    const beside = () => found({ documentId, type, locale: 'en' });
    const menu = (of: string) => page.getByRole('button', { name: `Actions for ${of}`, exact: true });
    const isFocused = (of: string) =>
      until('who uses the keyboard is still there', async () =>
        menu(of).evaluate((button) => button === document.activeElement),
      );
    /** In the menu of the first one. */
    const offered = async (): Promise<string[]> => {
      await results()
        .first()
        .getByRole('button', { name: /^Actions for/ })
        .press('Enter');
      const items = page.getByRole('menuitem');
      await items.first().waitFor();
      const texts = await items.allInnerTexts();
      await page.keyboard.press('Escape');
      await items.first().waitFor({ state: 'detached' });
      return texts;
    };
    const choose = async (of: string, action: string) => {
      await menu(of).press('Enter');
      await page.getByRole('menuitem', { name: action, exact: true }).press('Enter');
    };

    await shop.visit(page, `/plugins/similar?explore.picture=${picture.id}&explore.type=${type}`);
    await shows(await found({ pictures: [picture.id], type, locale: 'en' }));
    assert.deepEqual(await offered(), ['Hide everywhere'], 'nobody sees this list beside an entry');
    await page.getByRole('button', { name: `Find pictures like ${name}`, exact: true }).click();
    const before = await beside();
    assert.ok(!before.includes(name), 'not itself');
    await shows(before);
    await page.getByText(name, { exact: true }).waitFor();
    assert.deepEqual(await offered(), ['Pin to position 1', 'Hide here', 'Hide everywhere']);

    await choose(before[3], 'Pin to the top');
    await page.getByRole('status').getByText('Pinned', { exact: true }).waitFor();
    const pinned = [before[3], ...before.filter((_, at) => at !== 3)];
    await shows(pinned);
    assert.deepEqual(await beside(), pinned);
    await results().first().getByText('Pinned', { exact: true }).waitFor();
    await isFocused(before[3]);
    await noBarriers(page);
    await screenshot(page, 'explore-pinned');

    for (const steer of ['q=red', 'least=0.1', 'color=grey', `with=${shop.filled[1].picture.id}`]) {
      await shop.visit(
        page,
        `${new URL(page.url()).pathname.replace('/admin', '')}?explore.picture=${picture.id}&explore.type=${type}&explore.entry=${documentId}&explore.${steer}`,
      );
      await results().first().waitFor();
      assert.deepEqual(await offered(), ['Hide here', 'Hide everywhere'], steer);
      await page.goBack();
    }
    await shows(pinned);
    await choose(before[3], 'Unpin');
    await shows(before);
    await isFocused(before[3]);

    await choose(before[0], 'Hide here');
    await page.getByRole('status').getByText('Hidden', { exact: true }).waitFor();
    await until('it is gone', async () => !(await beside()).includes(before[0]));
    await shows(await beside());
    await until('the focus stays in the list', () =>
      page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Similar items'),
    );
    await choose(before[1], 'Hide everywhere');
    await until('it is gone', async () => !(await beside()).includes(before[1]));
    const address = page.url();

    const reads = ['plugin::similar.read', 'plugin::upload.read', 'plugin::content-manager.explorer.read'];
    const reader = await shop.admin.open({}, await editorWith(shop.client, reads));
    await reader.goto(address);
    await reader.getByRole('list', { name: 'Similar items' }).getByRole('listitem').first().waitFor();
    assert.equal(await reader.getByRole('button', { name: /^Actions for/ }).count(), 0);
    await reader.context().close();
    const { body } = await shop.client.admin('GET', '/similar/decisions?pageSize=50');
    for (const { id } of body.decisions) await shop.client.admin('POST', '/similar/decisions/undo', { id });
  });

  test('words beside a picture that is dropped', async () => {
    await shop.visit(page, `/plugins/similar?explore.q=${encodeURIComponent(WORDS)}`);
    await results().first().waitFor();
    const before = await results().allInnerTexts();
    const bytes = await (await fetch(shop.client.url + shop.filled[1].picture.url)).arrayBuffer();
    const dataTransfer = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(${JSON.stringify([...new Uint8Array(bytes)])})], 'dropped.jpg', { type: 'image/jpeg' }));
      return transfer;
    })()`);
    const zone = page.locator('[role=tabpanel][data-state=active] > div');
    const isMarked = (expected: boolean) =>
      until(expected ? 'it may be dropped here' : 'nothing is dragged', async () =>
        zone.evaluate((element, style) => (getComputedStyle(element).outlineStyle === 'dashed') === style, expected),
      );
    await isMarked(false);
    await page.getByRole('heading', { name: 'Similar items' }).dispatchEvent('dragover', { dataTransfer });
    await isMarked(true);
    await screenshot(page, 'explore-drag');
    await page.locator('body').dispatchEvent('dragleave', { dataTransfer });
    await isMarked(false);
    await page.locator('body').dispatchEvent('dragover', { dataTransfer });
    await isMarked(true);
    await page.getByText('or drop or paste one').dispatchEvent('drop', { dataTransfer });
    await isMarked(false);
    await page.getByText('dropped.jpg').waitFor();
    await until('other results', async () => /alike/i.test((await results().allInnerTexts())[0] ?? ''));
    assert.notDeepEqual(await results().allInnerTexts(), before);
  });

  test('colours: what the nearest have; one is pressed by keyboard, kept in the address, and pressed again', async () => {
    const { id } = shop.filled[0].picture;
    const asked = { type: 'file', pictures: [id] };
    const { body } = await shop.client.admin('POST', '/similar/items', { ...asked, colors: true, limit: 1 });
    // All of them have grey.
    const [{ name, hex, count }] = body.colors.toSorted(
      (a: { count: number }, b: { count: number }) => a.count - b.count,
    );
    await shop.visit(page, `/plugins/similar?explore.picture=${id}`);
    const group = page.getByRole('group', { name: 'Colour' });
    const swatch = (colour: string) => group.getByRole('button', { name: new RegExp(`^${colour}`, 'i') });
    for (const { name, count } of body.colors) {
      await group.getByRole('button', { name: new RegExp(`^${name}, ${count} among`, 'i') }).waitFor();
    }
    assert.equal(await group.getByRole('button').count(), 14);
    const all = await found(asked);
    await shows(all);
    await swatch(name).press('Space');
    const ofColour = await found({ ...asked, color: hex });
    assert.notDeepEqual(ofColour, all);
    await shows(ofColour);
    assert.equal(await swatch(name).getAttribute('aria-pressed'), 'true');
    await noBarriers(page);
    await screenshot(page, 'explore-colour');
    await page.reload();
    await shows(ofColour);
    await group.getByRole('button', { name: new RegExp(`^${name}, ${count} among`, 'i'), pressed: true }).waitFor();
    await swatch(name).press('Enter');
    await shows(all);
    assert.equal(await group.getByRole('button', { pressed: true }).count(), 0);
    await page.goBack();
    await shows(ofColour);
  });

  test('more results, and a file leads to the media library', async () => {
    const bytes = await manyPictures(COUNT);
    const names = bytes.map((_, at) => `a-picture-with-a-long-name-${at}.jpg`);
    const [first] = await shop.client.upload(names.map((name, at) => ({ name, bytes: bytes[at] })));
    await allIndexed(shop.client);
    await shop.visit(page, `/plugins/similar?explore.picture=${first.id}`);
    await results().nth(23).waitFor();
    const more = page.getByRole('button', { name: 'More', exact: true });
    for (const shown of [48, 72, 96]) {
      await more.click();
      await results()
        .nth(shown - 1)
        .waitFor();
      assert.equal(await results().count(), shown);
    }
    await more.waitFor({ state: 'detached' });
    await until('who uses the keyboard is still there', () =>
      page.evaluate(() => document.activeElement !== document.body),
    );
    const link = results()
      .getByRole('link', { name: /^a-picture/ })
      .first();
    const name = (await link.textContent()) as string;
    assert.ok(names.includes(name));
    await page.getByRole('link', { name, exact: true }).waitFor();
    assert.deepEqual(await link.allInnerTexts(), [name]);
    const isEndShown = (element: Element): boolean => {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      let last: Node | null = null;
      while (texts.nextNode()) last = texts.currentNode;
      const end = document.createRange();
      end.selectNodeContents(last as Node);
      const { left, right } = end.getBoundingClientRect();
      const card = element.closest('li')?.getBoundingClientRect();
      return left < right && right <= (card?.right ?? 0) && (last?.textContent ?? '').endsWith('.jpg');
    };
    assert.ok(await link.evaluate(isEndShown), 'what tells one name from another can be seen');
    await link.click();
    await page.waitForURL(/\/plugins\/upload/);
    await page.getByText(name).first().waitFor();
    await page.goBack();
    await results().nth(23).waitFor();
  });

  test('German, in the dark', async () => {
    await shop.inGerman(`/plugins/similar?explore.q=${encodeURIComponent(WORDS)}`, async (other) => {
      await other.getByRole('searchbox', { name: 'Mit Worten suchen' }).waitFor();
      await other.getByRole('button', { name: /^Rot, \d+ unter den ähnlichsten/ }).waitFor();
      await other.getByText('Rang 1', { exact: true }).waitFor();
      await noBarriers(other);
      await screenshot(other, 'words-german-dark');
    });
  });
});
