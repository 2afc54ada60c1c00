import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { PreviewPair } from '../../plugin/contracts/settings';
import { createKnexRecords } from '../../plugin/store/records';
import { picture } from '../helpers/pictures';
import { createProduct, names, PRODUCT, searchable, similar } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';
import { startReceiver, type WebhookReceiver } from '../helpers/webhook-receiver';

/** What the configuration file of this shop says: it cannot be set in the admin. */
const config = { ranking: { boost: { [PRODUCT]: { field: 'stock', weight: 0.01 } } } };

let shop: Playground;
let product: string;
let red: UploadedFile;

before(async () => {
  shop = await startPlayground({ config });
  const files = await shop.upload([
    { name: 'red.jpg', bytes: await picture('disc', '#e00') },
    { name: 'reddish.jpg', bytes: await picture('disc', '#d11') },
    { name: 'blue.jpg', bytes: await picture('stripes', '#00e') },
  ]);
  [red] = files;
  await searchable(shop, files);
  product = (await createProduct(shop, { name: 'Red', images: [red] })).documentId;
  await createProduct(shop, { name: 'Reddish', images: [files[1]] });
  await createProduct(shop, { name: 'Without picture', images: [] });
});
after(() => shop?.stop());

const read = () => shop.admin('GET', '/similar/settings');
const put = async (changes: object, revision?: number) =>
  shop.admin('PUT', '/similar/settings', { changes, revision: revision ?? (await read()).body.revision });
/** As another node sees it. */
const records = () => createKnexRecords(shop.strapi.db.connection as never);
const stored = async () => (await records().read<object>('settings')) ?? { revision: 0, value: {} };
const cacheControl = async () => (await similar(shop, red.id)).headers.get('cache-control');

test('each value comes with its source, and with what can be chosen', async () => {
  const { status, body } = await read();
  assert.equal(status, 200);
  assert.deepEqual(body.settings.contentTypes, { value: '*', default: '*', source: 'default' });
  assert.equal(body.settings['ranking.boost'].source, 'config');
  assert.equal(body.settings['ranking.boost'].value[PRODUCT].field, 'stock');
  const [type] = body.types;
  assert.deepEqual([type.uid, type.name, type.pictures], [PRODUCT, 'Product', ['images']]);
  const attributes = type.attributes.map(({ name }: { name: string }) => name);
  assert.deepEqual([type.relations, type.defaultRelation], [['related'], 'related']);
  assert.ok(attributes.includes('category') && attributes.includes('createdAt') && !attributes.includes('createdBy'));
});

test('secrets are kept and never sent back', async () => {
  const headers = { Authorization: 'Bearer of-the-shop' };
  const { body } = await put({ 'webhook.secret': 'of-the-shop', 'webhook.headers': headers });
  assert.equal(body.settings['webhook.secret'].value, true);
  assert.deepEqual(body.settings['webhook.headers'].value, ['Authorization']);
  assert.doesNotMatch(JSON.stringify([body, (await read()).body]), /of-the-shop/);
  // Other changes leave them as they are.
  await put({ 'webhook.top': 3 });
  const kept = (await stored()).value;
  assert.deepEqual(kept, { 'webhook.secret': 'of-the-shop', 'webhook.headers': headers, 'webhook.top': 3 });
  const wrong = await put({ 'webhook.secret': ['of-the-shop'] });
  assert.equal(wrong.status, 400);
  assert.doesNotMatch(JSON.stringify(wrong.body), /of-the-shop/);
  await put({ 'webhook.secret': null, 'webhook.headers': null, 'webhook.top': null });
  assert.equal((await read()).body.settings['webhook.secret'].value, false);
});

