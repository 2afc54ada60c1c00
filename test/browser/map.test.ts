import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { ON_LIGHT } from '../../admin/src/map/palette';
import type { ItemsRequest, ItemsResponse } from '../../plugin/contracts/admin';
import { MAX_EXAMPLES } from '../../plugin/contracts/examples';
import type { MapResponse, PackedSpots } from '../../plugin/contracts/map';
import { packSpots } from '../../plugin/map/pack';
import type { Spot } from '../../plugin/map/place';
import { barriers } from '../helpers/barriers';
import { noBrowser, screenshot } from '../helpers/browser';
import { fillShop, type ShopProduct } from '../helpers/catalogue';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { until } from '../helpers/until';

/** The same pictures in rows and columns, the middle one in the middle of the map. */
function gridOf({ gaps }: MapResponse): Promise<PackedSpots> {
  const columns = 2 * Math.ceil((Math.sqrt(gaps.length) - 1) / 2) + 1;
  let id = 0;
  const spots = gaps.map((gap, at): [number, Spot] => {
    id += gap;
    return [id, { x: at % columns, y: Math.floor(at / columns) }];
  });
  return packSpots(new Map(spots));
}

describe('the map in a browser', { skip: noBrowser }, () => {
  let shop: OpenShop<ShopProduct[]>;
  let products: ShopProduct[];
  let page: Page;
  let canvas: Locator;

  before(async () => {
    shop = await openShop((client) => fillShop(client, 7));
    products = shop.filled;
    page = await shop.admin.open();
    await openMap(page, 'Map');
    canvas = page.getByRole('application', { name: /^Map of the library/ });
    await canvas.waitFor();
    await page.getByText(`${products.length} of ${products.length} pictures are on the map`).waitFor();
  });
  after(() => shop?.close());

  async function openMap(of: Page, name: string): Promise<void> {
    await shop.visit(of, '/plugins/similar');
    await of.getByRole('tab', { name }).click();
  }

  /**
   * The library's pictures on a grid with one in the middle: where the real layout puts them is another matter, and
   * one that leaves its middle empty would leave nothing to point at.
   */
  async function onAGrid(of: Page): Promise<void> {
    await of.route('**/similar/map', async (route) => {
      const answer = await route.fetch();
      const map: MapResponse = await answer.json();
      await route.fulfill({ json: { ...map, ...(await gridOf(map)) } });
    });
    await openMap(of, 'Map');
    await until('all pictures are in view', async () => (await listed().count()) > 10);
  }

  const listed = () => page.getByRole('list', { name: 'Pictures in view' }).getByRole('button');
  const names = () => listed().allInnerTexts();
  /** How many colours the map shows, coarsely: dots and empty frames have few. */
  const colours = async () =>
    (await page.evaluate(`(() => {
      const canvas = document.querySelector('canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Set();
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 250) seen.add((data[at] >> 4) * 256 + (data[at + 1] >> 4) * 16 + (data[at + 2] >> 4));
      return seen.size;
    })()`)) as number;

  test('shows the pictures of the library, and lists them', async () => {
    await until('pictures are drawn', async () => (await colours()) > 50);
    await until('pictures are listed', async () => (await listed().count()) > 10);
    const known = new Set(products.map(({ picture }) => picture.name));
    assert.ok((await names()).every((name) => known.has(name.trim())));
    await screenshot(page, 'map');
  });

  test('zoom and move, with buttons and keys: what is in view changes, and 0 shows everything again', async () => {
    await onAGrid(page);
    const all = await names();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await canvas.focus();
    for (let times = 0; times < 6; times++) await page.keyboard.press('+');
    await until('the one in the middle is in view', async () => (await listed().count()) === 1);
    const close = (await names()).join();
    for (let times = 0; times < 6; times++) await page.keyboard.press('ArrowLeft');
    await until('others are in view', async () => (await listed().count()) > 0 && (await names()).join() !== close);
    await page.keyboard.press('0');
    await until('everything is in view', async () => (await names()).join() === all.join());
  });

  test('the wheel zooms where the pointer is and does not scroll the page; a drag moves', async () => {
    await onAGrid(page);
    const all = await names();
    const { x, y, width, height } = (await canvas.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    const scrolled = () => page.evaluate('window.scrollY + document.querySelector("main").scrollTop');
    const before = await scrolled();
    await page.mouse.wheel(0, -900);
    await until('fewer are in view', async () => {
      const count = await listed().count();
      return count > 0 && count < all.length;
    });
    assert.equal(await scrolled(), before);
    const close = (await names()).join();
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + 300, y + height / 2 + 120, { steps: 8 });
    await page.mouse.up();
    await until('others are in view', async () => (await listed().count()) > 0 && (await names()).join() !== close);
    assert.equal(await page.getByRole('tab', { name: 'Map', selected: true }).count(), 1, 'a drag is no click');
  });

  test('a picture that is pointed at says its name; a click shows what it is like', async () => {
    await onAGrid(page);
    const { x, y, width, height } = (await canvas.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    const name = (await page.getByRole('tooltip').textContent()) ?? '';
    assert.ok(
      products.some(({ picture }) => picture.name === name),
      name,
    );
    await page.mouse.down();
    await page.mouse.up();
    await page.getByRole('tab', { name: 'Explore', selected: true }).waitFor();
    await page.getByRole('img', { name, exact: true }).waitFor();
    await page.getByRole('list', { name: 'Similar items' }).getByRole('listitem').first().waitFor();
  });

  test('without a pointer: from the list to what a picture is like', async () => {
    await onAGrid(page);
    await listed().first().focus();
    const [name] = await names();
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: name.trim(), exact: true }).waitFor();
  });

  /** Goes around the middle of the map, so far in pixels to each side. */
  async function drawAround(far: { x: number; y: number }, release = true): Promise<void> {
    const { x, y, width, height } = (await canvas.boundingBox())!;
    const [middleX, middleY] = [x + width / 2, y + height / 2];
    const corners = [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ];
    await page.mouse.move(middleX - far.x, middleY - far.y);
    await page.mouse.down();
    for (const [right, down] of corners)
      await page.mouse.move(middleX + right * far.x, middleY + down * far.y, { steps: 4 });
    if (release) await page.mouse.up();
  }
  const selected = () => page.getByRole('status').filter({ hasText: /pictures? selected/ });
  const countSelected = async () => Number(/^\d+/.exec((await selected().first().textContent()) ?? '')?.[0]);
  const searchButton = () => page.getByRole('button', { name: /^Search for what looks like/ });
  const lasso = () => page.getByRole('button', { name: 'Lasso' });
  const noBarriers = async (of: Page) => assert.deepEqual(await barriers(of, '[role=tabpanel][data-state=active]'), []);

  test('draw around pictures: Explore asks about all of them, shows others, and Back leads to the selection', async () => {
    await onAGrid(page);
    await lasso().click();
    assert.equal(await lasso().getAttribute('aria-pressed'), 'true');
    await drawAround({ x: 110, y: 90 });
    await selected().waitFor();
    const count = await countSelected();
    assert.ok(count > 3 && count < MAX_EXAMPLES, String(count));
    await screenshot(page, 'map-lasso');
    await noBarriers(page);
    const answered = page.waitForResponse(
      (response) => response.url().endsWith('/similar/items') && !response.request().postDataJSON().colors,
    );
    await searchButton().click();
    const response = await answered;
    const { pictures, like, exclude }: ItemsRequest = response.request().postDataJSON();
    assert.equal(pictures?.length, 1);
    assert.equal(like?.length, count - 1);
    assert.deepEqual(exclude, like);
    const { items }: ItemsResponse = await response.json();
    assert.ok(items.length > 0 && items.every(({ documentId }) => !like?.includes(documentId)));
    await page.getByText(`Together with ${count - 1} other pictures`).waitFor();
    await page.getByRole('list', { name: 'Similar items' }).getByRole('listitem').first().waitFor();
    await screenshot(page, 'map-lasso-explore');
    await noBarriers(page);
    await page.goBack();
    await selected().waitFor();
    assert.equal(await countSelected(), count);
    await page.getByRole('button', { name: 'Clear' }).click();
    await selected().waitFor({ state: 'detached' });
    assert.notEqual(await page.evaluate('document.activeElement.tagName'), 'BODY');
  });

  test('Explore without the other pictures: the first one alone', async () => {
    await onAGrid(page);
    await lasso().click();
    await drawAround({ x: 110, y: 90 });
    await searchButton().click();
    const alone = page.waitForRequest(
      (request) => request.url().endsWith('/similar/items') && !request.postDataJSON().like?.length,
    );
    await page.getByRole('button', { name: 'Without the others' }).click();
    assert.equal((await alone).postDataJSON().pictures.length, 1);
    await page.getByText(/^Together with/).waitFor({ state: 'detached' });
    assert.notEqual(await page.evaluate('document.activeElement.tagName'), 'BODY');
  });

  test('with Shift without the mode; Escape takes the line back, then leaves the mode', async () => {
    await onAGrid(page);
    await page.keyboard.down('Shift');
    await drawAround({ x: 110, y: 90 });
    await page.keyboard.up('Shift');
    await selected().waitFor();
    const all = await names();
    await page.getByRole('button', { name: 'Clear' }).click();
    await selected().waitFor({ state: 'detached' });
    await lasso().click();
    await drawAround({ x: 110, y: 90 }, false);
    await page.keyboard.press('Escape');
    await page.mouse.move(0, 0);
    await page.mouse.up();
    assert.equal(await selected().count(), 0);
    assert.equal(await lasso().getAttribute('aria-pressed'), 'true', 'still drawing');
    await page.getByRole('combobox', { name: 'Colours' }).click();
    await page.getByRole('option', { name: 'No colours' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('option', { name: 'No colours' }).waitFor({ state: 'detached' });
    // A moment after the menu has gone.
    const colours = page.getByRole('combobox', { name: 'Colours' });
    await until('the focus is back', () => colours.evaluate((element) => element === document.activeElement));
    assert.equal(await lasso().getAttribute('aria-pressed'), 'true', 'the menu has closed, and nothing else');
    await page.keyboard.press('Escape');
    assert.equal(await lasso().getAttribute('aria-pressed'), 'false');
    assert.deepEqual(await names(), all, 'the map has not moved');
  });

  test('more than can be asked about: those nearest to the middle, and it says so', async () => {
    await onAGrid(page);
    await lasso().click();
    const { width, height } = (await canvas.boundingBox())!;
    await drawAround({ x: width / 2 - 2, y: height / 2 - 2 });
    assert.ok(products.length > MAX_EXAMPLES);
    await page
      .getByText(`${MAX_EXAMPLES} of ${products.length} pictures selected: those nearest to the middle`)
      .waitFor();
    const boxes = page.getByRole('list', { name: 'Pictures in view' }).getByRole('checkbox', { checked: true });
    assert.ok((await boxes.count()) > 10, 'the list begins in the middle');
    await screenshot(page, 'map-lasso-many');
  });

  test('without a pointer: boxes in the list select', async () => {
    await onAGrid(page);
    const boxes = page.getByRole('list', { name: 'Pictures in view' }).getByRole('checkbox');
    for (const at of [0, 2]) {
      await boxes.nth(at).focus();
      await page.keyboard.press('Space');
    }
    await page.getByText('2 pictures selected').waitFor();
    await boxes.nth(2).focus();
    await page.keyboard.press('Space');
    await page.getByText('1 picture selected').waitFor();
    const name = (await names())[0].trim();
    await searchButton().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name, exact: true }).waitFor();
    assert.equal(await page.getByText(/^Together with/).count(), 0);
  });

  const legend = () => page.getByRole('list', { name: 'What the colours mean' }).getByRole('listitem');
  const colourBy = async (option: string) => {
    await page.getByRole('combobox', { name: 'Colours' }).click();
    await page.getByRole('option', { name: option }).click();
  };
  /** How many pixels of the map have exactly this colour. */
  const pixelsOf = async (colour: string) =>
    (await page.evaluate(`(() => {
      const canvas = document.querySelector('canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const [r, g, b] = [1, 3, 5].map((at) => parseInt(${JSON.stringify(colour)}.slice(at, at + 2), 16));
      let found = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at] === r && data[at + 1] === g && data[at + 2] === b) found++;
      return found;
    })()`)) as number;

  test('coloured by folder: the legend says what each colour is, and the address keeps it', async () => {
    const { body } = await shop.client.admin('POST', '/upload/folders', { name: 'Shoes', parent: null });
    const inside = products.slice(0, 20).map(({ picture }) => picture.id);
    await shop.client.admin('POST', '/upload/actions/bulk-move', {
      fileIds: inside,
      destinationFolderId: body.data.id,
    });
    await onAGrid(page);
    assert.equal(await pixelsOf(ON_LIGHT.groups[0]), 0);
    await colourBy('Coloured by folder');
    await legend().first().waitFor();
    assert.deepEqual(await legend().allInnerTexts(), ['Shoes (20)', `No folder (${products.length - 20})`]);
    await until('the map has the colour of the folder', async () => (await pixelsOf(ON_LIGHT.groups[0])) > 100);
    const listedGroups = page.getByRole('list', { name: 'Pictures in view' }).getByText(/^(Shoes|No folder)$/);
    await until('the list says it in words', async () => (await listedGroups.count()) === (await listed().count()));
    await screenshot(page, 'map-folders');
    await noBarriers(page);
    await page.reload();
    await page.getByRole('combobox', { name: 'Colours' }).getByText('Coloured by folder').waitFor();
    await legend().first().waitFor();
    await colourBy('No colours');
    await legend().first().waitFor({ state: 'detached' });
    await until('the colour is gone', async () => (await pixelsOf(ON_LIGHT.groups[0])) === 0);
  });

  test('coloured by content type, and by duplicates: every picture is counted once', async () => {
    await onAGrid(page);
    await colourBy('Coloured by content type');
    await page.getByText(`Product (${products.length})`).waitFor();
    await colourBy('Coloured by duplicates');
    await until('it is about duplicates', async () => /No duplicates/.test((await legend().allInnerTexts()).join()));
    const counts = (await legend().allInnerTexts()).map((text) => Number(/\((\d+)\)$/.exec(text)?.[1]));
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      products.length,
    );
    await screenshot(page, 'map-duplicates');
  });

  test('colours that cannot be loaded: the reason is shown, and the map stays', async () => {
    await page.route('**/similar/map/groups?*', (route) =>
      route.fulfill({
        status: 503,
        json: { error: { status: 503, name: 'E', message: 'The index is being opened.' } },
      }),
    );
    await onAGrid(page);
    await colourBy('Coloured by folder');
    await page.getByRole('alert').filter({ hasText: 'The index is being opened.' }).waitFor();
    assert.ok(await canvas.isVisible());
    await page.unroute('**/similar/map/groups?*');
    await legend().first().waitFor();
  });

  test('laid out anew: it goes on showing what there is, and the pictures move', async () => {
    await page.unroute('**/similar/map');
    await openMap(page, 'Map');
    await listed().first().waitFor();
    const places = async () => (await shop.client.admin<MapResponse>('GET', '/similar/map')).body.places;
    const before = await places();
    await page.getByRole('button', { name: 'Lay out again' }).click();
    await until('the pictures have moved', async () => (await places()) !== before);
    await page.getByText(/pictures are on the map$/).waitFor();
    assert.ok(await canvas.isVisible());
  });

  test('while it is laid out: how long that takes, and a way to cancel it, by keyboard', async () => {
    let now: Partial<MapResponse> = { computing: 0.6, secondsLeft: 42 };
    // Nothing is really being laid out.
    await page.route('**/similar/map/cancel', (route) => route.fulfill({ json: { cancelled: true } }), { times: 1 });
    await page.route('**/similar/map', async (route) => {
      const answer = await route.fetch();
      const { computing, ...map }: MapResponse = await answer.json();
      await route.fulfill({ json: { ...map, ...now } });
    });
    await openMap(page, 'Map');
    await page.getByText('laying out: 60% · about 42 seconds left').waitFor();
    await screenshot(page, 'map-time-left');
    const cancelling = page.waitForResponse('**/similar/map/cancel');
    await page.getByRole('button', { name: 'Cancel layout' }).focus();
    now = { cancelled: true };
    await page.keyboard.press('Enter');
    assert.equal((await cancelling).status(), 200);
    await page.getByText('Cancelled. The map stays as it was; “Lay out again” starts over.').waitFor();
    await page.getByText('laying out was cancelled; “Lay out again” starts it').waitFor();
    await page.getByRole('button', { name: 'Lay out again' }).waitFor();
    assert.notEqual(await page.evaluate('document.activeElement.tagName'), 'BODY');
    assert.ok(await canvas.isVisible());
    await noBarriers(page);
    // It finishes while somebody is about to cancel it.
    now = { computing: 0.99 };
    await openMap(page, 'Map');
    const late = page.getByRole('button', { name: 'Cancel layout' });
    await late.waitFor();
    now = {};
    await late.click();
    await page.getByText('The layout had already finished.').waitFor();
    await page.getByRole('button', { name: 'Lay out again' }).waitFor();
    // The first one of all: there is no map yet to stay.
    now = { cancelled: true, gaps: [], places: '' };
    await openMap(page, 'Map');
    const starting = page.waitForResponse('**/similar/map/recompute');
    await page.getByRole('button', { name: 'Lay out again' }).click();
    assert.equal((await starting).status(), 202);
    await page.unroute('**/similar/map');
  });

  test('a server that cannot lay it out: the reason is shown', async () => {
    await page.route('**/similar/map', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...(await answer.json()), problem: 'The process ended by SIGKILL.' } });
    });
    await openMap(page, 'Map');
    await page.getByRole('alert').filter({ hasText: 'ended by SIGKILL' }).waitFor();
    await page.unroute('**/similar/map');
  });

  test('German, in the dark', async () => {
    await shop.inGerman('/plugins/similar', async (other) => {
      await other.getByRole('tab', { name: 'Karte' }).click();
      await other.getByRole('list', { name: 'Sichtbare Bilder' }).getByRole('button').nth(10).waitFor();
      await other.getByRole('combobox', { name: 'Farben' }).click();
      await other.getByRole('option', { name: 'Farben nach Ordner' }).click();
      await other.getByText('Shoes (20)').waitFor();
      const boxes = other.getByRole('list', { name: 'Sichtbare Bilder' }).getByRole('checkbox');
      for (const at of [0, 1, 2]) await boxes.nth(at).click();
      await other.getByText('3 Bilder ausgewählt').waitFor();
      await screenshot(other, 'map-german-dark');
      await noBarriers(other);
    });
  });
});
