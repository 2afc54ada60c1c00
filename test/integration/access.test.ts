import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import adminRoutes from '../../server/src/routes/admin';
import { type Editor, editorWith } from '../helpers/editor';
import { picture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable, similarityOf, statusOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { Answer, UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const READ = 'plugin::similar.read';
const JUDGE = 'plugin::similar.judge';
const MANAGE = 'plugin::similar.manage';
const CONTENT = 'plugin::content-manager.explorer.read';
const FILES = 'plugin::upload.read';
const FILE = 'plugin::upload.file';
const LOW_STOCK = 'api::low-stock';

/** What one of them owns: two copies of one disc, a picture that fails, and two entries. */
interface Belongings {
  first: UploadedFile;
  copy: UploadedFile;
  broken: UploadedFile;
  entry: string;
  twin: string;
}

let shop: Playground;
/** Administrators who may do all that this plugin has, to what they made themselves. */
let author: Editor;
let mine: Belongings;
let theirs: Belongings;
let revision = 0;

async function belongings(name: string, owner: number): Promise<Belongings> {
  const disc = await picture('disc', '#e00');
  const upload = async (file: string, bytes: Uint8Array) => {
    const [uploaded] = await shop.upload([{ name: `${name}-${file}.jpg`, bytes }]);
    await shop.strapi.db.query(FILE).update({ where: { id: uploaded.id }, data: { createdBy: owner } });
    return uploaded;
  };
  const [first, copy] = [await upload('first', disc), await upload('copy', disc)];
  const broken = await upload('broken', disc.subarray(0, 200));
  const create = async (title: string, file: UploadedFile) =>
    (await createProduct(shop, { name: `${name} ${title}`, images: [file], status: 'draft', createdBy: owner }))
      .documentId;
  return { first, copy, broken, entry: await create('entry', first), twin: await create('twin', copy) };
}

before(async () => {
  shop = await startPlayground();
  // Strapi takes conditions while it boots only.
  const { strapi } = shop as unknown as { strapi: { isLoaded: boolean } & Playground['strapi'] };
  strapi.isLoaded = false;
  await strapi.service('admin::permission').conditionProvider.register({
    displayName: 'Low stock',
    name: 'low-stock',
    category: 'default',
    handler: () => ({ stock: { $lt: 10 }, 'category.name': 'Rest' }),
  });
  strapi.isLoaded = true;
  author = await editorWith(shop, [READ, JUDGE, MANAGE, CONTENT, FILES], undefined, ['admin::is-creator']);
  const [{ id: other }] = await strapi.db.query('admin::user').findMany({ where: { email: 'test@example.com' } });
  // Those of others first: what came first is what a notice would name.
  theirs = await belongings('theirs', other);
  mine = await belongings('mine', author.id);
  await searchable(shop, [theirs.first, theirs.copy, mine.first, mine.copy]);
  await until('the broken ones have failed', async () => {
    const states = await statusOf(shop, [mine.broken.id, theirs.broken.id]);
    return [...states.values()].every(({ state }) => state === 'failed') && states.size === 2;
  });
});
after(() => shop?.stop());

async function ask(token: string | undefined, method: string, path: string, body?: object): Promise<Answer> {
  const isForm = body instanceof FormData;
  const answer = await fetch(shop.url + path, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && !isForm && { 'content-type': 'application/json' }),
    },
    ...(body && { body: isForm ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text && JSON.parse(text) };
}

const tokenWith = async (...actions: string[]) => (await editorWith(shop, actions)).token;
const verdict = (a: UploadedFile, b: UploadedFile) => {
  return { kind: 'same', type: 'file', source: a.documentId, target: b.documentId };
};
const idsOf = ({ gaps }: { gaps: number[] }) => {
  let last = 0;
  return gaps.map((gap) => (last += gap));
};

interface Route {
  may: 'read' | 'judge' | 'manage';
  /** Of the answer to one who may. */
  status: number;
  body?: () => object;
  query?: () => string;
  /** What the author is answered, beside what the others own: that is in no answer. */
  own?: (body: Answer['body']) => void;
  /** Where naming what others own is refused. */
  refused?: { body?: () => object; path?: () => string };
}

const manage = (status = 200): Route => ({ may: 'manage', status });
const labels = ({ items }: { items: Array<{ label: string }> }) => items.map(({ label }) => label);

/** Every route of the admin, and who may use it. */
const ROUTES: Record<string, Route> = {
  'GET /types': { may: 'read', status: 200, own: (types) => assert.equal(types[0].uid, PRODUCT) },
  'POST /beside': {
    may: 'read',
    status: 200,
    body: () => ({ type: PRODUCT, pictures: [mine.first.id, theirs.first.id], documentId: mine.entry }),
    own: (body) => {
      assert.deepEqual(labels(body), ['mine twin']);
      assert.deepEqual(body.pictures, [mine.first.id]);
      assert.equal(body.items[0].picture.id, mine.copy.id);
      assert.equal(body.items[0].asked.id, mine.first.id);
    },
  },
  'GET /explain/:query/:result': {
    may: 'read',
    status: 200,
    own: ({ overlay }) => assert.ok(overlay),
    refused: { path: () => `/explain/${mine.first.id}/${theirs.first.id}` },
  },
  'POST /sent': { may: 'read', status: 400 },
  'GET /duplicates': {
    may: 'read',
    status: 200,
    own: ({ groups, total }) => {
      assert.equal(total, 1);
      assert.deepEqual(
        groups[0].pictures.map(({ id }: UploadedFile) => id),
        [mine.first.id, mine.copy.id],
      );
      assert.deepEqual(
        groups[0].pictures.map(({ usages }: { usages: Array<{ label: string }> }) => usages.map(({ label }) => label)),
        [['mine entry'], ['mine twin']],
      );
    },
  },
  'GET /notices': {
    may: 'read',
    status: 200,
    query: () => 'within=3600',
    own: ({ notices }) => {
      assert.equal(notices.length, 1);
      assert.equal(notices[0].uploaded.id, mine.copy.id);
      assert.equal(notices[0].existing.id, mine.first.id);
    },
  },
  'GET /map': {
    may: 'read',
    status: 200,
    own: (body) => {
      assert.deepEqual(idsOf(body), [mine.first.id, mine.copy.id]);
      assert.equal(body.total, 2);
    },
  },
  'GET /map/pictures': {
    may: 'read',
    status: 200,
    query: () => `ids=${mine.first.id},${theirs.first.id}`,
    own: (pictures) =>
      assert.deepEqual(
        pictures.map(({ name }: UploadedFile) => name),
        ['mine-first.jpg'],
      ),
  },
  'POST /rules': {
    may: 'judge',
    status: 200,
    body: () => verdict(mine.first, mine.copy),
    own: ({ type }) => assert.equal(type, 'file'),
    refused: { body: () => verdict(mine.first, theirs.first) },
  },
  'POST /rules/remove': {
    may: 'judge',
    status: 200,
    body: () => verdict(mine.first, mine.copy),
    own: ({ removed }) => assert.equal(removed, true),
    refused: { body: () => verdict(mine.first, theirs.first) },
  },
  'GET /progress': { may: 'read', status: 200 },
  'GET /failed': {
    may: 'read',
    status: 200,
    query: () => 'limit=1',
    own: (failed) =>
      assert.deepEqual(
        failed.map(({ fileId }: { fileId: number }) => fileId),
        [mine.broken.id],
      ),
  },
  'GET /settings': manage(),
  'GET /settings/preview': {
    ...manage(),
    own: ({ above }) =>
      assert.deepEqual(
        above.map(({ pictures }: { pictures: UploadedFile[] }) => pictures.map(({ name }) => name).sort()),
        [['mine-copy.jpg', 'mine-first.jpg']],
      ),
  },
  'PUT /settings': {
    ...manage(),
    body: () => ({ revision, changes: {} }),
    own: (settings) => {
      revision = settings.revision;
    },
  },
  // No address is set.
  'POST /webhook/test': manage(409),
  'POST /retry': manage(),
  'POST /pause': manage(),
  'POST /resume': manage(),
  'POST /sweep': manage(),
  'POST /rebuild': manage(),
  'POST /map/recompute': manage(202),
  // Nothing is being switched.
  'POST /spaces/cancel': manage(409),
  'POST /spaces/roll-back': manage(409),
  'POST /spaces/build': manage(),
};

const send = (token: string | undefined, route: string, { body, query }: Route) => {
  const [method, path] = route.split(' ');
  const filled = path.replace(':query', String(mine.first.id)).replace(':result', String(mine.copy.id));
  return ask(token, method, `/similar${filled}${query ? `?${query()}` : ''}`, body?.());
};

test('every route is in the table', () => {
  const routes = adminRoutes.routes.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(routes.toSorted(), Object.keys(ROUTES).toSorted());
});

describe('who may see and do what they made themselves', () => {
  /** By which an answer would tell of what others own. */
  const telling = () => [
    'theirs',
    theirs.entry,
    theirs.twin,
    ...[theirs.first, theirs.copy, theirs.broken].flatMap(({ documentId, hash }) => [documentId, hash]),
  ];

  for (const [route, about] of Object.entries(ROUTES)) {
    test(route, async () => {
      await until('the index is there', async () =>
        similarityOf(shop)
          .search.neighbours([], { limit: 1 })
          .then(
            () => true,
            () => false,
          ),
      );
      const answer = await send(author.token, route, about);
      assert.equal(answer.status, about.status, JSON.stringify(answer.body));
      about.own?.(answer.body);
      const text = JSON.stringify(answer.body);
      for (const word of telling()) assert.ok(!text.includes(word), `${route} tells of ${word}: ${text}`);
      if (!about.refused) return;
      const [method, path] = route.split(' ');
      const { path: other = () => path, body } = about.refused;
      const refused = await ask(author.token, method, `/similar${other()}`, body?.());
      assert.equal(refused.status, 404, JSON.stringify(refused.body));
    });
  }
});

describe('each route is for those who may, and for no others', () => {
  const tokens = new Map<string, string>();
  before(async () => {
    tokens.set('none', await tokenWith(CONTENT, FILES));
    tokens.set('read', await tokenWith(CONTENT, FILES, READ));
    tokens.set('judge', await tokenWith(CONTENT, FILES, JUDGE));
    tokens.set('manage', await tokenWith(CONTENT, FILES, MANAGE));
  });

  for (const [route, about] of Object.entries(ROUTES)) {
    test(route, async () => {
      assert.equal((await send(undefined, route, about)).status, 401, 'nobody');
      for (const [may, token] of tokens) {
        const { status, body } = await send(token, route, about);
        assert.equal(status, may === about.may ? about.status : 403, `${may}: ${JSON.stringify(body)}`);
      }
    });
  }
});

describe('conditions', () => {
  const beside = async (token: string, body: object) => {
    const answer = await ask(token, 'POST', '/similar/beside', { type: PRODUCT, ...body });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  const withConditions = async (...conditions: string[]) =>
    (await editorWith(shop, [READ, CONTENT, FILES], ['name', 'images'], conditions)).token;

  test('a picture that is sent finds own entries and own files', async () => {
    const form = new FormData();
    form.append('picture', new Blob([new Uint8Array(await picture('disc', '#e00'))]), 'disc.jpg');
    const entries = await ask(author.token, 'POST', `/similar/sent?type=${PRODUCT}`, form);
    assert.deepEqual(labels(entries.body).sort(), ['mine entry', 'mine twin']);
    const files = await ask(author.token, 'POST', '/similar/sent?type=file', form);
    assert.deepEqual(labels(files.body).sort(), ['mine-copy.jpg', 'mine-first.jpg']);
  });

  test('what others own is no example', async () => {
    for (const like of [theirs.entry, theirs.first.documentId, String(theirs.first.id)]) {
      const body = { type: PRODUCT, pictures: [mine.first.id], like: [like] };
      assert.equal((await ask(author.token, 'POST', '/similar/beside', body)).status, 404, like);
    }
    assert.deepEqual(labels(await beside(author.token, { pictures: [mine.first.id], like: [mine.twin] })).sort(), [
      'mine entry',
      'mine twin',
    ]);
  });

  test('the entry of another one has no pictures to ask about', async () => {
    const { pictures, items } = await beside(author.token, { documentId: theirs.entry });
    assert.deepEqual([pictures, items], [[], []]);
  });

  test('that of another one with the same role is shown where the condition is the role', async () => {
    const token = await withConditions('admin::has-same-role-as-creator');
    assert.deepEqual(labels(await beside(token, { pictures: [theirs.first.id] })), []);
    const colleague = await editorWith(shop, [READ, CONTENT, FILES], undefined, ['admin::has-same-role-as-creator']);
    for (const uid of [FILE, PRODUCT]) {
      const ids = uid === FILE ? [mine.first.id] : [];
      const where = uid === FILE ? { id: { $in: ids } } : { documentId: mine.entry };
      await shop.strapi.db.query(uid as never).updateMany({ where, data: { createdBy: colleague.id } as never });
    }
    const found = await beside(colleague.token, { pictures: [mine.first.id] });
    assert.deepEqual(labels(found), ['mine entry']);
    for (const uid of [FILE, PRODUCT]) {
      const where = uid === FILE ? { id: mine.first.id } : { documentId: mine.entry };
      await shop.strapi.db.query(uid as never).updateMany({ where, data: { createdBy: author.id } as never });
    }
  });

  test('those of a project may look at any attribute, relations too', async () => {
    const { documentId: rest } = await shop.strapi
      .documents('api::category.category' as never)
      .create({ data: { name: 'Rest' } } as never);
    const [low] = await shop.upload([{ name: 'low.jpg', bytes: await picture('stripes', '#00e') }]);
    await searchable(shop, [low]);
    const about = { images: [low], status: 'draft' as const, category: rest };
    await createProduct(shop, { ...about, name: 'Low', stock: 3 });
    await createProduct(shop, { ...about, name: 'Plenty', stock: 300 });
    await createProduct(shop, { ...about, name: 'Elsewhere', stock: 3, category: null });
    const everybodysFiles = await editorWith(shop, [READ, CONTENT], ['name', 'images'], [LOW_STOCK]);
    const form = new FormData();
    form.append('picture', new Blob([new Uint8Array(await picture('stripes', '#00e'))]), 'low.jpg');
    const { body } = await ask(everybodysFiles.token, 'POST', `/similar/sent?type=${PRODUCT}`, form);
    assert.deepEqual(labels(body), ['Low']);
  });

  test('a picture of others in an own entry is shown as the content manager shows it, and not as a file', async () => {
    const [lent] = await shop.upload([{ name: 'lent.jpg', bytes: await picture('triangle', '#0c0') }]);
    await searchable(shop, [lent]);
    const own = { images: [lent], status: 'draft' as const, createdBy: author.id };
    const first = await createProduct(shop, { ...own, name: 'Borrowed' });
    const second = await createProduct(shop, { ...own, name: 'Borrowed again' });
    for (const asked of [{}, { pictures: [lent.id] }]) {
      const { items, pictures } = await beside(author.token, { documentId: first.documentId, ...asked });
      assert.deepEqual(pictures, [lent.id]);
      assert.deepEqual([items[0].documentId, items[0].picture.id], [second.documentId, lent.id]);
      assert.equal(items[0].picture.hash, undefined, 'no more than a card needs');
      assert.equal(items[0].asked, null);
    }
    assert.deepEqual((await beside(author.token, { pictures: [lent.id] })).pictures, []);
    assert.equal((await ask(author.token, 'GET', `/similar/explain/${lent.id}/${mine.first.id}`)).status, 404);
  });

  test('where an own picture is used by others is not told', async () => {
    const used = await createProduct(shop, { name: 'Foreign', images: [mine.first], status: 'draft' });
    const own = await ask(author.token, 'GET', '/similar/duplicates');
    assert.doesNotMatch(JSON.stringify(own.body), /Foreign/);
    const all = await shop.admin('GET', '/similar/duplicates');
    assert.match(JSON.stringify(all.body), /Foreign/);
    await shop.strapi.documents(PRODUCT as never).delete({ documentId: used.documentId } as never);
  });

  test('roles may be limited to locales', async () => {
    const german = await createProduct(shop, { name: 'Scheibe', images: [mine.first], status: 'draft', locale: 'de' });
    const { token } = await editorWith(shop, [READ, CONTENT, FILES]);
    assert.deepEqual(labels(await beside(token, { pictures: [mine.first.id], locale: 'de' })), []);
    const all = await shop.admin('POST', '/similar/beside', { type: PRODUCT, pictures: [mine.first.id], locale: 'de' });
    assert.deepEqual(labels(all.body), ['Scheibe']);
    await shop.strapi.documents(PRODUCT as never).delete({ documentId: german.documentId, locale: 'de' } as never);
  });
});

describe('what Strapi itself does not let an editor read is not shown either', () => {
  test('without the right to read files', async () => {
    const { token } = await editorWith(shop, [READ, JUDGE, MANAGE, CONTENT]);
    const besideEntry = { type: PRODUCT, documentId: mine.entry };
    for (const pictures of [undefined, [mine.first.id, theirs.copy.id]]) {
      const { body } = await ask(token, 'POST', '/similar/beside', { ...besideEntry, ...(pictures && { pictures }) });
      assert.deepEqual(body.pictures, [mine.first.id], 'what the entry shows');
      assert.ok(body.items.length > 0);
      for (const item of body.items) assert.equal(item.asked, null);
    }
    assert.deepEqual((await ask(token, 'GET', '/similar/failed')).body, []);
    const files = { type: 'file', documentId: mine.entry, pictures: [mine.first.id] };
    assert.equal((await ask(token, 'POST', '/similar/beside', files)).status, 403);
    for (const path of ['duplicates', 'notices', 'map', 'map/pictures?ids=1', 'settings/preview', 'explain/1/2']) {
      const { status, body } = await ask(token, 'GET', `/similar/${path}`);
      assert.equal(status, 403, path);
      assert.match(body.error.message, /plugin::upload\.read/, 'which permission of the admin is missing');
    }
    assert.equal((await ask(token, 'POST', '/similar/rules', verdict(mine.first, mine.copy))).status, 403);
  });

  test('without the right to read products', async () => {
    const { token } = await editorWith(shop, [READ, JUDGE, FILES]);
    const besideEntry = { type: PRODUCT, documentId: mine.entry };
    assert.equal((await ask(token, 'POST', '/similar/beside', besideEntry)).status, 403);
    const hide = { kind: 'hide', type: PRODUCT, target: mine.entry };
    assert.equal((await ask(token, 'POST', '/similar/rules', hide)).status, 403);
    const { body } = await ask(token, 'GET', '/similar/duplicates');
    for (const { usages } of body.groups[0].pictures) assert.deepEqual(usages, []);
  });
});
