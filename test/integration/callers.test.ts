import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { guardedTypes } from '../../server/src/access/guarded-types';
import adminRoutes from '../../server/src/routes/admin';
import contentApiRoutes from '../../server/src/routes/content-api';
import { apiToken, grantVisitors, withoutPermission } from '../helpers/permissions';
import { picture } from '../helpers/pictures';
import { createProduct, fileIds, names, PRODUCT, searchable, similar } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

const FILE = 'plugin::upload.file';

let shop: Playground;
let red: UploadedFile;
let crimson: UploadedFile;
let blue: UploadedFile;
const ids: Record<string, string> = {};

before(async () => {
  shop = await startPlayground();
  const disc = (colour: string) => picture('disc', colour);
  [red, crimson, blue] = await shop.upload([
    { name: 'red.jpg', bytes: await disc('#e00') },
    { name: 'crimson.jpg', bytes: await disc('#d01') },
    { name: 'blue.jpg', bytes: await picture('stripes', '#00e') },
  ]);
  await searchable(shop, [red, crimson, blue]);
  for (const [name, file, stock] of [
    ['red', red, 1],
    ['crimson', crimson, 5],
    ['blue', blue, 9],
  ] as const) {
    ids[name] = (await createProduct(shop, { name, images: [file], stock })).documentId;
  }
  // Visitors of the shop need not know how it is.
  await grantVisitors(shop, 'plugin::similar.health.find', 'plugin::similar.metrics.find');
});
after(() => shop?.stop());

const tokenOf = (type: string, permissions?: string[]) => apiToken(shop, type, permissions);

const READS = [`${PRODUCT}.find`, 'plugin::upload.content-api.find'];

interface Route {
  action: string;
  /** Of no type and no file: it needs no permission for those. */
  readsNothing?: boolean;
  /** What whoever may ask is answered, if not 200. */
  answers?: number;
  call(): Promise<[path: string, init: RequestInit]>;
}

const json = (body: object): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

/** Every route of the content API, asked about a product where it is about one. */
const ROUTES: Record<string, Route> = {
  'GET /health': {
    action: 'plugin::similar.health.find',
    readsNothing: true,
    call: async () => ['/health', {}],
  },
  'GET /metrics': {
    action: 'plugin::similar.metrics.find',
    readsNothing: true,
    call: async () => ['/metrics', {}],
  },
  'GET /:id': {
    action: 'plugin::similar.similar.find',
    call: async () => [`/${ids.red}`, {}],
  },
  'GET /:id/explain/:other': {
    action: 'plugin::similar.explain.find',
    call: async () => [`/${ids.red}/explain/${ids.crimson}`, {}],
  },
  'GET /search': {
    action: 'plugin::similar.search.find',
    // The model here knows no words; words.test.ts has one that does.
    answers: 400,
    call: async () => [`/search?q=red&type=${PRODUCT}`, {}],
  },
  'POST /search': {
    action: 'plugin::similar.search.find',
    call: async () => {
      const body = new FormData();
      body.append('picture', new Blob([Buffer.from(await picture('disc', '#e00'))]), 'red.jpg');
      return [`/search?type=${PRODUCT}`, { method: 'POST', body }];
    },
  },
  'POST /batch': {
    action: 'plugin::similar.batch.find',
    call: async () => ['/batch', json({ ids: [ids.red] })],
  },
};

test('every route of the content API is in the table', () => {
  const routes = contentApiRoutes.routes.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(routes.toSorted(), Object.keys(ROUTES).toSorted());
});

async function ask({ call }: Route, token?: string) {
  const [path, init] = await call();
  const headers = { ...(init.headers as object), ...(token && { authorization: `Bearer ${token}` }) };
  return shop.api(`/api/similar${path}`, { ...init, headers });
}

/** Takes all that visitors may do with the plugin. */
async function withoutPublic(check: () => Promise<void>): Promise<void> {
  const taken = await withoutPermission(shop, { $startsWith: 'plugin::similar.' }, check);
  assert.equal(taken, new Set(Object.values(ROUTES).map(({ action }) => action)).size);
}