describe('what is set holds at once', () => {
  test('the cache header, and the way back to the default', async () => {
    const { status, body } = await put({ 'api.cacheControl': 'public, max-age=60' });
    assert.equal(status, 200);
    assert.deepEqual(body.settings['api.cacheControl'], {
      value: 'public, max-age=60',
      default: 'private, no-cache',
      source: 'settings',
    });
    assert.equal(await cacheControl(), 'public, max-age=60');
    await put({ 'api.cacheControl': null });
    assert.equal(await cacheControl(), 'private, no-cache');
  });

  test('content types: one that does not count is neither found nor listed', async () => {
    assert.equal((await similar(shop, product)).status, 200);
    assert.equal((await put({ contentTypes: {} })).status, 200);
    assert.equal((await similar(shop, product)).status, 404);
    assert.deepEqual((await shop.admin('GET', '/similar/types')).body.types, []);
    await put({ contentTypes: { [PRODUCT]: ['images'] } });
    assert.deepEqual(names(await similar(shop, product)), ['Reddish']);
  });

  test('an entry that was remembered without one of its fields is read anew', async () => {
    // Asked before, so that its pictures are remembered.
    await put({ contentTypes: {} });
    await put({ contentTypes: null });
    assert.deepEqual(names(await similar(shop, product)), ['Reddish']);
  });

  test('the fallback', async () => {
    await put({ fallback: { [PRODUCT]: { sort: 'name:asc' } } });
    const answer = await similar(shop, product);
    assert.deepEqual(names(answer), ['Reddish', 'Without picture']);
    assert.equal(answer.body.data[1].source, 'fallback');
    await put({ fallback: null });
    assert.deepEqual(names(await similar(shop, product)), ['Reddish']);
  });

  test('the relation that the side panel fills', async () => {
    const filled = async () => (await shop.admin('GET', '/similar/types')).body.types[0].relate;
    assert.equal(await filled(), 'related');
    assert.equal((await put({ relate: { [PRODUCT]: false } })).status, 200);
    assert.equal(await filled(), undefined);
    const { body } = await put({ relate: { [PRODUCT]: 'related' } });
    assert.deepEqual(body.settings.relate, { value: { [PRODUCT]: 'related' }, default: {}, source: 'settings' });
    assert.equal(await filled(), 'related');
    await put({ relate: null });
    assert.equal((await read()).body.settings.relate.source, 'default');
  });

  test('on another node within seconds', async () => {
    const { value, revision } = await stored();
    await records().write('settings', { ...value, 'api.cacheControl': 'no-store' }, revision);
    await until('the setting of the other node holds here', async () => (await cacheControl()) === 'no-store');
  });
});

describe('refused', () => {
  test('a key that the configuration file sets', async () => {
    const answer = await put({ 'ranking.boost': {} });
    assert.equal(answer.status, 409);
    assert.match(answer.body.error.message, /ranking\.boost is set by the configuration file/);
    assert.equal(answer.body.error.details.code, 'SETTING_FIXED');
  });

  for (const [changes, path, message] of [
    [{ 'api.cacheControl': '' }, 'api.cacheControl', /api\.cacheControl/],
    [{ contentTypes: { 'api::shoe.shoe': '*' } }, 'contentTypes.api::shoe.shoe', /an existing content type/],
    [{ contentTypes: { [PRODUCT]: ['name'] } }, `contentTypes.${PRODUCT}`, /one of images .* received "name"/],
    [{ fallback: { [PRODUCT]: { same: 'kind' } } }, `fallback.${PRODUCT}.same`, /an attribute of the type/],
    [{ relate: { [PRODUCT]: 'category' } }, `relate.${PRODUCT}`, /a relation to many entries of the type itself/],
    [{ relate: { [PRODUCT]: true } }, `relate.${PRODUCT}`, /a string or false/],
    [{ 'thresholds.similar': 0.95 }, 'thresholds.similar', /at most thresholds\.nearDuplicate/],
    [{ model: 'resnet50' }, 'model', /Unknown key model/],
  ] as const) {
    test(`a value that does not fit is named: ${JSON.stringify(changes)}`, async () => {
      const before = (await read()).body;
      const answer = await put(changes);
      assert.equal(answer.status, 400);
      assert.match(answer.body.error.message, message);
      assert.equal(answer.body.error.details.errors[0].path.join('.'), path);
      assert.deepEqual((await read()).body, before);
    });
  }

  test('changes to settings that somebody else has changed meanwhile', async () => {
    const { revision } = (await read()).body;
    assert.equal((await put({ 'api.cacheControl': 'no-cache' }, revision)).status, 200);
    const late = await put({ 'api.cacheControl': 'public' }, revision);
    assert.equal(late.status, 409);
    assert.equal(late.body.error.details.code, 'SETTINGS_CHANGED');
    assert.equal(await cacheControl(), 'no-cache');
  });
});

