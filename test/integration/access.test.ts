import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import adminRoutes from '../../server/src/routes/admin';
import { type Editor, editorWith } from '../helpers/editor';
import {
  type Belongings,
  CONTENT,
  FILE,
  FILES,
  JUDGE,
  labels,
  MANAGE,
  type OwnedShop,
  READ,
  startOwnedShop,
} from '../helpers/owned-shop';
import { PRODUCT, similarityOf } from '../helpers/shop';
import type { Playground } from '../helpers/strapi';
import type { Answer, UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

let owned: OwnedShop;
let shop: Playground;
let ask: OwnedShop['ask'];
let author: Editor;
let mine: Belongings;
let theirs: Belongings;
let revision = 0;
let decisionOfOthers: number;

before(async () => {
  owned = await startOwnedShop();
  ({ shop, ask, author, mine, theirs } = owned);
  const hide = { kind: 'hide', type: PRODUCT };
  const rules = [
    { ...hide, target: mine.entry },
    { ...hide, source: mine.entry, target: theirs.twin },
    { ...hide, source: theirs.entry, target: mine.twin },
    { kind: 'different', type: 'file', source: mine.first.documentId, target: theirs.broken.documentId },
  ];
  for (const rule of rules) assert.equal((await shop.admin('POST', '/similar/rules', rule)).status, 200);
  for (const [name, { copy }] of Object.entries({ theirs, mine })) {
    const said = { where: { id: copy.id }, data: { alternativeText: `${name}: a red disc` } };
    await shop.strapi.db.query(FILE).update(said);
  }
  const { body } = await shop.admin('GET', '/similar/decisions?kind=different');
  decisionOfOthers = body.decisions[0].id;
});
after(() => owned?.shop.stop());

const tokenWith = async (...actions: string[]) => (await editorWith(shop, actions)).token;
const verdict = (a: UploadedFile, b: UploadedFile) => {
  return { kind: 'same', type: 'file', source: a.documentId, target: b.documentId };
};
const idsOf = ({ gaps }: { gaps: number[] }) => {
  let last = 0;
  return gaps.map((gap) => (last += gap));
};

interface Route {
  may: 'read' | 'judge' | 'manage' | 'judge and manage';
  /** Of the answer to one who may. */
  status: number;
  body?: () => object;
  query?: () => string;
  /** What the author is answered, beside what the others own: that is in no answer. */
  own?: (body: Answer['body']) => void;
  /** Where naming what others own is refused. */
  refused?: { body?: () => object; path?: () => string };
}

const NO_MERGE = '00000000-0000-4000-8000-000000000000';

const manage = (status = 200): Route => ({ may: 'manage', status });

/** Every route of the admin, and who may use it. */
const ROUTES: Record<string, Route> = {
  'GET /types': { may: 'read', status: 200, own: ({ types }) => assert.equal(types[0].uid, PRODUCT) },
  'POST /items': {
    may: 'read',
    status: 200,
    body: () => ({ type: PRODUCT, pictures: [mine.first.id, theirs.first.id], documentId: mine.entry }),
    own: (body) => {
      assert.deepEqual(labels(body), ['mine twin']);
      assert.deepEqual(body.pictures, [mine.first.id]);
      assert.equal(body.items[0].picture.id, mine.copy.id);
      assert.equal(body.items[0].query.id, mine.first.id);
    },
  },
  'GET /explain/:query/:result': {
    may: 'read',
    status: 200,
    own: ({ overlay }) => assert.ok(overlay),
    refused: { path: () => `/explain/${mine.first.id}/${theirs.first.id}` },
  },
  'POST /search': { may: 'read', status: 400 },
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
  'GET /duplicates/csv': {
    may: 'read',
    status: 200,
    own: (text) => {
      const lines = text.trim().split('\r\n').slice(1);
      assert.deepEqual(
        lines.map((line: string) => line.split(',')[2]),
        [String(mine.first.id), String(mine.copy.id)],
      );
    },
  },
  'POST /duplicates/merge/plan': {
    may: 'judge',
    status: 200,
    body: () => ({ keep: mine.first.id, remove: [mine.copy.id] }),
    own: ({ changes, total, refused }) => {
      assert.ok(changes.every(({ label }: { label: string }) => label === 'mine twin'));
      assert.deepEqual([total, refused], [changes.length, changes.length], 'who may only read may not merge');
    },
    refused: { body: () => ({ keep: mine.first.id, remove: [theirs.first.id] }) },
  },
  // None of them may delete files.
  'POST /duplicates/merge': {
    may: 'judge',
    status: 403,
    body: () => ({ keep: mine.first.id, remove: [mine.copy.id], plan: 'none' }),
  },
  'GET /duplicates/merges': {
    may: 'read',
    status: 200,
    own: (body) => assert.deepEqual(body, { merges: [], total: 0, pictures: [] }),
  },
  // There is none of that name.
  'POST /duplicates/merges/:id/undo': { may: 'judge', status: 404 },
  'POST /duplicates/merges/:id/finish': { may: 'judge', status: 404 },
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
  // What would make siblings and proposals is not theirs to read; proposals.test.ts has the rest.
  'POST /proposals/pictures': {
    may: 'read',
    status: 200,
    body: () => ({ type: PRODUCT, documentId: mine.entry }),
    own: (body) => assert.deepEqual(body, { pictures: [], siblings: 0, words: false, wordsUnready: false }),
  },
  'POST /proposals/values': {
    may: 'read',
    status: 200,
    body: () => ({ type: PRODUCT, documentId: mine.entry, pictures: [mine.first.id, theirs.first.id] }),
    own: (body) => assert.deepEqual(body, { values: [] }),
  },
  'POST /proposals/texts': {
    may: 'read',
    status: 200,
    body: () => ({ pictures: [mine.first.id, theirs.first.id] }),
    own: ({ pictures }) => {
      assert.deepEqual(
        pictures.map(({ picture }: { picture: UploadedFile }) => picture.id),
        [mine.first.id],
      );
      assert.equal(pictures[0].alternativeText.text, 'mine: a red disc');
      assert.equal(pictures[0].alternativeText.from.id, mine.copy.id);
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
  'GET /map/groups': {
    may: 'read',
    status: 200,
    query: () => 'by=type',
    own: (body) => {
      assert.deepEqual(idsOf(body), [mine.first.id, mine.copy.id]);
      assert.deepEqual(body.groups, [{ value: PRODUCT, label: 'Product', count: 2 }]);
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
  'POST /verdicts': {
    may: 'judge',
    status: 200,
    body: () => ({ kind: 'same', picture: mine.first.id }),
    own: ({ pictures }) => assert.equal(pictures, 2, 'of the group, those that are seen'),
    refused: { body: () => ({ kind: 'same', picture: theirs.first.id }) },
  },
  'POST /verdicts/remove': {
    may: 'judge',
    status: 200,
    body: () => ({ kind: 'same', picture: mine.first.id, judged: 'same' }),
    own: ({ pictures }) => assert.equal(pictures, 2),
    refused: { body: () => ({ kind: 'same', picture: theirs.first.id, judged: 'same' }) },
  },
  'GET /decisions': {
    may: 'read',
    status: 200,
    own: ({ decisions, unreadable, total }) => {
      assert.ok(decisions.length > 0);
      assert.equal(total, decisions.length + unreadable);
      assert.ok(unreadable >= 3, 'those that name what others own are counted');
    },
  },
  // There is none with that number.
  'POST /decisions/undo': {
    may: 'judge',
    status: 200,
    body: () => ({ id: 2_000_000_000 }),
    own: ({ removed }) => assert.equal(removed, false),
    refused: { body: () => ({ id: decisionOfOthers }) },
  },
  'GET /decisions/file': {
    may: 'judge and manage',
    status: 200,
    own: ({ format }) => assert.equal(format, 'similar-decisions'),
  },
  // There is no file in it.
  'POST /decisions/file': { may: 'judge and manage', status: 400 },
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
  'GET /failed/reasons': { may: 'read', status: 200 },
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
  'POST /map/cancel': manage(),
  // Nothing is being switched.
  'POST /spaces/cancel': manage(409),
  'POST /spaces/roll-back': manage(409),
  'POST /spaces/build': manage(),
  'POST /spaces/choose': manage(400),
  'GET /comparison': { may: 'read', status: 200, own: ({ comparison }) => assert.equal(comparison, undefined) },
  'POST /comparison': manage(400),
  // Nothing is being compared.
  'DELETE /comparison': manage(),
  'GET /comparison/pictures': { may: 'read', status: 404 },
  // The id is that of no picture.
  'GET /comparison/pictures/:id': { may: 'read', status: 400 },
  'PUT /comparison/pictures/:id/vote': { may: 'judge', status: 400, body: () => ({ vote: 'same' }) },
};

const send = (token: string | undefined, route: string, { body, query }: Route) => {
  const [method, path] = route.split(' ');
  const filled = path
    .replace(':query', String(mine.first.id))
    .replace(':result', String(mine.copy.id))
    .replace(':id', NO_MERGE);
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
    tokens.set('judge and manage', await tokenWith(CONTENT, FILES, JUDGE, MANAGE));
  });

  for (const [route, about] of Object.entries(ROUTES)) {
    test(route, async () => {
      assert.equal((await send(undefined, route, about)).status, 401, 'nobody');
      for (const [may, token] of tokens) {
        // Once is enough: some of the routes change what they are about.
        if (may === 'judge and manage' && about.may !== may) continue;
        const { status, body } = await send(token, route, about);
        assert.equal(status, may === about.may ? about.status : 403, `${may}: ${JSON.stringify(body)}`);
      }
    });
  }
});

describe('what Strapi itself does not let an editor read is not shown either', () => {
  test('without the right to read files', async () => {
    const { token } = await editorWith(shop, [READ, JUDGE, MANAGE, CONTENT]);
    const besideEntry = { type: PRODUCT, documentId: mine.entry };
    for (const pictures of [undefined, [mine.first.id, theirs.copy.id]]) {
      const { body } = await ask(token, 'POST', '/similar/items', { ...besideEntry, ...(pictures && { pictures }) });
      assert.deepEqual(body.pictures, [mine.first.id], 'what the entry shows');
      assert.ok(body.items.length > 0);
      for (const item of body.items) assert.equal(item.query, null);
    }
    assert.deepEqual((await ask(token, 'GET', '/similar/failed')).body, []);
    const files = { type: 'file', documentId: mine.entry, pictures: [mine.first.id] };
    assert.equal((await ask(token, 'POST', '/similar/items', files)).status, 403);
    for (const path of [
      'duplicates',
      'duplicates/csv',
      'notices',
      'map',
      'map/pictures?ids=1',
      'settings/preview',
      'explain/1/2',
    ]) {
      const { status, body } = await ask(token, 'GET', `/similar/${path}`);
      assert.equal(status, 403, path);
      assert.match(body.error.message, /plugin::upload\.read/, 'which permission of the admin is missing');
    }
    assert.equal((await ask(token, 'POST', '/similar/rules', verdict(mine.first, mine.copy))).status, 403);
  });

  test('without the right to read products', async () => {
    const { token } = await editorWith(shop, [READ, JUDGE, FILES]);
    const besideEntry = { type: PRODUCT, documentId: mine.entry };
    assert.equal((await ask(token, 'POST', '/similar/items', besideEntry)).status, 403);
    const hide = { kind: 'hide', type: PRODUCT, target: mine.entry };
    assert.equal((await ask(token, 'POST', '/similar/rules', hide)).status, 403);
    const { body } = await ask(token, 'GET', '/similar/duplicates');
    for (const { usages } of body.groups[0].pictures) assert.deepEqual(usages, []);
  });
});
