import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AdminPicture } from '../../plugin/contracts/admin';
import type { MapGroupsResponse, MapResponse } from '../../plugin/contracts/map';
import { editorWith } from '../helpers/editor';
import { manyPictures } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable, similarityOf } from '../helpers/shop';
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

const ids = ({ gaps }: { gaps: number[] }) =>
  gaps.map((_, at) => gaps.slice(0, at + 1).reduce((sum, gap) => sum + gap, 0));

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

  /** What the pictures are in, by name. */
  async function groupsOf(by: string): Promise<{ groups: MapGroupsResponse['groups']; kindOf: Map<number, string> }> {
    const { status, body } = await shop.admin<MapGroupsResponse>('GET', `/similar/map/groups?by=${by}`);
    assert.equal(status, 200, JSON.stringify(body));
    const places = Buffer.from(body.places, 'base64');
    const kindOf = new Map(ids(body).map((id, at) => [id, body.groups[places[at]].value]));
    assert.deepEqual([...kindOf.keys()], ids(await mapOf(files)), 'every picture of the map');
    return { groups: body.groups, kindOf };
  }

  test('says which content type uses each picture', async () => {
    await mapOf(files);
    const product = await createProduct(shop, { name: 'A', images: files.slice(0, 3), status: 'draft' });
    const { groups, kindOf } = await groupsOf('type');
    assert.deepEqual(groups, [
      { value: PRODUCT, label: 'Product', count: 3 },
      { value: 'none', count: COUNT - 3 },
    ]);
    for (const [at, { id }] of files.entries()) assert.equal(kindOf.get(id), at < 3 ? PRODUCT : 'none');
    await shop.strapi.documents(PRODUCT as never).delete({ documentId: product.documentId } as never);
  });

  test('says in which folder each picture is, by its way from the top', async () => {
    await mapOf(files);
    const folder = async (name: string, parent: number | null) =>
      (await shop.admin('POST', '/upload/folders', { name, parent })).body.data.id as number;
    const outer = await folder('Shop', null);
    const inner = await folder('Shoes', outer);
    const move = (file: UploadedFile, destinationFolderId: number | null) =>
      shop.admin('POST', '/upload/actions/bulk-move', { fileIds: [file.id], destinationFolderId });
    await move(files[0], outer);
    for (const file of files.slice(1, 3)) await move(file, inner);
    const { groups, kindOf } = await groupsOf('folder');
    assert.deepEqual(groups, [
      { value: String(inner), label: 'Shop / Shoes', count: 2 },
      { value: String(outer), label: 'Shop', count: 1 },
      { value: 'none', count: COUNT - 3 },
    ]);
    assert.equal(kindOf.get(files[1].id), String(inner));
    for (const file of files.slice(0, 3)) await move(file, null);
  });

  test('says which pictures are duplicates, and of what kind', async () => {
    const bytes = (await manyPictures(1))[0];
    const [copy] = await shop.upload([{ name: 'copy.jpg', bytes }]);
    await searchable(shop, [copy]);
    await mapOf([...files, copy]);
    await until('the copy is found', async () => {
      const { body } = await shop.admin<MapGroupsResponse>('GET', '/similar/map/groups?by=duplicates');
      const places = Buffer.from(body.places, 'base64');
      const identical = ids(body).filter((_, at) => body.groups[places[at]].value === 'identical');
      return identical.join() === [files[0].id, copy.id].sort((a, b) => a - b).join();
    });
    await shop.admin('DELETE', `/upload/files/${copy.id}`);
    await mapOf(files);
  });

  test('a client that holds the groups gets 304', async () => {
    const ask = (tag?: string) =>
      fetch(`${shop.url}/similar/map/groups?by=folder`, {
        headers: { authorization: `Bearer ${shop.token}`, ...(tag && { 'if-none-match': tag }) },
      });
    const tag = (await ask()).headers.get('etag') as string;
    assert.equal((await ask(tag)).status, 304);
  });

  test('is laid out anew by those who manage', async () => {
    const { places } = await mapOf(files);
    const { status } = await shop.admin('POST', '/similar/map/recompute');
    assert.equal(status, 202);
    await until('the pictures have moved', async () => (await mapOf(files)).places !== places);
    assert.equal((await mapOf(files)).problem, undefined);
  });

  test('is cancelled, also twice and when nothing runs; what was there stays, and it can be laid out after that', async () => {
    const { places } = await mapOf(files);
    const cancel = () => shop.admin('POST', '/similar/map/cancel');
    assert.deepEqual(await cancel().then(({ status, body }) => [status, body]), [200, { cancelled: false }]);
    assert.equal((await mapOf(files)).places, places);
    assert.equal((await shop.admin('POST', '/similar/map/recompute')).status, 202);
    const cancels = await Promise.all([cancel(), cancel()]);
    assert.deepEqual(
      cancels.map(({ status }) => status),
      [200, 200],
    );
    assert.ok(cancels.some(({ body }) => body.cancelled));
    const { problem, computing, cancelled } = await mapOf(files);
    assert.deepEqual([problem, computing, cancelled], [undefined, undefined, undefined]);
    const before = (await mapOf(files)).places;
    await shop.admin('POST', '/similar/map/recompute');
    await until('the pictures have moved', async () => (await mapOf(files)).places !== before);
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
  for (const path of [
    '',
    '/groups?by=type',
    '/groups?by=folder',
    '/groups?by=duplicates',
    `/pictures?ids=${files[0].id}`,
  ]) {
    assert.equal(await as(undefined, 'GET', path), 401);
    assert.equal(await as(nobody, 'GET', path), 403, 'without read');
    assert.equal(await as(blind, 'GET', path), 403, 'may not read files');
    assert.equal(await as(reader, 'GET', path), 200);
  }
  assert.equal(await as(reader, 'POST', '/recompute'), 403);
  assert.equal(await as(reader, 'POST', '/cancel'), 403);
  assert.equal(await as(blind, 'POST', '/recompute'), 202);
});