/** The named products of an answer, of whatever route. */
const productsIn = (body: unknown) => [...new Set(JSON.stringify(body).match(/(?<="name":")(red|crimson|blue)(?=")/g))];

describe('who may ask what', () => {
  for (const [name, route] of Object.entries(ROUTES)) {
    test(name, async () => {
      const others = Object.values(ROUTES).filter(({ action }) => action !== route.action);
      async function statusFor(token?: string): Promise<number> {
        const { status, body } = await ask(route, token);
        // A batch has an answer for each of its ids.
        return status === 200 && Array.isArray(body.data) ? (body.data[0].error?.status ?? 200) : status;
      }
      const { answers = 200 } = route;
      assert.equal(await statusFor(), answers, 'a visitor whose role has the action');
      await withoutPublic(async () => {
        assert.equal(await statusFor(), 403, 'a visitor');
        assert.equal(
          await statusFor(await tokenOf('custom', [route.action, ...READS])),
          answers,
          'a token with the action',
        );
        const onlyThis = await statusFor(await tokenOf('custom', [route.action]));
        assert.equal(onlyThis, route.readsNothing ? 200 : 403, 'a token that may not read products');
        const without = await tokenOf('custom', [...READS, ...others.map(({ action }) => action)]);
        assert.equal(await statusFor(without), 403, 'a token without the action');
        assert.equal(await statusFor(await tokenOf('read-only')), answers, 'a read-only token');
        assert.equal(await statusFor(await tokenOf('full-access')), answers, 'a token for everything');
        assert.equal(await statusFor('nosuchtoken'), 401, 'no token');
        assert.equal(await statusFor(shop.token), 401, 'an administrator, who has other doors');
      });
    });
  }

  test('API tokens open no door of the admin', async () => {
    const token = await tokenOf('full-access');
    for (const { method, path } of adminRoutes.routes) {
      const body = method === 'GET' ? {} : json({});
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const { status } = await shop.api(`/similar${path.replace(/:\w+/g, '1')}`, { ...body, method, headers });
      assert.equal(status, 401, `${method} ${path}`);
    }
  });
});

