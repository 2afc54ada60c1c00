import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Request } from 'playwright-core';
import { noBrowser, screenshot } from '../helpers/browser';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { picture, texture } from '../helpers/pictures';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const MINUTE = 60_000;

/** What `useLegacyMediaLibrary: true` in config/features does to the panel, without building it a second time. */
const LEGACY_LIBRARY = `(() => {
  let strapi;
  Object.defineProperty(window, 'strapi', {
    get: () => strapi,
    set(value) {
      strapi = value;
      strapi.featureFlags = { isEnabled: (name) => name === 'useLegacyMediaLibrary' };
    },
  });
})()`;

describe('beside the media library, in a browser', { skip: noBrowser }, () => {
  let shop: OpenShop<UploadedFile[]>;
  let known: UploadedFile;
  const bytes = { known: texture(3), other: picture('stripes', '#08f') };

  before(async () => {
    const both = [
      { name: 'known.jpg', bytes: await bytes.known },
      { name: 'other.jpg', bytes: await bytes.other },
    ];
    shop = await openShop((client) => client.upload(both));
    [known] = shop.filled;
  });
  after(() => shop?.close());

  const jpeg = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/jpeg', buffer });

  test('who uploads a picture that is there already is told so, with the way to it; nobody else, and not before', async () => {
    const page = await shop.admin.open();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/similar/notices')) asked.push(request.url());
    });
    await shop.visit(page, '/plugins/upload');
    const input = page.locator('main input[type=file][multiple]');
    await input.waitFor({ state: 'attached' });
    assert.deepEqual(asked, [], 'nothing was uploaded');
    await input.setInputFiles(jpeg('again.jpg', await bytes.known));
    const told = page.getByRole('region', { name: 'Uploaded pictures that were there already' });
    await told.getByText('again.jpg is already in the media library: known.jpg is the same file.').waitFor();
    await screenshot(page, 'notice');
    const link = told.getByRole('link', { name: 'See similar pictures: known.jpg' });
    await shop.visit(page, `${await link.getAttribute('href')}`.replace('/admin', ''));
    await page.getByText('known.jpg', { exact: true }).first().waitFor();
    await page.getByRole('list', { name: 'Similar items' }).getByText('again.jpg', { exact: true }).waitFor();

    await shop.visit(page, '/plugins/upload');
    await input.waitFor({ state: 'attached' });
    const compared = page.waitForResponse(
      async (response) => response.url().includes('/similar/notices') && (await response.json()).pending === 0,
    );
    await input.setInputFiles(jpeg('new.jpg', await texture(8)));
    await compared;
    await page.getByText('new.jpg', { exact: true }).first().waitFor();
    assert.equal(await told.count(), 0);
    await page.context().close();
  });

  test('likewise with the legacy media library; its dialog serves Explore', async () => {
    const page = await shop.admin.open();
    await page.addInitScript(LEGACY_LIBRARY);
    await shop.visit(page, '/plugins/upload');
    await page.getByRole('button', { name: 'Add new assets' }).first().click();
    await page.locator('input[type=file]').setInputFiles(jpeg('once-more.jpg', await bytes.known));
    await page.getByRole('button', { name: 'Upload 1 asset to the library' }).click();
    const told = page.getByRole('region', { name: 'Uploaded pictures that were there already' });
    await told.getByText('once-more.jpg is already in the media library: known.jpg is the same file.').waitFor();
    await screenshot(page, 'notice-legacy');
    await shop.visit(page, '/plugins/similar');
    await page.getByRole('button', { name: 'Choose a picture' }).click();
    await page.getByRole('checkbox', { name: /other.jpg/ }).click();
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('list', { name: 'Similar items' }).getByText(known.name, { exact: true }).waitFor();
    await page.context().close();
  });

  test('a page left open for an hour recovers from a restart, and asks no more often than at first', async () => {
    const page = await shop.admin.open();
    await page.clock.install();
    await shop.visit(page, '/plugins/similar');
    await page.getByRole('tab', { name: 'Index' }).click();
    await page.getByText(/\d pictures indexed(?!.*waiting)/).waitFor();
    const count = { asked: 0, done: 0 };
    const counting = (key: keyof typeof count) => (request: Request) => {
      if (request.url().endsWith('/similar/progress')) count[key]++;
    };
    page.on('request', counting('asked'));
    page.on('requestfinished', counting('done'));
    page.on('requestfailed', counting('done'));
    await page.clock.pauseAt(new Date(Date.now() + MINUTE));
    const isIdle = () => count.asked === count.done;
    await until('what was asked is answered', isIdle);
    const away = page.getByText('The server is not responding; trying again…');

    /** The page's clock goes on by so much that it asks again. @returns how often it asked. */
    async function later(minute: number): Promise<number> {
      const before = count.asked;
      await until(`the page asks in minute ${minute}`, async () => {
        await page.clock.fastForward(MINUTE);
        return count.asked > before;
      });
      await until('it is answered', isIdle);
      return count.asked - before;
    }

    for (let minute = 0; minute < 60; minute++) {
      // Not at the half hour: Strapi signs those out whose token ends while the server is away.
      if (minute === 10) await shop.process.kill();
      if (minute === 13) await away.waitFor();
      // The same model, its pictures brought to its size in another way: another space.
      if (minute === 15) await shop.process.restart({ models: { resize: 'nearest' } });
      if (minute === 40) {
        for (const name of ['Explore', 'Index', 'Explore', 'Index']) await page.getByRole('tab', { name }).click();
        await later(minute);
      }
      assert.equal(await later(minute), 1, `minute ${minute}`);
    }
    assert.equal(await away.count(), 0);
    await page.clock.resume();

    await page.getByText('Before: efficientnet-lite0').waitFor();
    await screenshot(page, 'index-model-changed');
    await page.getByRole('button', { name: 'Roll back' }).click();
    await page.getByText(/Turned down: .*nearest/).waitFor();
    await page.getByRole('button', { name: 'Build anyway' }).click();
    await page.getByText('Before: efficientnet-lite0').waitFor();
    await page.context().close();
  });
});
