import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { picture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { Answer, UploadedFile } from '../helpers/strapi-client';

let shop: Playground;
let red: UploadedFile;
let copy: UploadedFile;
let paler: UploadedFile;
let blue: UploadedFile;
const ids: Record<string, string> = {};

before(async () => {
  shop = await startPlayground();
  const disc = await picture('disc', '#e00');
  [red, copy, paler, blue] = await shop.upload([
    { name: 'red.jpg', bytes: disc },
    { name: 'copy.jpg', bytes: disc },
    { name: 'paler.jpg', bytes: await sharp(disc).jpeg({ quality: 50 }).toBuffer() },
    { name: 'blue.jpg', bytes: await picture('stripes', '#00e') },
  ]);
  await searchable(shop, [red, copy, paler, blue]);
  ids.red = (await createProduct(shop, { name: 'Red', images: [red] })).documentId;
  ids.blue = (await createProduct(shop, { name: 'Blue', images: [blue] })).documentId;
  ids.draft = (await createProduct(shop, { name: 'Draft', images: [paler], status: 'draft' })).documentId;
});
after(() => shop?.stop());

const beside = (body: object) => shop.admin('POST', '/similar/beside', { type: PRODUCT, ...body });
const labels = ({ body }: Answer) => body.items.map(({ label }: { label: string }) => label);

describe('beside an entry', () => {
  test('pictures of the unsaved form give suggestions: drafts too, with title, picture and state', async () => {
    const answer = await beside({ pictures: [copy.id], documentId: ids.blue });
    assert.equal(answer.status, 200);
    assert.deepEqual(labels(answer), ['Red', 'Draft']);
    const [first, second] = answer.body.items;
    assert.equal(first.published, true);
    assert.equal(second.published, false);
    assert.equal(first.picture.id, red.id);
    assert.equal(first.asked.id, copy.id);
    assert.ok(first.picture.thumbnail);
    assert.equal(answer.body.status, 'ready');
  });

  test('pages join up', async () => {
    const first = await beside({ pictures: [red.id], limit: 1 });
    assert.equal(first.body.hasMore, true);
    const rest = await beside({ pictures: [red.id], start: 1, limit: 5 });
    assert.equal(rest.body.hasMore, false);
    assert.deepEqual(new Set([...labels(first), ...labels(rest)]), new Set(['Red', 'Draft', 'Blue']));
  });

  test('a picture that failed says why', async () => {
    const [broken] = await shop.upload([
      { name: 'broken.jpg', bytes: (await picture('disc', '#123')).subarray(0, 200) },
    ]);
    const deadline = Date.now() + 20_000;
    let answer = await beside({ pictures: [broken.id] });
    while (answer.body.waiting[0]?.state !== 'failed' && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      answer = await beside({ pictures: [broken.id] });
    }
    assert.equal(answer.body.status, 'failed');
    assert.match(answer.body.waiting[0].reason, /damaged/);
    assert.deepEqual(answer.body.items, []);
  });

  test('wrong bodies are refused by name', async () => {
    for (const [body, name] of [
      [{ pictures: 'all' }, 'pictures'],
      [{ pictures: [1], limit: 0 }, 'limit'],
      [{ pictures: [1], like: ["'"] }, 'like'],
      [{ pictures: [1], type: 'api::nothing.nothing' }, 'type'],
      [{ pictures: [1], colour: 'red' }, 'colour'],
    ] as const) {
      const answer = await beside(body);
      assert.equal(answer.status, 400, name);
      assert.match(answer.body.error.message, new RegExp(name));
    }
  });
});

describe('rules', () => {
  test('pin, hide and undo take effect at once and are listed with their titles', async () => {
    const pin = { kind: 'pin', type: PRODUCT, source: ids.red, target: ids.blue, place: 1 };
    assert.equal((await shop.admin('POST', '/similar/rules', pin)).status, 200);
    const pinned = await beside({ pictures: [red.id], documentId: ids.red });
    assert.deepEqual(labels(pinned), ['Blue', 'Draft']);
    assert.equal(pinned.body.items[0].source, 'pinned');
    assert.equal(pinned.body.rules[0].label, 'Blue');
    assert.equal(pinned.body.rules[0].author, 'Test Admin');
    assert.deepEqual((await shop.admin('POST', '/similar/rules/remove', pin)).body, { removed: true });
    const hide = { kind: 'hide', type: PRODUCT, source: ids.red, target: ids.draft };
    await shop.admin('POST', '/similar/rules', hide);
    assert.deepEqual(labels(await beside({ pictures: [red.id], documentId: ids.red })), ['Blue']);
    await shop.admin('POST', '/similar/rules/remove', hide);
    assert.equal((await shop.admin('POST', '/similar/rules', { ...pin, place: 0 })).status, 400);
  });
});

describe('duplicates', () => {
  const duplicates = (query = '') => shop.admin('GET', `/similar/duplicates${query}`);

  test('copies come as one group, with sizes and usages', async () => {
    const { status, body } = await duplicates();
    assert.equal(status, 200);
    assert.equal(body.total, 1);
    const [group] = body.groups;
    assert.deepEqual(
      group.pictures.map(({ id }: UploadedFile) => id),
      [red.id, copy.id, paler.id],
    );
    assert.equal(group.identical, false);
    assert.deepEqual(group.pictures[0].usages, [{ type: PRODUCT, documentId: ids.red, label: 'Red' }]);
    assert.deepEqual(group.pictures[1].usages, []);
    assert.equal(body.compared.done, body.compared.total);
  });

  test('a verdict is kept: different things never come again, the same ones move to the judged', async () => {
    const verdict = (kind: string, a: UploadedFile, b: UploadedFile) => ({
      kind,
      type: 'file',
      source: a.documentId,
      target: b.documentId,
    });
    const different = [verdict('different', paler, red), verdict('different', copy, paler)];
    for (const rule of different) await shop.admin('POST', '/similar/rules', rule);
    const { body } = await duplicates();
    assert.deepEqual(
      body.groups.map(({ pictures }: { pictures: UploadedFile[] }) => pictures.map(({ id }) => id)),
      [[red.id, copy.id]],
    );
    assert.equal(body.groups[0].identical, true);
    await shop.admin('POST', '/similar/rules', verdict('same', red, copy));
    assert.equal((await duplicates()).body.total, 0);
    assert.equal((await duplicates('?judged=true')).body.total, 1);
  });
});

describe('permissions', () => {
  const PASSWORD = 'Similar-test-1';

  async function editorWith(actions: string[]): Promise<string> {
    const role = await shop.strapi
      .service('admin::role')
      .create({ name: `Role ${Math.random()}`, description: 'for a test' });
    const permissions = actions.map((action) => ({
      action,
      ...(action.includes('explorer') && {
        subject: PRODUCT,
        properties: { fields: ['name', 'images'], locales: ['en'] },
      }),
    }));
    await shop.strapi.service('admin::role').assignPermissions(role.id, permissions);
    const email = `editor-${role.id}@example.com`;
    await shop.strapi
      .service('admin::user')
      .create({ email, firstname: 'E', lastname: 'D', password: PASSWORD, isActive: true, roles: [role.id] });
    const answer = await fetch(`${shop.url}/admin/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    return ((await answer.json()) as { data: { token: string } }).data.token;
  }

  const as = async (token: string, method: string, path: string, body?: object) =>
    (
      await fetch(shop.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
    ).status;

  const READ = 'plugin::similar.read';
  const CONTENT = 'plugin::content-manager.explorer.read';
  const rule = () => ({ kind: 'hide', type: PRODUCT, target: ids.red, source: ids.blue });
  const besideRed = () => ({ type: PRODUCT, pictures: [red.id] });

  test('each is enforced on the server', async () => {
    const nobody = await editorWith([CONTENT]);
    const reader = await editorWith([READ, CONTENT]);
    const judge = await editorWith([READ, CONTENT, 'plugin::similar.judge']);
    const manager = await editorWith([READ, 'plugin::similar.manage']);
    assert.equal(await as(nobody, 'POST', '/similar/beside', besideRed()), 403);
    assert.equal(await as(nobody, 'GET', '/similar/progress'), 403);
    assert.equal(await as(reader, 'POST', '/similar/beside', besideRed()), 200);
    assert.equal(await as(reader, 'POST', '/similar/rules', rule()), 403);
    assert.equal(await as(reader, 'POST', '/similar/rebuild'), 403);
    assert.equal(await as(judge, 'POST', '/similar/rules', rule()), 200);
    assert.equal(await as(judge, 'POST', '/similar/rules/remove', rule()), 200);
    assert.equal(await as(judge, 'POST', '/similar/pause'), 403);
    assert.equal(await as(manager, 'POST', '/similar/resume'), 200);
    assert.equal(await as(manager, 'POST', '/similar/beside', besideRed()), 403, 'may not read products');
    assert.equal(await as(manager, 'GET', '/similar/duplicates'), 403, 'may not read files');
    assert.equal((await fetch(`${shop.url}/similar/progress`)).status, 401);
  });

  test('types that may not be read are not listed', async () => {
    const reader = await editorWith([READ]);
    const answer = await fetch(`${shop.url}/similar/types`, { headers: { authorization: `Bearer ${reader}` } });
    assert.deepEqual(await answer.json(), []);
    const { body } = await shop.admin('GET', '/similar/types');
    assert.deepEqual(body, [{ uid: PRODUCT, name: 'Product', kind: 'collectionType', paths: [['images']] }]);
  });
});
