import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { picture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable, similarityOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';
import { startReceiver, type WebhookReceiver } from '../helpers/webhook-receiver';

const SECRET = 'of the test';
/** Two neighbours count: something that looks like none of them changes nothing. */
const TOP = 2;

let shop: Playground;
let receiver: WebhookReceiver;
const ids: Record<string, string> = {};

const config = () => ({
  webhook: { url: receiver.url, secret: SECRET, headers: { 'X-Shop': 'test' }, debounceMs: 300, top: TOP },
});

before(async () => {
  receiver = await startReceiver();
  shop = await startPlayground({ config: config() });
});
after(async () => {
  await shop?.stop();
  receiver?.close();
});
afterEach(() => {
  receiver.calls = [];
});

const changed = () => shop.strapi.plugin('similar').service('changed');

/** Waits until everything that has happened so far has been looked at, and all of it told. */
async function settled(): Promise<void> {
  const { connection } = shop.strapi.db;
  const rowCount = async (query: { count(column: string): Promise<Array<Record<string, unknown>>> }) =>
    Number(Object.values((await query.count('*'))[0])[0]);
  await until('everything has been looked at and told', async () => {
    if (!(await similarityOf(shop).complete())) return false;
    const record = await connection('similar_records').where({ name: 'tops' }).first('value');
    const looked = JSON.parse(record?.value ?? 'null');
    // The newest picture may be gone.
    if (!(looked?.seq >= (await similarityOf(shop).lastSeq()))) return false;
    const waiting = await rowCount(connection('similar_changes'));
    return waiting + (await rowCount(connection('similar_tops').where({ unsent: 1 }))) === 0;
  });
}

async function add(name: string, bytes: Buffer): Promise<string> {
  const files: UploadedFile[] = await shop.upload([{ name: `${name}.jpg`, bytes }]);
  await searchable(shop, files);
  ids[name] = (await createProduct(shop, { name, images: files })).documentId;
  return ids[name];
}

const told = () =>
  receiver.calls.flatMap(({ body }) => body.entries.map(({ documentId }) => nameOf(documentId))).sort();
const nameOf = (documentId: string) => Object.keys(ids).find((name) => ids[name] === documentId);

test('a library that is indexed for the first time is no news', async () => {
  shop.strapi.config.set('plugin::similar.webhook.url', undefined);
  for (const [at, colour] of ['#e00', '#d11', '#c02', '#e20'].entries()) {
    await add(`disc${at}`, await picture('disc', colour));
    await add(`stripes${at}`, await picture('stripes', ['#00e', '#11d', '#02c', '#20e'][at], '#dfd'));
  }
  shop.strapi.config.set('plugin::similar.webhook.url', receiver.url);
  changed().webhooksChanged();
  await settled();
  assert.deepEqual(receiver.calls, []);
});

test('a look-alike: one signed call names the entries beside which it is shown now, and itself', async () => {
  await add('twin', await picture('disc', '#e01'));
  await settled();
  assert.equal(receiver.calls.length, 1);
  const [{ headers, text, body }] = receiver.calls;
  assert.equal(body.event, 'similar.changed');
  assert.equal(body.model, PRODUCT);
  assert.ok(Date.parse(body.createdAt) <= Date.now());
  assert.equal(headers['x-strapi-event'], 'similar.changed');
  assert.equal(headers['x-shop'], 'test');
  const expected = createHmac('sha256', SECRET).update(text).digest('hex');
  assert.equal(headers['x-similar-signature'], `sha256=${expected}`);

  assert.ok(told().includes('twin'));
  assert.ok(told().length >= 2, 'also entries beside which it is shown');
  assert.ok(!told().some((name) => name?.startsWith('stripes')), told().join());
  for (const { documentId, locale, results } of body.entries) {
    assert.equal(locale, 'en');
    // What the API gives is what was told.
    const answer = await shop.api(`/api/similar/${documentId}?pagination[limit]=${TOP}`);
    assert.deepEqual(
      results,
      answer.body.data.map(({ type, entry, similarity, source }: never) => ({
        type,
        documentId: (entry as { documentId: string }).documentId,
        source,
        similarity,
      })),
    );
    if (nameOf(documentId) !== 'twin') assert.ok(results.some((result) => result.documentId === ids.twin));
  }
});

test('what is shown beside nobody, a draft and a new text are no news', async () => {
  // A picture in the library that no entry holds, and a draft with a look-alike.
  const files = await shop.upload([{ name: 'loose.jpg', bytes: await picture('disc', '#e02') }]);
  await searchable(shop, files);
  await createProduct(shop, { name: 'draft', images: files, status: 'draft' });
  await shop.strapi
    .documents(PRODUCT as never)
    .update({ documentId: ids.twin, data: { description: 'new' }, status: 'published' } as never);
  await settled();
  assert.deepEqual(receiver.calls, []);
});

test('what looks like nothing else is told of itself alone', async () => {
  await add('triangle', await picture('triangle', '#0a0', '#222'));
  await settled();
  assert.deepEqual(told(), ['triangle']);
});

test('a pin, and its end', async () => {
  const rules = shop.strapi.plugin('similar').service('rules');
  const pin = { kind: 'pin', type: PRODUCT, source: ids.disc0, target: ids.stripes0, place: 1 };
  await rules.set(pin);
  await settled();
  assert.deepEqual(told(), ['disc0']);
  assert.deepEqual(
    [receiver.calls[0].body.entries[0].results[0].documentId, receiver.calls[0].body.entries[0].results[0].source],
    [ids.stripes0, 'pinned'],
  );
  receiver.calls = [];
  await rules.remove(pin);
  await settled();
  assert.deepEqual(told(), ['disc0']);
});

test('a receiver that is down is told later, and nothing else suffers', async () => {
  receiver.answers = 503;
  const before = receiver.refused;
  await shop.strapi.documents(PRODUCT as never).unpublish({ documentId: ids.twin } as never);
  await until('it was tried', () => receiver.refused > before);
  assert.equal((await shop.api(`/api/similar/${ids.disc0}`)).status, 200);
  receiver.answers = 200;
  await settled();
  assert.ok(told().length > 0);
  assert.ok(!told().includes('twin'), 'an entry that is gone is not told of');
  for (const { body } of receiver.calls) {
    for (const { results } of body.entries) assert.ok(!results.some(({ documentId }) => documentId === ids.twin));
  }
});

test('what is not told yet survives a restart; what is known is no news after it', async () => {
  receiver.answers = 503;
  const before = receiver.refused;
  await shop.strapi.documents(PRODUCT as never).publish({ documentId: ids.twin } as never);
  await until('it was tried', () => receiver.refused > before);
  await shop.stop({ keep: true });
  receiver.answers = 200;
  const { folder } = shop;
  shop = await startPlayground({ config: config(), folder });
  await settled();
  assert.ok(told().includes('twin') && told().length >= 2, told().join());
  receiver.calls = [];
  await similarityOf(shop).sweep();
  await settled();
  assert.deepEqual(receiver.calls, []);
});

test('pictures of the library, where they are wanted too', async () => {
  const want = async (files: boolean) => {
    const { revision } = (await shop.admin('GET', '/similar/settings')).body;
    await shop.admin('PUT', '/similar/settings', { revision, changes: { 'webhook.files': files } });
    await until('it was looked at all again', async () => {
      const record = await shop.strapi.db.connection('similar_records').where({ name: 'tops' }).first('value');
      return JSON.parse(record.value)?.files === files;
    });
    await settled();
  };
  const upload = async (name: string, colour: string) => {
    const files = await shop.upload([{ name, bytes: await picture('disc', colour) }]);
    await searchable(shop, files);
    await settled();
    return files[0];
  };
  const toldFiles = () => {
    assert.ok(
      receiver.calls.every(({ body }) => body.model === 'file'),
      'no entry holds it',
    );
    return receiver.calls.flatMap(({ body }) => body.entries);
  };
  await want(true);
  assert.deepEqual(receiver.calls, [], 'what is there is no news');

  const { id, documentId } = await upload('alone.jpg', '#e03');
  const beside = toldFiles();
  assert.ok(beside.some((file) => file.documentId === documentId));
  assert.ok(beside.length >= 2, 'also pictures beside which it is shown');
  for (const { documentId: asked, results } of beside) {
    const { body } = await shop.api(`/api/similar/${asked}?pagination[limit]=${TOP}`);
    const given = body.data.map(({ type, file, similarity, source }: never) => ({
      type,
      documentId: (file as { documentId: string }).documentId,
      source,
      similarity,
    }));
    assert.deepEqual(results, given);
  }

  const rules = shop.strapi.plugin('similar').service('rules');
  const shown = beside.find((file) => file.documentId === documentId)?.results ?? [];
  const hide = { kind: 'hide', type: 'file', source: documentId, target: shown[0].documentId };
  for (const decide of [rules.set, rules.remove]) {
    receiver.calls = [];
    await decide(hide);
    await settled();
    const told = toldFiles().find((file) => file.documentId === documentId);
    const isShown = told?.results.some((result) => result.documentId === hide.target);
    assert.equal(isShown, decide === rules.remove, 'what is hidden beside it, and shown again');
  }

  receiver.calls = [];
  await shop.admin('DELETE', `/upload/files/${id}`);
  await settled();
  const left = toldFiles().map((file) => file.documentId);
  const others = beside.map((file) => file.documentId).filter((other) => other !== documentId);
  assert.deepEqual(left.toSorted(), others.toSorted(), 'those that showed it, and no more itself');

  receiver.calls = [];
  await want(false);
  await upload('unheard.jpg', '#e04');
  assert.deepEqual(receiver.calls, []);
});

test('a webhook of Strapi that asks for the event gets it too; without a listener nothing is noted', async () => {
  shop.strapi.config.set('plugin::similar.webhook.url', undefined);
  const sent = { name: 'shop', url: receiver.url, headers: { 'X-Shop': 'strapi' }, events: ['similar.changed'] };
  const created = await shop.admin('POST', '/admin/webhooks', sent);
  assert.equal(created.status, 201, JSON.stringify(created.body));
  await settled();
  receiver.calls = [];
  await shop.strapi.documents(PRODUCT as never).unpublish({ documentId: ids.disc3 } as never);
  await settled();
  assert.ok(told().length > 0);
  assert.equal(receiver.calls[0].headers['x-shop'], 'strapi');
  assert.equal(receiver.calls[0].headers['x-strapi-event'], 'similar.changed');

  await shop.admin('DELETE', `/admin/webhooks/${created.body.data.id}`);
  await shop.strapi.documents(PRODUCT as never).publish({ documentId: ids.disc3 } as never);
  assert.deepEqual(await shop.strapi.db.connection('similar_changes'), []);
});