describe('filtersFor: what a project adds to permissions', () => {
  type FiltersFor = (ctx: { state: { user?: object }; query: Record<string, unknown> }, uid: string) => unknown;

  async function narrowedBy(filtersFor: FiltersFor | undefined, check: () => Promise<void>): Promise<void> {
    shop.strapi.config.set('plugin::similar.api.filtersFor', filtersFor);
    try {
      await check();
    } finally {
      shop.strapi.config.set('plugin::similar.api.filtersFor', undefined);
    }
  }

  const lowStock: FiltersFor = (_ctx, uid) => (uid === PRODUCT ? { stock: { $lt: 6 } } : undefined);

  test('only what it lets through is found, by every route', async () => {
    await narrowedBy(lowStock, async () => {
      for (const [name, route] of Object.entries(ROUTES)) {
        const { status, body } = await ask(route);
        assert.equal(status, route.answers ?? 200, name);
        assert.ok(!productsIn(body).includes('blue'), name);
      }
      assert.deepEqual(names(await similar(shop, ids.red)), ['crimson']);
      assert.deepEqual(names(await similar(shop, red.id, `type=${PRODUCT}&filters[stock][$gt]=1`)), ['crimson']);
    });
    assert.deepEqual(names(await similar(shop, ids.red)), ['crimson', 'blue']);
  });

  test('what it does not let through cannot be asked about, nor be an example', async () => {
    await narrowedBy(lowStock, async () => {
      assert.equal((await similar(shop, ids.blue)).status, 404);
      assert.equal((await shop.api(`/api/similar/${ids.red}/explain/${ids.blue}`)).status, 404);
      const { body } = await similar(shop, ids.red, `like=${ids.blue}`);
      assert.deepEqual(body.meta.missingExamples, [ids.blue]);
    });
  });

  test('it is asked with the request, for files too, and may wait for something', async () => {
    const seen: string[] = [];
    const byName: FiltersFor = async (ctx, uid) => {
      seen.push(uid);
      return uid === FILE && ctx.query.only ? { name: { $eq: `${ctx.query.only}.jpg` } } : undefined;
    };
    await narrowedBy(byName, async () => {
      assert.deepEqual(fileIds(await similar(shop, red.id)), [crimson.id, blue.id]);
      assert.equal((await similar(shop, red.id, 'only=blue')).status, 404, 'the picture itself is not blue');
      assert.deepEqual(fileIds(await similar(shop, ids.red, 'type=file&only=blue')), [blue.id]);
    });
    assert.deepEqual([...new Set(seen)].sort(), [PRODUCT, FILE].sort());
  });

  test('false is a 403, and a private attribute is no secret from the project itself', async () => {
    await narrowedBy(
      (_ctx, uid) => uid !== PRODUCT && undefined,
      async () => {
        assert.equal((await similar(shop, ids.red)).status, 403);
        assert.equal((await similar(shop, red.id)).status, 200);
      },
    );
    await narrowedBy(
      () => ({ $or: [{ id: { $gt: 0 } }] }),
      async () => assert.equal((await similar(shop, red.id)).status, 200),
    );
  });

  test('the types that need it are those whose own route has policies, middlewares or another controller', () => {
    const guarded = () => guardedTypes(shop.strapi, [PRODUCT, FILE]);
    assert.deepEqual(guarded(), []);
    const routes = shop.strapi.apis.product.routes.product.routes as Array<{ handler: string; config: object }>;
    const find = routes.find(({ handler }) => handler === `${PRODUCT}.find`) as { config: object };
    const { config } = find;
    for (const guard of [{ policies: ['is-owner'] }, { middlewares: [() => undefined] }]) {
      find.config = { ...config, ...guard };
      assert.deepEqual(guarded(), [PRODUCT]);
    }
    find.config = config;
    const controller = shop.strapi.controllers[PRODUCT] as unknown as Record<string, unknown>;
    const own = controller.find;
    controller.find = async () => undefined;
    assert.deepEqual(guarded(), [PRODUCT]);
    controller.find = own;
    assert.deepEqual(guarded(), []);
  });
});

describe('any documentId that Strapi takes', () => {
  const IMPORTED = ['2026', 'SKU 12/7 é', "o'neill", 'a.b:c~d', 'x'.repeat(255)];

  test('is asked about, found, excluded and an example', async () => {
    for (const documentId of IMPORTED) {
      await shop.strapi.db.query(PRODUCT).updateMany({ where: { documentId: ids.crimson }, data: { documentId } });
      const before = ids.crimson;
      ids.crimson = documentId;
      const encoded = encodeURIComponent(documentId);
      const { status, body } = await similar(shop, encoded);
      assert.equal(status, 200, documentId);
      assert.deepEqual(
        body.data.map(({ entry }) => entry?.name),
        ['red', 'blue'],
        documentId,
      );
      const found = await similar(shop, ids.red);
      assert.equal(found.body.data[0].entry?.documentId, documentId);
      assert.deepEqual(names(await similar(shop, ids.red, `exclude=${encoded}`)), ['blue']);
      assert.equal((await similar(shop, ids.red, `like=${encoded}`)).body.meta.missingExamples, undefined);
      const batch = await shop.api('/api/similar/batch', json({ ids: [documentId] }));
      assert.equal(batch.body.data[0].id, documentId);
      assert.ok(batch.body.data[0].data, documentId);
      assert.equal((await similar(shop, before)).status, 404, 'the earlier id is gone');
    }
  });

  test('a number that is both is the file', async () => {
    const documentId = String(blue.id);
    await shop.strapi.db.query(PRODUCT).updateMany({ where: { documentId: ids.crimson }, data: { documentId } });
    ids.crimson = documentId;
    const { body } = await similar(shop, documentId);
    assert.equal(body.data[0].type, 'file');
  });
});
