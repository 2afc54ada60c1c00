import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AdminPicture } from '../../plugin/contracts/admin';
import type { MapResponse } from '../../plugin/contracts/map';
import { editorWith } from '../helpers/editor';
import { manyPictures } from '../helpers/pictures';
import { searchable, similarityOf } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const COUNT = 12;

let shop: Playground;
let files: UploadedFile[];

before(async () => {
  shop = await startPlayground();
  const pictures = await manyPictures(COUNT + 1);
  files = await shop.upload(pictures.slice(0, COUNT).map((bytes, at) => ({ name: `${at}.jpg`, bytes })));
  await searchable(shop, files);
});
after(() => shop?.stop());

const ids = ({ gaps }: MapResponse) => gaps.map((_, at) => gaps.slice(0, at + 1).reduce((sum, gap) => sum + gap, 0));

/** The map once it holds these pictures and nothing is being computed. */
async function mapOf(pictures: UploadedFile[]): Promise<MapResponse> {
  const wanted = pictures.map(({ id }) => id).sort((a, b) => a - b);
  let body: MapResponse | undefined;
  await until('the map holds the pictures', async () => {
    body = (await shop.admin<MapResponse>('GET', '/similar/map')).body;
    return body.computing === undefined && ids(body).join() === wanted.join();
  });
  return body as MapResponse;
}

describe('the map of the library', () => {
  test('holds every indexed picture, each in its own place', async () => {
    const map = await mapOf(files);
    assert.equal(map.total, COUNT);
    assert.equal(map.space, similarityOf(shop).space.id);
    assert.equal(map.problem, undefined);
    const places = new Uint16Array(new Uint8Array(Buffer.from(map.places, 'base64')).buffer);
    assert.equal(places.length, 2 * COUNT);
    const distinct = new Set(Array.from({ length: COUNT }, (_, at) => `${places[2 * at]} ${places[2 * at + 1]}`));
    assert.equal(distinct.size, COUNT);
  });

  test('a client that holds it gets 304 and no body, until it changes', async () => {
    await mapOf(files);
    const ask = (tag?: string) =>
      fetch(`${shop.url}/similar/map`, {
        headers: { authorization: `Bearer ${shop.token}`, ...(tag && { 'if-none-match': tag }) },
      });
    const first = await ask();
    assert.equal(first.headers.get('cache-control'), 'private, no-cache');
    const tag = first.headers.get('etag') as string;
    const again = await ask(tag);
    assert.equal(again.status, 304);
    assert.equal(await again.text(), '');

    const more = await shop.upload([{ name: 'more.jpg', bytes: (await manyPictures(COUNT + 1))[COUNT] }]);
    await searchable(shop, more);
    await mapOf([...files, ...more]);
    assert.equal((await ask(tag)).status, 200, 'the new picture is on it');
    await shop.admin('DELETE', `/upload/files/${more[0].id}`);
    await mapOf(files);
  });

  test('shows the pictures that are asked for; those that are gone are missing', async () => {
    const [a, b] = files;
    const { status, body } = await shop.admin<AdminPicture[]>(
      'GET',
      `/similar/map/pictures?ids=${a.id},999999,${b.id}`,
    );
    assert.equal(status, 200);
    assert.deepEqual(new Set(body.map(({ name }) => name)), new Set([a.name, b.name]));
    assert.ok(body.every(({ thumbnail, documentId }) => thumbnail && documentId));
  });

  test('wrong parameters are refused by name', async () => {
    const many = Array.from({ length: 201 }, (_, at) => at + 1).join();
    for (const query of ['', '?ids=', '?ids=1,two', '?ids=0', '?ids=1&ids=2', `?ids=${many}`, '?ids=1&other=2']) {
      const { status, body } = await shop.admin('GET', `/similar/map/pictures${query}`);
      assert.equal(status, 400, query);
      assert.match(body.error.message, query.includes('other') ? /other/ : /ids/);
    }
  });

  test('is laid out anew by those who manage', async () => {
    const { places } = await mapOf(files);
    const { status } = await shop.admin('POST', '/similar/map/recompute');
    assert.equal(status, 202);
    await until('the pictures have moved', async () => (await mapOf(files)).places !== places);
    assert.equal((await mapOf(files)).problem, undefined);
  });
});

test('permissions: reading the map needs read and the media library, laying it out manage', async () => {
  const [READ, MANAGE, FILES] = ['plugin::similar.read', 'plugin::similar.manage', 'plugin::upload.read'];
  const as = async (token: string | undefined, method: string, path: string) =>
    (
      await fetch(`${shop.url}/similar/map${path}`, {
        method,
        headers: token ? { authorization: `Bearer ${token}` } : {},
      })
    ).status;
  const tokenWith = async (actions: string[]) => (await editorWith(shop, actions)).token;
  const nobody = await tokenWith([FILES]);
  const blind = await tokenWith([READ, MANAGE]);
  const reader = await tokenWith([READ, FILES]);
  for (const path of ['', `/pictures?ids=${files[0].id}`]) {
    assert.equal(await as(undefined, 'GET', path), 401);
    assert.equal(await as(nobody, 'GET', path), 403, 'without read');
    assert.equal(await as(blind, 'GET', path), 403, 'may not read files');
    assert.equal(await as(reader, 'GET', path), 200);
  }
  assert.equal(await as(reader, 'POST', '/recompute'), 403);
  assert.equal(await as(blind, 'POST', '/recompute'), 202);
});
