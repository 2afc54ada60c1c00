import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { apiToken, withoutPermission } from '../helpers/permissions';
import { picture } from '../helpers/pictures';
import { createProduct, fileIds, PRODUCT, type SimilarAnswer, searchable, similar } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

let shop: Playground;
let red: UploadedFile;
let blue: UploadedFile;
let product: string;
let draft: string;

before(async () => {
  shop = await startPlayground();
  [red, blue] = await shop.upload([
    { name: 'red.jpg', bytes: await picture('disc', '#e00') },
    { name: 'blue.jpg', bytes: await picture('stripes', '#00e') },
  ]);
  await searchable(shop, [red, blue]);
  product = (await createProduct(shop, { name: 'red', images: [red] })).documentId;
  await createProduct(shop, { name: 'blue', images: [blue] });
  draft = (await createProduct(shop, { name: 'draft', images: [blue], status: 'draft' })).documentId;
});
after(() => shop?.stop());

/** Files that Strapi's body parser has written. */
const temporary = () => readdirSync(os.tmpdir()).filter((name) => /^[a-z0-9]{24,26}$/.test(name));

interface Sent {
  bytes?: Uint8Array;
  field?: string;
  query?: string;
}

function search({ bytes, field = 'picture', query = '' }: Sent): Promise<SimilarAnswer> {
  const form = new FormData();
  if (bytes) form.append(field, new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'sent.jpg');
  else form.append('something', 'else');
  return shop.api(`/api/similar/search${query}`, { method: 'POST', body: form });
}

