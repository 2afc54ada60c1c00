import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { guardedTypes } from '../../server/src/access/guarded-types';
import { editorWith } from '../helpers/editor';
import { grantVisitors, withoutPermission } from '../helpers/permissions';
import { picture } from '../helpers/pictures';
import { ALBUM, distWithPluginTypes, USER, VAULT } from '../helpers/plugin-types';
import { createProduct, PRODUCT, searchable, similar } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

const SECRETS = ['password', 'resetPasswordToken', 'confirmationToken'];

let shop: Playground;
const files: Record<string, UploadedFile> = {};
const ids: Record<string, string> = {};

before(async () => {
  shop = await startPlayground({
    dist: distWithPluginTypes(),
    config: { contentTypes: { [USER]: '*', [ALBUM]: { cover: 1 }, [VAULT]: '*', [PRODUCT]: '*' } },
  });
  const colours = { red: '#e00', crimson: '#d01', orange: '#e30', blue: '#00e' };
  const pictures = Object.entries(colours).map(async ([name, colour]) => ({
    name: `${name}.jpg`,
    bytes: await picture('disc', colour),
  }));
  const uploaded = await shop.upload(await Promise.all(pictures));
  await searchable(shop, uploaded);
  for (const file of uploaded) files[file.name.replace('.jpg', '')] = file;
  for (const [username, avatar] of Object.entries({ ada: 'red', bob: 'crimson', eve: 'blue' })) {
    const data = { username, email: `${username}@example.com`, password: 'Similar-test-1', avatar: files[avatar].id };
    const tokens = { resetPasswordToken: `reset-${username}`, confirmationToken: `confirm-${username}` };
    const user = await shop.strapi
      .plugin('users-permissions')
      .service('user')
      .add({ ...data, ...tokens });
    ids[username] = user.documentId;
  }
  const create = async (uid: string, data: object) =>
    ((await shop.strapi.documents(uid as never).create({ data } as never)) as { documentId: string }).documentId;
  ids.sunset = await create(ALBUM, { title: 'sunset', secret: 'sh', cover: files.orange.id, hidden: files.blue.id });
  ids.vault = await create(VAULT, { title: 'vault', cover: files.crimson.id });
  await createProduct(shop, { name: 'chair', images: [files.orange] });
});
after(() => shop?.stop());

const found = async (id: string | number, query = '') => {
  const { status, body } = await similar(shop, id, query);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data.map(({ entry }) => entry?.username ?? entry?.title ?? entry?.name);
};

const statusOf = async (id: string | number, query = '') => (await similar(shop, id, query)).status;

test('without find on the type, nothing of it can be asked or found', async () => {
  for (const [uid, id] of [
    [USER, ids.ada],
    [ALBUM, ids.sunset],
  ]) {
    assert.equal(await statusOf(id), 403, uid);
    assert.equal(await statusOf(files.red.id, `type=${uid}`), 403, uid);
    assert.equal(await statusOf(ids.ada, `type=${PRODUCT}`), 403);
  }
});