describe('preview of a threshold', () => {
  const preview = (query: string) => shop.admin('GET', `/similar/settings/preview${query}`);
  /** Files of one upload get their ids in any order. */
  const namesOf = (pairs: PreviewPair[]) =>
    pairs.map(({ pictures }) =>
      pictures
        .map(({ name }) => name)
        .toSorted()
        .join(' '),
    );

  test('pairs of the library that are just alike enough, and others that just are not', async () => {
    const { body: all } = await preview('?threshold=0');
    assert.equal(all.above.length, 3);
    assert.deepEqual(all.below, []);
    const [, , most] = all.above;
    assert.deepEqual(namesOf([most]), ['red.jpg reddish.jpg']);
    const { body } = await preview(`?threshold=${(all.above[1].similarity + most.similarity) / 2}`);
    assert.deepEqual(namesOf(body.above), ['red.jpg reddish.jpg']);
    assert.equal(body.below.length, 2);
    assert.ok(body.below[0].similarity >= body.below[1].similarity);
    assert.ok(body.above[0].pictures[0].thumbnail);
  });

  test('a wrong threshold is refused', async () => {
    assert.equal((await preview('?threshold=2')).status, 400);
  });
});

describe('a test of the webhook', () => {
  let receiver: WebhookReceiver;
  const send = () => shop.admin('POST', '/similar/webhook/test');

  before(async () => {
    receiver = await startReceiver();
  });
  after(async () => {
    receiver.close();
    await put({ 'webhook.url': null, 'webhook.secret': null, 'webhook.headers': null });
  });

  test('needs an address', async () => {
    const { status, body } = await send();
    assert.equal(status, 409);
    assert.equal(body.error.details.code, 'NO_WEBHOOK');
    assert.match(body.error.message, /webhook\.url is not set/);
  });

  test('is a call like the others, with the saved headers and signature, and says that it is a test', async () => {
    const headers = { 'X-Shop': 'of the test' };
    await put({ 'webhook.url': receiver.url, 'webhook.secret': 'of-the-shop', 'webhook.headers': headers });
    assert.deepEqual((await send()).body, { delivered: true, status: 200 });
    assert.equal(receiver.calls.length, 1);
    const [call] = receiver.calls;
    const { createdAt, ...body } = call.body;
    assert.deepEqual(body, { event: 'similar.changed', model: PRODUCT, entries: [], test: true });
    assert.ok(Date.parse(createdAt) <= Date.now());
    assert.equal(call.headers['x-strapi-event'], 'similar.changed');
    assert.equal(call.headers['x-shop'], 'of the test');
    const signature = createHmac('sha256', 'of-the-shop').update(call.text).digest('hex');
    assert.equal(call.headers['x-similar-signature'], `sha256=${signature}`);
  });

  test('a receiver that refuses is told of by its status, and asked once only', async () => {
    receiver.answers = 503;
    receiver.refused = 0;
    assert.deepEqual((await send()).body, { delivered: false, status: 503 });
    assert.equal(receiver.refused, 1);
  });

  test('one that does not answer is given up with the reason; meanwhile no second test is sent', async () => {
    receiver.answers = undefined;
    receiver.refused = 0;
    const first = send();
    await until('it was called', () => receiver.refused === 1);
    const second = await send();
    assert.equal(second.status, 429);
    assert.equal(second.body.error.details.code, 'WEBHOOK_TEST_RUNS');
    assert.deepEqual((await first).body, { delivered: false, reason: 'no answer within 10 s' });
    assert.equal(receiver.refused, 1);
    // Then another one is.
    receiver.answers = 200;
    assert.equal((await send()).body.delivered, true);
  });

  test('one that is not there: why the connection failed', async () => {
    receiver.close();
    const { status, body } = await send();
    assert.equal(status, 200);
    assert.equal(body.delivered, false);
    assert.match(body.reason, /ECONNREFUSED/);
  });
});

test('settings stay over a restart; one whose type is gone is ignored, and said', async () => {
  const { value, revision } = await stored();
  await records().write('settings', { ...value, contentTypes: { 'api::gone.gone': '*' } }, revision);
  await shop.stop({ keep: true });
  // The configuration file says more now than it did.
  const relate = { [PRODUCT]: false } as const;
  shop = await startPlayground({ config: { ...config, relate }, folder: shop.folder });
  assert.equal(await cacheControl(), 'no-cache');
  const { contentTypes, ...others } = (await read()).body.settings;
  assert.deepEqual(others.relate, { value: relate, default: {}, source: 'config' });
  assert.equal((await put({ relate: null })).body.error.details.code, 'SETTING_FIXED');
  assert.equal(contentTypes.source, 'default');
  assert.match(contentTypes.ignored, /api::gone\.gone/);
  assert.deepEqual(names(await similar(shop, product)), ['Reddish']);
});