describe('search by picture', () => {
  test('finds the nearest files, and stores nothing', async () => {
    const before = await shop.strapi.db.query('plugin::upload.file').count();
    const there = temporary();
    const answer = await search({ bytes: await picture('disc', '#d10') });
    assert.equal(answer.status, 200);
    assert.deepEqual(fileIds(answer), [red.id, blue.id]);
    assert.equal(answer.body.data[0].match?.query, null);
    assert.equal(answer.body.data[0].match?.result.id, red.id);
    assert.equal(await shop.strapi.db.query('plugin::upload.file').count(), before);
    const left = temporary().filter((name) => !there.includes(name));
    assert.deepEqual(left, []);
  });

  test('finds published entries', async () => {
    const { body } = await search({ bytes: await picture('stripes', '#00d'), query: `?type=${PRODUCT}` });
    assert.deepEqual(
      body.data.map(({ entry }) => entry?.name),
      ['blue', 'red'],
    );
  });

  test('looks at the asked part only', async () => {
    const [left, right] = [await picture('disc', '#e00'), await picture('stripes', '#00e')];
    const both = await sharp({ create: { width: 192, height: 96, channels: 3, background: 'white' } })
      .composite([{ input: left }, { input: right, left: 96, top: 0 }])
      .png()
      .toBuffer();
    assert.equal(fileIds(await search({ bytes: both, query: '?crop=0,0,0.5,1' }))[0], red.id);
    assert.equal(fileIds(await search({ bytes: both, query: '?crop=0.5,0,0.5,1' }))[0], blue.id);
  });

  test('asked with GET it says that it takes words, or a picture by POST, and a batch that it takes POST', async () => {
    const asked = await shop.api<SimilarAnswer['body']>('/api/similar/search');
    assert.equal(asked.status, 400);
    assert.match(asked.body.error.message, /words \(to search by a picture, POST it\) for q/);
    const batch = await shop.api<SimilarAnswer['body']>('/api/similar/batch');
    assert.equal(batch.status, 404);
    assert.match(batch.body.error.message, /\/similar\/batch. takes POST/);
  });

  test('refuses what is no picture, too large, damaged or not there, with the reason', async () => {
    const text = await search({ bytes: Buffer.from('not a picture at all, but long enough to look like a file') });
    assert.equal(text.status, 415);
    assert.equal(text.body.error.details.code, 'UNSUPPORTED_FORMAT');
    const whole = await picture('disc', '#e00');
    const damaged = await search({ bytes: whole.subarray(0, 300) });
    assert.equal(damaged.status, 400);
    assert.equal(damaged.body.error.details.code, 'DECODE_FAILED');
    shop.strapi.config.set('plugin::similar.search.maxBytes', 100);
    const large = await search({ bytes: whole });
    shop.strapi.config.set('plugin::similar.search.maxBytes', 10_000_000);
    assert.equal(large.status, 413);
    assert.match(large.body.error.message, /at most 100 bytes/);
    for (const sent of [{}, { bytes: whole, field: 'image' }, { bytes: whole, query: '?crop=0,0,2,1' }]) {
      const { status, body } = await search(sent);
      assert.equal(status, 400);
      assert.match(body.error.message, /picture|crop/);
    }
    const json = await shop.api('/api/similar/search', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    assert.equal(json.status, 415);
  });

  test('has a limit of pixels of its own', async () => {
    const bytes = await picture('disc', '#e00');
    shop.strapi.config.set('plugin::similar.search.maxPixels', 100);
    const { status, body } = await search({ bytes });
    assert.equal(status, 413);
    assert.equal(body.error.details.code, 'TOO_MANY_PIXELS');
    const [uploaded] = await shop.upload([{ name: 'large-enough.jpg', bytes: await picture('stripes', '#0a0') }]);
    await searchable(shop, [uploaded]);
    shop.strapi.config.set('plugin::similar.search.maxPixels', 40_000_000);
    assert.equal((await search({ bytes })).status, 200);
    await shop.strapi.plugin('upload').service('upload').remove(uploaded);
  });

  test('nothing that was sent stays in the temporary folder, whatever the answer', async () => {
    const there = temporary();
    const bytes = new Uint8Array(await picture('disc', '#d10'));
    const post = async (door: string, field = 'picture', headers: Record<string, string> = {}) => {
      const body = new FormData();
      body.append(field, new Blob([bytes], { type: 'image/jpeg' }), 'sent.jpg');
      body.append(field, new Blob([bytes], { type: 'image/jpeg' }), 'again.jpg');
      return (await shop.api(door, { method: 'POST', headers, body })).status;
    };
    const authorization = `Bearer ${shop.token}`;
    assert.equal(await post('/api/similar/search?crop=x'), 400, 'a parameter');
    assert.equal(await post('/api/similar/search?filters[nonsense]=1'), 400, 'a filter');
    assert.equal(await post('/api/similar/search?status=draft'), 403, 'a draft');
    assert.equal(await post('/api/similar/search', 'files[0]'), 400, 'the field');
    assert.equal(await post('/api/similar/search', 'picture', { authorization: 'Bearer wrong' }), 401, 'a token');
    assert.equal(await post('/api/similar/batch'), 400, 'another route');
    assert.equal(await post('/similar/search?crop=x', 'picture', { authorization }), 400, 'a parameter of the admin');
    assert.equal(await post('/similar/search'), 401, 'nobody who is signed in');
    assert.deepEqual(
      temporary().filter((name) => !there.includes(name)),
      [],
    );
  });

  test('refuses more than run at once, and serves again afterwards', async () => {
    shop.strapi.config.set('plugin::similar.search.concurrency', 1);
    const bytes = await picture('disc', '#e01');
    const answers = await Promise.all(Array.from({ length: 6 }, () => search({ bytes })));
    const statuses = answers.map(({ status }) => status);
    assert.ok(statuses.includes(200) && statuses.includes(429), statuses.join(', '));
    const refused = answers.find(({ status }) => status === 429);
    assert.equal(refused?.body.error.details.code, 'TOO_MANY_SEARCHES');
    assert.ok(refused?.headers.get('retry-after'));
    assert.equal((await search({ bytes })).status, 200);
  });

  test('shares that limit with explanations', async () => {
    const bytes = await picture('disc', '#e02');
    const explain = () => shop.api(`/api/similar/${red.id}/explain/${blue.id}`);
    const answers = await Promise.all([search({ bytes }), explain(), search({ bytes }), explain()]);
    assert.ok(answers.filter(({ status }) => status === 429).length >= 1, answers.map(({ status }) => status).join());
    assert.equal((await explain()).status, 200);
  });
});

describe('batch', () => {
  const batch = (body: unknown, query = '') =>
    shop.api(`/api/similar/batch${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  test('answers each id as a single call does; one that cannot be answered does not spoil the others', async () => {
    const { status, body } = await batch({ ids: [product, red.id, 'nosuchthing', draft] });
    assert.equal(status, 200);
    assert.deepEqual(
      body.data.map(({ id }: { id: string }) => id),
      [product, String(red.id), 'nosuchthing', draft],
    );
    for (const at of [0, 1]) {
      const { id, ...answer } = body.data[at];
      assert.deepEqual(answer, (await similar(shop, id)).body);
    }
    for (const at of [2, 3]) assert.equal(body.data[at].error.code, 'NOT_FOUND');
  });

  test('answers an id that comes twice twice, and once of each kind', async () => {
    const { body } = await batch({ ids: [red.id, product, red.id, String(red.id), 'nosuchthing', 'nosuchthing'] });
    const answers = body.data.map(({ id, ...answer }: { id: string }) => answer);
    assert.equal(answers.length, 6);
    assert.deepEqual(answers[2], answers[0]);
    assert.deepEqual(answers[3], answers[0]);
    assert.notDeepEqual(answers[1], answers[0]);
    assert.deepEqual(answers[5], answers[4]);
  });

  test('takes the parameters of a single call, and refuses wrong ones as a whole', async () => {
    const { body } = await batch({ ids: [product] }, '?type=file&pagination[limit]=1');
    assert.deepEqual(
      body.data[0].data.map(({ file }: { file: { id: number } }) => file.id),
      [blue.id],
    );
    assert.equal((await batch({ ids: [product] }, '?fields=purchasePrice')).status, 400);
    for (const wrong of [
      {},
      { ids: [] },
      { ids: ['a\u0000b'] },
      { ids: Array.from({ length: 101 }, (_, at) => at + 1) },
      [],
    ])
      assert.equal((await batch(wrong)).status, 400, JSON.stringify(wrong));
  });
});

describe('each action needs its own permission', () => {
  const CALLS: Record<string, () => [string, RequestInit]> = {
    similar: () => [`/api/similar/${red.id}`, {}],
    explain: () => [`/api/similar/${red.id}/explain/${blue.id}`, {}],
    search: () => ['/api/similar/search', { method: 'POST' }],
    batch: () => ['/api/similar/batch', { method: 'POST' }],
  };
  const uidOf = (request: string) => `plugin::similar.${request}.find`;

  test('in Users & Permissions', async () => {
    for (const [action, call] of Object.entries(CALLS)) {
      await withoutPermission(shop, uidOf(action), async () => {
        assert.equal((await shop.api(...call())).status, 403, action);
      });
      assert.notEqual((await shop.api(...call())).status, 403, action);
    }
  });

  test('all of them may be called with a read-only API token, and with one for everything', async () => {
    for (const type of ['read-only', 'full-access']) {
      const headers = { authorization: `Bearer ${await apiToken(shop, type)}` };
      for (const [name, call] of Object.entries(CALLS)) {
        const [path, init] = call();
        const { status } = await shop.api(path, { ...init, headers });
        assert.ok(![401, 403].includes(status), `${name} with a ${type} token: ${status}`);
      }
    }
  });

  test('in API tokens', async () => {
    for (const granted of Object.keys(CALLS)) {
      const permissions = [uidOf(granted), 'plugin::upload.content-api.find'];
      const headers = { authorization: `Bearer ${await apiToken(shop, 'custom', permissions)}` };
      for (const [action, call] of Object.entries(CALLS)) {
        const [path, init] = call();
        const { status } = await shop.api(path, { ...init, headers });
        assert.equal(status === 403, action !== granted, `${action} with a token for ${granted}: ${status}`);
      }
    }
  });
});