describe('with find', () => {
  before(() => grantVisitors(shop, `${USER}.find`, `${ALBUM}.find`));

  test('entries of a plugin are asked about and found, also from other types', async () => {
    assert.deepEqual(await found(ids.ada), ['bob', 'eve']);
    assert.deepEqual(await found(ids.ada, `type=${ALBUM}`), ['sunset']);
    assert.deepEqual(await found(ids.ada, `type=${PRODUCT}`), ['chair']);
    assert.deepEqual((await found(ids.sunset, `type=${USER}`)).at(-1), 'eve');
    assert.deepEqual((await found(files.red.id, `type=${USER}`))[0], 'ada');
    assert.deepEqual(await found(files.blue.id, `type=${ALBUM}`), ['sunset']);
    assert.deepEqual(await found(ids.ada, 'filters[username][$ne]=bob'), ['eve']);
  });

  test('a private picture counts for nothing', async () => {
    const { body } = await similar(shop, files.blue.id, `type=${ALBUM}`);
    assert.equal(body.data[0].match?.result.id, files.orange.id);
  });

  test('of a user is shown what Strapi shows, and no secret', async () => {
    const { body } = await similar(shop, ids.ada);
    const { body: shown } = await shop.api('/api/users?populate=avatar');
    const bob = (shown as unknown as Array<{ username: string }>).find(({ username }) => username === 'bob');
    assert.deepEqual(body.data[0].entry, bob);
    const text = JSON.stringify(body);
    for (const secret of [...SECRETS, 'reset-bob', 'confirm-bob', '$2']) assert.ok(!text.includes(secret), secret);
    const album = JSON.stringify((await similar(shop, ids.ada, `type=${ALBUM}`)).body);
    assert.ok(!album.includes('secret') && !album.includes('hidden'));
  });

  test('nothing can be learnt of what is private', async () => {
    for (const name of SECRETS) {
      for (const query of [
        `filters[${name}][$startsWith]=a`,
        `fields=${name}`,
        `same=${name}`,
        `groupBy=${name}`,
        `populate[role][fields]=${name}`,
      ]) {
        assert.equal(await statusOf(ids.ada, query), 400, query);
      }
    }
    assert.equal(await statusOf(ids.ada, 'filters[role][name]=Authenticated'), 400, 'needs find of roles');
    // As Strapi does it at /api/users: it is left out.
    const { status, body } = await similar(shop, ids.ada, 'populate=role');
    assert.equal(status, (await shop.api('/api/users?populate=role')).status);
    assert.ok(!JSON.stringify(body).includes('"role"'));
  });

  test('a type whose find no route leads to has no permission that counts', async () => {
    assert.equal(await statusOf(files.red.id, `type=${VAULT}`), 403);
    assert.equal(await statusOf(ids.vault), 403);
    await grantVisitors(shop, `${VAULT}.find`);
    assert.equal(await statusOf(files.red.id, `type=${VAULT}`), 403);
  });

  test('a plugin’s own find is told of, as a project’s is', () => {
    assert.deepEqual(guardedTypes(shop.strapi, [USER, ALBUM, VAULT, PRODUCT]), [VAULT]);
  });

  test('what is taken away is gone at once, and so is a user', async () => {
    await withoutPermission(shop, `${USER}.find`, async () => {
      assert.equal(await statusOf(ids.ada), 403);
      assert.equal(await statusOf(ids.sunset, `type=${USER}`), 403);
    });
    const gone = await shop.strapi.plugin('users-permissions').service('user').add({
      username: 'gone',
      email: 'gone@example.com',
      password: 'Similar-test-1',
      avatar: files.red.id,
    });
    assert.equal((await found(ids.ada))[0], 'gone');
    await shop.strapi.plugin('users-permissions').service('user').remove({ id: gone.id });
    assert.deepEqual(await found(ids.ada), ['bob', 'eve']);
  });
});

describe('in the admin', () => {
  const beside = (body: object) => shop.admin('POST', '/similar/items', body);

  test('the panel of users and of a visible plugin type works', async () => {
    const stored = await beside({ type: USER, documentId: ids.ada });
    assert.equal(stored.status, 200, JSON.stringify(stored.body));
    assert.deepEqual(
      stored.body.items.map(({ label }: { label: string }) => label),
      ['bob', 'eve'],
    );
    const chosen = await beside({ type: ALBUM, pictures: [files.red.id] });
    assert.equal(chosen.body.items[0].label, 'sunset');
    for (const secret of [...SECRETS, 'reset-bob']) assert.ok(!JSON.stringify(stored.body).includes(secret));
  });

  test('a type that the content manager does not show is found, and has no page there', async () => {
    const { status, body } = await beside({ type: VAULT, pictures: [files.red.id] });
    assert.equal(status, 200);
    assert.deepEqual([body.items[0].label, body.items[0].hidden], ['vault', true]);
    const visible = await beside({ type: ALBUM, pictures: [files.red.id] });
    assert.equal(visible.body.items[0].hidden, undefined);
  });

  test('an editor sees a plugin type as far as the role reads it', async () => {
    const { token } = await editorWith(shop, ['plugin::similar.read', 'plugin::upload.read']);
    const response = await fetch(`${shop.url}/similar/items`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: USER, pictures: [files.red.id] }),
    });
    assert.equal(response.status, 403);
  });
});
