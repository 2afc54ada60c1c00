import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import adminRoutes from '../../server/src/routes/admin';
import { editorWith } from '../helpers/editor';
import { picture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

let shop: Playground;
let red: UploadedFile;
let copy: UploadedFile;
const ids: Record<string, string> = {};

before(async () => {
  shop = await startPlayground();
  const disc = await picture('disc', '#e00');
  [red, copy] = await shop.upload([
    { name: 'red.jpg', bytes: disc },
    { name: 'copy.jpg', bytes: disc },
  ]);
  await searchable(shop, [red, copy]);
  ids.red = (await createProduct(shop, { name: 'Red', images: [red] })).documentId;
  ids.blue = (await createProduct(shop, { name: 'Blue', images: [] })).documentId;
});
after(() => shop?.stop());

describe('permissions', () => {
  const READ = 'plugin::similar.read';
  const CONTENT = 'plugin::content-manager.explorer.read';
  const FILES = 'plugin::upload.read';
  const ALL = ['read', 'judge', 'manage'] as const;

  const tokenWith = async (actions: string[]) => (await editorWith(shop, actions)).token;
  const as = async (token: string, method: string, path: string, body?: object) =>
    (
      await fetch(shop.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
    ).status;

  const rule = () => ({ kind: 'hide', type: PRODUCT, target: ids.red, source: ids.blue });
  const besideRed = () => ({ type: PRODUCT, pictures: [red.id] });

  /** Every route of the admin: who may use it, with what, and the answer to one who may. */
  const ROUTES: Record<string, [may: (typeof ALL)[number], status: number, body?: () => object]> = {
    'GET /types': ['read', 200],
    'POST /beside': ['read', 200, besideRed],
    'GET /explain/:query/:result': ['read', 200],
    // No picture is sent.
    'POST /sent': ['read', 400],
    'GET /duplicates': ['read', 200],
    'POST /rules': ['judge', 200, rule],
    'POST /rules/remove': ['judge', 200, rule],
    'GET /progress': ['read', 200],
    'GET /failed': ['read', 200],
    'POST /retry': ['manage', 200],
    'POST /pause': ['manage', 200],
    'POST /resume': ['manage', 200],
    'POST /sweep': ['manage', 200],
    'POST /rebuild': ['manage', 200],
    // Nothing is being switched.
    'POST /spaces/cancel': ['manage', 409],
    'POST /spaces/roll-back': ['manage', 409],
    'POST /spaces/build': ['manage', 200],
    'GET /notices': ['read', 200],
    'GET /map': ['read', 200],
    // No ids are named.
    'GET /map/pictures': ['read', 400],
    'POST /map/recompute': ['manage', 202],
    'GET /settings': ['manage', 200],
    'PUT /settings': ['manage', 200, () => ({ revision: 0, changes: {} })],
    // No address is set.
    'POST /webhook/test': ['manage', 409],
    'GET /settings/preview': ['manage', 200],
  };

  test('every route is in the table', () => {
    const routes = adminRoutes.routes.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(routes.toSorted(), Object.keys(ROUTES).toSorted());
  });

  test('each route is for those who may, and for no others', async () => {
    const own = (may: string) => `plugin::similar.${may}`;
    const everything = await tokenWith([CONTENT, FILES, ...ALL.map(own)]);
    const without = new Map<string, string>();
    for (const may of ALL) {
      const others = ALL.filter((other) => other !== may);
      without.set(may, await tokenWith([CONTENT, FILES, ...others.map(own)]));
    }
    for (const [route, [may, status, body]] of Object.entries(ROUTES)) {
      const [method, path] = route.split(' ');
      const url = `/similar${path.replace(':query', String(red.id)).replace(':result', String(copy.id))}`;
      assert.equal((await fetch(shop.url + url, { method })).status, 401, `${route}, by nobody`);
      assert.equal(await as(without.get(may) as string, method, url, body?.()), 403, `${route} without ${may}`);
      assert.equal(await as(everything, method, url, body?.()), status, route);
    }
  });

  test('what Strapi itself does not let an editor read is not shown either', async () => {
    const manager = await tokenWith([READ, 'plugin::similar.manage']);
    assert.equal(await as(manager, 'POST', '/similar/beside', besideRed()), 403, 'may not read products');
    assert.equal(await as(manager, 'GET', '/similar/duplicates'), 403, 'may not read files');
    assert.equal(await as(manager, 'GET', '/similar/settings/preview'), 403, 'may not read files');
  });
});
