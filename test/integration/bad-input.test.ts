import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import adminRoutes from '../../server/src/routes/admin';
import { picture } from '../helpers/pictures';
import { createProduct, type ErrorBody, PRODUCT, searchable } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

let shop: Playground;
let file: UploadedFile;
let product: string;

before(async () => {
  shop = await startPlayground();
  [file] = await shop.upload([{ name: 'red.jpg', bytes: await picture('disc', '#e00') }]);
  await searchable(shop, [file]);
  product = (await createProduct(shop, { name: 'Red', images: [file] })).documentId;
});
after(() => shop?.stop());

async function send(method: string, path: string, body?: string | FormData, type = 'application/json') {
  const response = await fetch(shop.url + path, {
    method,
    headers: {
      // Those of the content API are for everybody.
      ...(!path.startsWith('/api') && { authorization: `Bearer ${shop.token}` }),
      ...(typeof body === 'string' && { 'content-type': type }),
    },
    body,
    // Nothing may hang.
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, body: (await response.json()) as ErrorBody };
}

/** What nothing takes; JSON, as some of it cannot be written as a value. */
const ODD = [
  'null',
  '-1',
  '1.5',
  '1e400',
  '9007199254740993',
  JSON.stringify('x'.repeat(100_000)),
  '"😀"',
  `"' OR 1=1 --"`,
  '"\\u0000"',
  '[null]',
  '[[1]]',
  '['.repeat(500) + ']'.repeat(500),
  '{"toString":["a"]}',
  '{"constructor":{"prototype":1}}',
  '{"__proto__":{"x":1}}',
  JSON.stringify(Array.from({ length: 6_000 }, (_, at) => at + 1)),
];

/** Imported ids may be any text: these are of nothing, and no mistake. */
const TEXTS = new Set(['"😀"', `"' OR 1=1 --"`]);
const IDS = new Set(['documentId', 'source', 'target']);

/** Doors that take JSON: a body that fits, and its fields. */
const DOORS: Record<string, { fits: () => object; fields: string[] }> = {
  'POST /similar/items': {
    fits: () => ({ type: PRODUCT, pictures: [file.id] }),
    fields: ['type', 'pictures', 'documentId', 'locale', 'like', 'unlike', 'least', 'start', 'limit', 'other'],
  },
  'POST /similar/rules': {
    fits: () => ({ kind: 'pin', type: PRODUCT, source: product, target: product, place: 1 }),
    fields: ['kind', 'type', 'source', 'target', 'place', 'other', 'constructor'],
  },
  'POST /similar/rules/remove': {
    fits: () => ({ kind: 'hide', type: PRODUCT, target: product }),
    fields: ['kind', 'type', 'source', 'target', 'other'],
  },
  'POST /similar/verdicts': {
    fits: () => ({ kind: 'same', picture: file.id }),
    fields: ['kind', 'picture', 'least', 'samePhoto', 'judged', 'count', 'other'],
  },
  'POST /similar/verdicts/remove': {
    fits: () => ({ kind: 'same', picture: file.id }),
    fields: ['kind', 'picture', 'least', 'samePhoto', 'judged', 'count', 'other'],
  },
  'POST /similar/decisions/undo': { fits: () => ({ id: 1 }), fields: ['id', 'other'] },
  'POST /similar/duplicates/merge/plan': {
    fits: () => ({ keep: 1, remove: [2] }),
    fields: ['keep', 'remove', 'least', 'other'],
  },
  'POST /similar/duplicates/merge': {
    fits: () => ({ keep: 1, remove: [2], plan: 'x' }),
    fields: ['keep', 'remove', 'other'],
  },
  'POST /similar/proposals/pictures': {
    fits: () => ({ type: PRODUCT, title: 'Red' }),
    fields: ['type', 'documentId', 'locale', 'values', 'other'],
  },
  'POST /similar/proposals/values': {
    fits: () => ({ type: PRODUCT, pictures: [file.id] }),
    fields: ['type', 'documentId', 'locale', 'pictures', 'filled', 'other'],
  },
  'POST /similar/proposals/texts': { fits: () => ({ pictures: [file.id] }), fields: ['pictures', 'other'] },
  'POST /similar/retry': { fits: () => ({}), fields: ['fileIds', 'code', 'other'] },
  'POST /similar/sweep': { fits: () => ({}), fields: ['acceptMissing', 'other'] },
  'POST /similar/spaces/choose': { fits: () => ({ model: 'resnet50' }), fields: ['model', 'other'] },
  'POST /similar/comparison': { fits: () => ({ model: 'resnet50' }), fields: ['model', 'size', 'other'] },
  'PUT /similar/comparison/pictures/1/vote': { fits: () => ({ vote: 'live' }), fields: ['other'] },
  'POST /api/similar/batch': { fits: () => ({ ids: [product] }), fields: ['ids', 'other'] },
  'PUT /similar/settings': { fits: () => ({ revision: 0, changes: {} }), fields: ['revision', 'other'] },
};

const MAY_LACK_BODY = new Set(['/similar/retry', '/similar/sweep']);

/** The body parser's own words for what is no JSON, or would change a prototype. */
const PARSER = /Object contains forbidden prototype property|JSON/;

describe('a body with a wrong field is refused by the name of the field', () => {
  for (const [door, { fits, fields }] of Object.entries(DOORS)) {
    test(door, async () => {
      const [method, path] = door.split(' ');
      for (const field of fields) {
        for (const odd of ODD) {
          const others = Object.entries(fits()).filter(([name]) => name !== field);
          const parts = others.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
          const { status, body } = await send(method, path, `{${[...parts, `"${field}":${odd}`].join()}}`);
          const what = `${door} ${field}=${odd.slice(0, 60)}`;
          if (IDS.has(field) && TEXTS.has(odd)) {
            assert.ok([200, 404].includes(status), `${what}: ${status}`);
            continue;
          }
          assert.equal(status, 400, what);
          const { message } = body.error;
          assert.ok(message.includes(field) || PARSER.test(message), `${what}: ${message}`);
          assert.ok(message.length < 400, what);
        }
      }
    });

    test(`${door} with what is no such object`, async () => {
      const [method, path] = door.split(' ');
      for (const [body, type] of [
        ['[]', 'application/json'],
        ['1', 'application/json'],
        ['{', 'application/json'],
        ['{"a":'.repeat(10_000), 'application/json'],
        ['other=1', 'application/x-www-form-urlencoded'],
        ['<x/>', 'text/xml'],
        ['x', 'text/plain'],
      ]) {
        const answer = await send(method, path, body, type);
        // Where a body may be left out, one that Strapi does not read is none.
        if (MAY_LACK_BODY.has(path) && answer.status === 200) continue;
        assert.equal(answer.status, 400, `${door} ${body.slice(0, 20)} as ${type}`);
        assert.doesNotMatch(answer.body.error.message, /undefined but|for {2}|Expected {2}/);
      }
    });
  }
});

describe('settings: a value that cannot hold is refused, and what holds goes on', () => {
  const of = (value: unknown) => ({ [PRODUCT]: value });
  for (const [key, value] of [
    ['contentTypes', of(['__proto__'])],
    ['contentTypes', { constructor: '*' }],
    ['fallback', of({ same: 'constructor' })],
    ['fallback', of({ same: '__proto__' })],
    ['fallback', of({ sort: 'constructor:asc' })],
    ['ranking.boost', of({ field: 'constructor', weight: 0.1 })],
    ['relate', of('constructor')],
    ['thresholds.similar', Number.NaN],
    ['webhook.url', 'javascript:alert(1)'],
    ['webhook.url', 'http://user:password@localhost/'],
    ['webhook.headers', { 'a b': 'x' }],
    ['webhook.headers', { 'X-Shop': 'one\r\nX-Other: two' }],
    ['webhook.headers', { 'X-Shop': '😀' }],
    ['webhook.top', 1e9],
    ['webhook.debounceMs', -1],
    ['webhook.files', 'yes'],
    ['api.cacheControl', 'public\r\nSet-Cookie: a=b'],
    ['api.cacheControl', 'x'.repeat(100_000)],
    ['toString', 1],
  ] as const) {
    test(`${key}: ${JSON.stringify(value)?.slice(0, 60)}`, async () => {
      const { revision } = (await shop.admin('GET', '/similar/settings')).body;
      // JSON has no NaN: it becomes null, which takes a key back to its default.
      const raw = Number.isNaN(value) ? '"NaN"' : JSON.stringify(value);
      const { status, body } = await send(
        'PUT',
        '/similar/settings',
        `{"revision":${revision},"changes":{"${key}":${raw}}}`,
      );
      assert.equal(status, 400);
      assert.ok(body.error.message.includes(key), body.error.message);
      assert.equal((await shop.admin('GET', '/similar/settings')).body.revision, revision);
      assert.equal((await shop.api(`/api/similar/${product}`)).status, 200);
    });
  }
});

const WRONG = [
  'NaN',
  '-1',
  '1e9',
  '99999999999999999999',
  'x'.repeat(3_000),
  '😀',
  "' OR 1=1 --",
  '__proto__',
  '\0',
  ',,',
];

/** Doors without a body, with their parameters. */
const QUERIES: Record<string, string[]> = {
  '/similar/duplicates': ['least', 'samePhoto', 'page', 'pageSize', 'judged', 'order', 'folder', 'usedIn', 'other'],
  '/similar/duplicates/csv': ['least', 'samePhoto', 'judged', 'order', 'folder', 'usedIn', 'other'],
  '/similar/duplicates/merges': ['page', 'pageSize', 'other'],
  '/similar/decisions/file': ['only', 'other'],
  '/similar/map/groups': ['by'],
  '/similar/map/groups?by=type': ['other'],
  '/similar/map/pictures': ['ids'],
  '/similar/map/pictures?ids=1': ['other'],
  '/similar/notices': ['within', 'other'],
  '/similar/decisions': ['kind', 'page', 'pageSize', 'other'],
  '/similar/comparison/pictures': ['page', 'pageSize', 'other'],
  '/similar/failed': ['after', 'limit', 'code', 'other'],
  '/similar/settings/preview': ['threshold', 'other'],
  '/api/similar/ID': [
    'locale',
    'status',
    'type',
    'minScore',
    'likeness',
    'diversify',
    'match',
    'color',
    'pagination[page]',
  ],
  '/api/similar/ID/explain/FILE': ['format', 'locale', 'status'],
};

/** Three letters could be a language, and these digits are a light green. */
const FITS: Record<string, string> = { locale: 'NaN', color: '1e9' };

describe('a wrong parameter is refused by its name', () => {
  for (const [door, names] of Object.entries(QUERIES)) {
    test(`GET ${door}`, async () => {
      const path = door.replace('ID', product).replace('FILE', String(file.id));
      for (const name of names) {
        const many = Array.from({ length: 300 }, (_, at) => `${name}=${at}`).join('&');
        const wrong = WRONG.filter((value) => value !== FITS[name]);
        const values = wrong.map((value) => `${name}=${encodeURIComponent(value)}`);
        for (const query of [...values, many, `${name}[a][b][c]=1`, `${name}[$or]=1`]) {
          const { status, body } = await send('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`);
          assert.equal(status, 400, `${path}?${query.slice(0, 80)}`);
          assert.ok(body.error.message.includes(name.split('[')[0]), body.error.message);
        }
      }
    });
  }

  test('filters that make no condition', async () => {
    for (const filters of [
      '[]=1',
      '[$or]=1',
      '[$and][0][$eq]=x',
      '[$not]=1',
      '[stock][$between]=1',
      '[stock]=NaN',
      '[$where]=1',
      '=1&filters=2',
    ]) {
      const { status, body } = await send('GET', `/api/similar/${product}?filters${filters}`);
      assert.equal(status, 400, filters);
      assert.match(body.error.message, /filter|Invalid|\$where/, filters);
    }
  });

  test('an id that nothing can have', async () => {
    for (const id of [
      '__proto__',
      'constructor',
      '0',
      '99999999999',
      '%00',
      '%F0%9F%98%80',
      "'%20OR%201=1",
      'x'.repeat(3_000),
    ]) {
      for (const path of [`/api/similar/${id}`, `/api/similar/${file.id}/explain/${id}`]) {
        assert.equal((await send('GET', path)).status, 404, path.slice(0, 60));
      }
      const { status } = await send('GET', `/similar/explain/${id}/${file.id}`);
      assert.ok(status === 400 || status === 404, `${id}: ${status}`);
    }
  });
});

/** Doors that take a file, with parameters in the query string. */
const FILE_DOORS: Record<string, { query: string; field: string }> = {
  'POST /similar/search': { query: 'type=file', field: 'picture' },
  'POST /similar/decisions/file': { query: 'dryRun=true', field: 'file' },
  'POST /api/similar/search': { query: 'type=file', field: 'picture' },
};

describe('what an admin route does not read is refused by its name', () => {
  const refused = async (method: string, path: string, body?: string | FormData) => {
    const answer = await send(method, path, body);
    assert.equal(answer.status, 400, `${path} ${JSON.stringify(answer.body)}`);
    assert.match(answer.body.error.message, /^Unknown parameter other \(received "1"\)/);
    assert.equal(answer.body.error.details.code, 'INVALID_PARAMETER');
  };
  for (const route of adminRoutes.routes) {
    const { method } = route;
    const path = `/similar${route.path.replace(/:\w+/g, '1')}`;
    const door = `${method} ${path}`;
    const readsQuery = method === 'GET' && path in QUERIES;
    if (!readsQuery && !(door in FILE_DOORS)) {
      test(`${door}, in the query string`, () => refused(method, `${path}?other=1`));
    }
    const hasBody = method === 'POST' || method === 'PUT';
    if (hasBody && !(door in DOORS) && !(door in FILE_DOORS)) {
      test(`${door}, in the body`, () => refused(method, path, '{"other":"1"}'));
    }
  }

  for (const [method, path] of [
    ['POST', '/similar/pause'],
    ['POST', '/similar/rules'],
    ['POST', '/api/similar/batch'],
  ]) {
    test(`${method} ${path}, a file`, async () => {
      const form = new FormData();
      form.append('other', new Blob(['{}']), 'file.json');
      const { status, body } = await send(method, path, form);
      assert.equal(status, 400);
      assert.equal(body.error.message, 'Expected no file for this request but received “other”');
    });
  }

  for (const [door, { query, field }] of Object.entries(FILE_DOORS)) {
    test(`${door}, beside the file`, async () => {
      const [method, path] = door.split(' ');
      const form = () => {
        const data = new FormData();
        data.append(field, new Blob(['{}']), 'file.json');
        return data;
      };
      // Of the content API, Strapi says whether unknown parameters of a query string are refused.
      if (!path.startsWith('/api')) await refused(method, `${path}?${query}&other=1`, form());
      const misplaced = form();
      misplaced.append('other', '1');
      await refused(method, `${path}?${query}`, misplaced);
      const two = form();
      two.append(field, new Blob(['{}']), 'second.json');
      const { status, body } = await send(method, `${path}?${query}`, two);
      assert.equal(status, 400);
      assert.match(body.error.message, new RegExp(`^Expected one file for ${field} but received 2 files`));
    });
  }
});

describe('a picture that is none is refused', () => {
  for (const door of ['/api/similar/search', '/similar/search?type=file']) {
    test(`POST ${door}`, async () => {
      const form = (name: string, part: string | Blob) => {
        const data = new FormData();
        data.append(name, part);
        return data;
      };
      assert.equal((await send('POST', door, '{}')).status, 415);
      for (const body of [
        form('picture', 'text'),
        form('__proto__', new Blob(['abc'])),
        form('picture', new Blob([])),
      ]) {
        const { status, body: answer } = await send('POST', door, body);
        assert.equal(status, 400, JSON.stringify(answer));
        assert.match(answer.error.message, /picture|empty|bytes/);
      }
      assert.equal((await send('POST', door, form('picture', new Blob(['abc'])))).status, 415);
      for (const crop of ['1,2,3,4', '0,0,0,0', 'NaN,0,1,1', '0,0,1', '0,0,Infinity,1', '__proto__']) {
        const joint = door.includes('?') ? '&' : '?';
        const { status, body } = await send('POST', `${door}${joint}crop=${crop}`, form('picture', new Blob(['abc'])));
        assert.equal(status, 400, crop);
        assert.match(body.error.message, /crop/);
      }
    });
  }
});
