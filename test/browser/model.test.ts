import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { ComparisonResponse } from '../../plugin/contracts/comparison';
import { barriers } from '../helpers/barriers';
import { noBrowser, screenshot } from '../helpers/browser';
import { towerEntry } from '../helpers/custom-tower';
import { editorWith } from '../helpers/editor';
import { type OpenShop, openShop } from '../helpers/open-shop';
import { FILES, JUDGE, MANAGE, READ } from '../helpers/owned-shop';
import { texture } from '../helpers/pictures';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

/** Three pages, and enough for an estimate. */
const COUNT = 55;
const LIVE = 'efficientnet-lite0';
const OTHER = 'tower';
const AT = '/plugins/similar?tab=model';

describe('comparing models in a browser', { skip: noBrowser }, () => {
  let shop: OpenShop<UploadedFile[]>;
  let page: Page;

  before(async () => {
    const tower = { ...(await towerEntry('vit-cls')), licence: 'MIT' };
    const missing = { ...(await towerEntry('clip-projection')), path: '/nowhere/model.onnx' };
    const pictures = await Promise.all(
      Array.from({ length: COUNT }, async (_, seed) => ({ name: `picture-${seed}.jpg`, bytes: await texture(seed) })),
    );
    const config = { models: { custom: { [OTHER]: tower, missing } } };
    shop = await openShop((client) => client.upload(pictures), { config });
    page = await shop.admin.open();
  });
  after(() => shop?.close());

  const noBarriers = async (of: Page) => assert.deepEqual(await barriers(of, '[role=tabpanel][data-state=active]'), []);
  const button = (name: string | RegExp, of = page) => of.getByRole('button', { name, exact: true });
  const said = (message: string) => page.getByRole('status').getByText(message).first().waitFor();
  const heading = (name: string, of = page) => of.getByRole('heading', { name, exact: true });
  const sides = (of = page) => of.getByRole('heading', { level: 3 }).allInnerTexts();
  const listed = async (side: RegExp) => page.getByRole('list', { name: side }).getByRole('listitem').allInnerTexts();
  const sample = () => page.getByRole('list', { name: 'Pictures of the sample' }).getByRole('button');
  const hasFocus = () => page.evaluate(() => document.activeElement !== document.body);
  const comparison = async (): Promise<ComparisonResponse> =>
    (await shop.client.admin('GET', '/similar/comparison')).body;
  const isReady = () =>
    until('the comparison is ready', async () => (await comparison()).comparison?.state === 'ready');
  const compare = async (model: string) => {
    const { status, body } = await shop.client.admin('POST', '/similar/comparison', { model });
    assert.equal(status, 200, JSON.stringify(body));
  };
  const discard = () => shop.client.admin('DELETE', '/similar/comparison');
  const choose = async (model: string) => {
    await page.getByRole('radio', { name: new RegExp(`^${model}`) }).click();
    await button('Compare').click();
  };

  test('who may use it is seen however late Strapi knows what the administrator may do', async () => {
    await page.route('**/admin/users/me/permissions', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await route.continue();
    });
    await shop.visit(page, AT);
    await heading(`In use: ${LIVE}`).waitFor();
    await page.getByRole('tab', { name: 'Model', selected: true }).waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  test('a model that is refused says why, in the reader’s words, and leads back to the choice', async () => {
    await shop.visit(page, AT);
    await heading(`In use: ${LIVE}`).waitFor();
    assert.ok(await button('Compare').isDisabled(), 'no model is chosen yet');
    await page.getByRole('radio', { name: /^tower.*48 numbers per vector · MIT.*Your own/ }).waitFor();
    await page.getByRole('radio', { name: /^dino-vits16.*Unverified/ }).waitFor();
    await noBarriers(page);
    await screenshot(page, 'model-new');

    await choose('missing');
    await heading('missing cannot be compared').waitFor();
    await page.getByRole('alert').getByText('The model is not on this server').waitFor();
    assert.equal(await page.getByText('/nowhere').count(), 0, 'paths of the server');
    assert.ok(await hasFocus());
    await noBarriers(page);
    await screenshot(page, 'model-refused');
    await button('Choose another model').click();
    await said('Discarded');
    await heading(`In use: ${LIVE}`).waitFor();
    await until('who uses the keyboard is still there', hasFocus);
  });

  test('how far it is, while it waits for other pictures; discarded after a question', async () => {
    assert.equal((await shop.client.admin('POST', '/similar/pause')).status, 200);
    await choose(OTHER);
    await heading(`${OTHER} is being loaded`)
      .or(heading(`${OTHER} is processing the sample`))
      .waitFor();
    await page.getByText(`0 of ${COUNT} pictures`).waitFor();
    await noBarriers(page);
    await screenshot(page, 'model-embedding');
    await button('Discard').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    await button('Discard').click();
    await screenshot(page, 'model-discard');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click();
    await heading(`In use: ${LIVE}`).waitFor();
    assert.equal((await comparison()).comparison, undefined);
    await until('who uses the keyboard is still there', hasFocus);
    assert.equal((await shop.client.admin('POST', '/similar/resume')).status, 200);
  });

  test('pictures: A and B without names until the vote, by keys and by buttons; the address keeps what is open', async () => {
    await choose(OTHER);
    await isReady();
    await heading(`${LIVE} and ${OTHER}`).waitFor();
    await page.getByText(`Building ${OTHER} for ${COUNT} pictures takes about`).waitFor();
    await page.getByText('There are no decisions about pictures of the sample yet.').waitFor();
    await sample().nth(23).waitFor();
    assert.equal(await sample().count(), 24);
    await page.getByText('Page 1 of 3').waitFor();
    await noBarriers(page);
    await screenshot(page, 'model-ready');

    const card = sample().nth(22);
    const name = ((await card.textContent()) as string).trim();
    await card.click();
    await heading(name).waitFor();
    await heading('A').waitFor();
    assert.deepEqual(await sides(), ['A', 'B']);
    const panel = page.getByRole('tabpanel', { name: 'Model' });
    assert.doesNotMatch(
      (await panel.textContent()) ?? '',
      new RegExp(`${LIVE}|${OTHER}|\\d\\.\\d\\d`),
      'nothing tells which is which',
    );
    const before = [await listed(/^A$/), await listed(/^B$/)];
    assert.deepEqual(
      before.map(({ length }) => length),
      [7, 7],
    );
    await noBarriers(page);
    await screenshot(page, 'model-picture');
    await page.reload();
    await heading('A').waitFor();
    assert.deepEqual([await listed(/^A$/), await listed(/^B$/)], before, 'a reload swaps nothing');

    await page.keyboard.press('1');
    await heading(`A: ${LIVE}`)
      .or(heading(`A: ${OTHER}`))
      .waitFor();
    const named = await sides();
    assert.deepEqual(
      named.toSorted(),
      named[0].includes(LIVE) ? [`A: ${LIVE}`, `B: ${OTHER}`] : [`A: ${OTHER}`, `B: ${LIVE}`],
    );
    const { comparison: voted } = await comparison();
    assert.deepEqual(voted?.votes, {
      live: Number(named[0].includes(LIVE)),
      other: Number(!named[0].includes(LIVE)),
      same: 0,
    });
    assert.equal(await button('A is better').getAttribute('aria-pressed'), 'true');
    await noBarriers(page);
    await screenshot(page, 'model-voted');
    await button('No difference').click();
    await until('the vote is another one', async () => (await comparison()).comparison?.votes.same === 1);
    await page.locator('[aria-pressed=true]', { hasText: 'No difference' }).waitFor();

    // To the end of the page, and over it.
    await page.keyboard.press('ArrowRight');
    await page.getByText(`Picture 24 of ${COUNT}`).waitFor();
    await heading('A').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByText(`Picture 25 of ${COUNT}`).waitFor();
    await heading('A').waitFor();
    await page.keyboard.press('3');
    await page.getByRole('button', { name: 'B is better', pressed: true }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText(`Picture 24 of ${COUNT}`).waitFor();
    await button('Previous').click();
    await heading(name).waitFor();
    await button('Undo the vote').click();
    await heading('A').waitFor();
    await until('it is taken back', async () => (await comparison()).comparison?.votes.same === 0);
    await page.keyboard.press('2');
    await page.getByRole('button', { name: 'No difference', pressed: true }).waitFor();

    await button('Back to the sample').click();
    await sample().filter({ hasText: name }).getByText('No difference').waitFor();
    await until('the focus is where it was', () =>
      page.evaluate((text) => document.activeElement?.textContent?.includes(text) ?? false, name),
    );
    await page.getByText('1 vote', { exact: true }).first().waitFor();
  });

  test('what editors decided is counted, with what is better in words', async () => {
    const [first, second, third] = shop.filled;
    const rule = { type: 'file', source: first.documentId };
    for (const more of [
      { kind: 'hide', target: second.documentId },
      { kind: 'different', target: third.documentId },
    ]) {
      const { status, body } = await shop.client.admin('POST', '/similar/rules', { ...rule, ...more });
      assert.equal(status, 200, JSON.stringify(body));
    }
    await shop.visit(page, AT);
    const row = (name: string) => page.getByRole('row').filter({ hasText: name });
    await row('Hidden items found').getByText('Fewer is better').waitFor();
    await row('Non-duplicates kept out').getByText('More is better').waitFor();
    const { agreement } = (await comparison()).comparison as NonNullable<ComparisonResponse['comparison']>;
    for (const [name, { live, other }, sign] of [
      ['Hidden items found', agreement.hides, -1],
      ['Non-duplicates kept out', agreement.different, 1],
    ] as const) {
      const lead = sign * (other - live);
      const better = lead === 0 ? 'Equal' : lead > 0 ? OTHER : LIVE;
      const cells = await row(name).getByRole('gridcell').allInnerTexts();
      assert.deepEqual(cells.slice(1), ['1', `${live}`, `${other}`, better]);
    }
    await noBarriers(page);
    await screenshot(page, 'model-agreement');
  });

  test('who may only judge votes, and decides nothing else; who may only read has no such tab', async () => {
    const judge = await editorWith(shop.client, [READ, JUDGE, FILES]);
    const other = await shop.admin.open({}, judge);
    await shop.visit(other, AT);
    await heading(`${LIVE} and ${OTHER}`, other).waitFor();
    await other.getByRole('list', { name: 'Pictures of the sample' }).getByRole('button').first().click();
    await button('B is better', other).click();
    await other.getByRole('button', { name: 'B is better', pressed: true }).waitFor();
    await button('Back to the sample', other).click();
    await heading(`${LIVE} and ${OTHER}`, other).waitFor();
    for (const name of ['Use this model', 'Keep the current model']) assert.equal(await button(name, other).count(), 0);
    await other.context().close();

    const manager = await editorWith(shop.client, [READ, MANAGE]);
    const blind = await shop.admin.open({}, manager);
    await shop.visit(blind, AT);
    await button('Use this model', blind).waitFor();
    await blind.getByRole('alert').getByText('Seeing the sample takes access to the media library.').waitFor();
    await blind.context().close();

    const watcher = await shop.admin.open({}, await editorWith(shop.client, [READ, MANAGE, FILES]));
    await shop.visit(watcher, AT);
    await watcher.getByRole('list', { name: 'Pictures of the sample' }).getByRole('button').nth(9).click();
    await watcher.getByRole('heading', { name: LIVE }).waitFor();
    assert.equal(await button('A is better', watcher).count(), 0, 'who cannot vote is told the names');
    await watcher.context().close();

    const reader = await shop.admin.open({}, await editorWith(shop.client, [READ, FILES]));
    await shop.visit(reader, AT);
    await reader.getByRole('tab', { name: 'Explore', selected: true }).waitFor();
    assert.equal(await reader.getByRole('tab', { name: 'Model' }).count(), 0);
    await reader.context().close();
  });

  test('German, in the dark', async () => {
    await shop.inGerman(AT, async (other) => {
      await heading(`${LIVE} und ${OTHER}`, other).waitFor();
      await other.getByRole('list', { name: 'Bilder der Stichprobe' }).getByRole('button').nth(3).waitFor();
      await noBarriers(other);
      await screenshot(other, 'model-german-dark');
      await other.getByRole('list', { name: 'Bilder der Stichprobe' }).getByRole('button').nth(3).click();
      await heading('A', other).waitFor();
      await other.keyboard.press('1');
      await heading(`A: ${LIVE}`, other)
        .or(heading(`A: ${OTHER}`, other))
        .waitFor();
      await noBarriers(other);
      await screenshot(other, 'model-german-dark-voted');
    });
  });

  test('a comparison that somebody discards while a picture is open', async () => {
    await shop.visit(page, AT);
    await sample().first().click();
    await heading('A')
      .or(heading(`A: ${LIVE}`))
      .or(heading(`A: ${OTHER}`))
      .waitFor();
    await discard();
    await page.keyboard.press('2');
    await page.getByText('The comparison has been discarded.', { exact: true }).waitFor();
    await heading(`In use: ${LIVE}`).waitFor();
    await until('who uses the keyboard is still there', hasFocus);
    await noBarriers(page);
    await screenshot(page, 'model-gone');
  });

  test('the model is used after a question, followed in the tab Index, and is the one in use', async () => {
    await compare(OTHER);
    await isReady();
    await shop.visit(page, AT);
    await button('Use this model').click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText(/about .*second.* in the database .* for the index/).waitFor();
    await screenshot(page, 'model-use');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.equal((await shop.client.admin('POST', '/similar/pause')).status, 200);
    await button('Use this model').click();
    await dialog.getByRole('button', { name: 'Use this model' }).click();
    await page.getByText(`${OTHER} is being built and takes over once it is complete.`).waitFor();
    await until('who uses the keyboard is still there', hasFocus);
    assert.equal(await button('Keep the current model').count(), 0, 'it would not stop what is being built');
    await screenshot(page, 'model-building');
    await page.getByRole('link', { name: 'See the Index tab' }).click();
    await page.getByText(`${OTHER} is being prepared and takes over once it is complete`).waitFor();
    await noBarriers(page);
    await page.getByRole('link', { name: 'Compare models' }).click();
    await page.getByText(`${OTHER} is being built and takes over once it is complete.`).waitFor();
    assert.equal((await shop.client.admin('POST', '/similar/resume')).status, 200);
    await heading(`${OTHER} is in use now`).waitFor({ timeout: 150_000 });
    await page.getByRole('link', { name: 'Switch back in the Index tab' }).waitFor();
    await noBarriers(page);
    await screenshot(page, 'model-in-use');
    await button('Choose another model').click();
    await heading(`In use: ${OTHER}`).waitFor();
  });
});
