import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type {
  PictureProposalsResponse,
  TextProposalsResponse,
  ValueProposalsResponse,
} from '../../plugin/contracts/proposals';
import { distWith, gallery, media } from '../helpers/content-model';
import { editorWith } from '../helpers/editor';
import { CONTENT, FILE, FILES, READ } from '../helpers/owned-shop';
import { picture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { Answer, UploadedFile } from '../helpers/strapi-client';

const PLANT = 'api::plant.plant';
const GARDEN = 'api::garden.garden';

let shop: Playground;
const files: Record<string, UploadedFile> = {};
const gardens: Record<string, string> = {};
const plants: Record<string, string> = {};

const create = async (uid: string, data: object): Promise<string> =>
  (await shop.strapi.documents(uid as never).create({ data } as never)).documentId;

before(async () => {
  const relation = { type: 'relation', relation: 'manyToOne', target: GARDEN };
  shop = await startPlayground({
    dist: distWith({
      types: {
        garden: { attributes: { name: { type: 'string' } } },
        plant: {
          attributes: {
            name: { type: 'string' },
            kind: { type: 'enumeration', enum: ['tree', 'bush', 'herb'] },
            garden: relation,
            cover: media(),
            more: gallery(),
          },
        },
      },
    }),
  });
  const colours = { red: '#e00', crimson: '#d01', scarlet: '#e11', ruby: '#c00', maroon: '#b00', spare: '#e02' };
  const discs = Object.entries(colours).map(async ([name, colour]) => ({
    name: `${name}.jpg`,
    bytes: await picture('disc', colour),
  }));
  const blue = { name: 'blue.jpg', bytes: await picture('stripes', '#00e') };
  for (const file of await shop.upload([...(await Promise.all(discs)), blue])) {
    files[file.name.replace('.jpg', '')] = file;
  }
  await searchable(shop, Object.values(files));
  gardens.north = await create(GARDEN, { name: 'North' });
  gardens.south = await create(GARDEN, { name: 'South' });
  const plant = async (name: string, data: object) => {
    plants[name] = await create(PLANT, { name, ...data });
  };
  await plant('red', { kind: 'tree', garden: gardens.north, cover: files.red.id });
  await plant('crimson', { kind: 'tree', garden: gardens.north, cover: files.crimson.id });
  await plant('scarlet', { kind: 'bush', garden: gardens.north, cover: files.scarlet.id });
  await plant('blue', { kind: 'herb', garden: gardens.south, cover: files.blue.id });
  await plant('bare', { garden: gardens.north });
});
after(() => shop?.stop());

const ask = <Body>(what: string, body: object): Promise<Answer<Body>> =>
  shop.admin('POST', `/similar/proposals/${what}`, body);
const namesOf = (pictures: Array<{ name: string }>) => pictures.map(({ name }) => name.replace('.jpg', ''));

async function asEditor<Body>(token: string, what: string, body: object): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${shop.url}/similar/proposals/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

describe('values for what is empty', () => {
  const values = async (more: object = {}) =>
    (await ask<ValueProposalsResponse>('values', { type: PLANT, pictures: [files.ruby.id], ...more })).body.values;

  test('what most look-alikes have: of an enumeration, and of a relation to one entry', async () => {
    const [kind, garden, ...others] = await values();
    assert.deepEqual(kind, { attribute: 'kind', votes: 2, of: 3, value: 'tree' });
    assert.ok('entry' in garden);
    const { id, ...entry } = garden.entry;
    assert.equal(typeof id, 'number');
    assert.deepEqual(
      { ...garden, entry },
      {
        ...{ attribute: 'garden', votes: 3, of: 3 },
        entry: { documentId: gardens.north, label: 'North', published: false },
      },
    );
    assert.deepEqual(others, []);
  });

  test('nothing for what is filled in the form, or stored', async () => {
    assert.deepEqual(
      (await values({ filled: ['garden'] })).map(({ attribute }) => attribute),
      ['kind'],
    );
    assert.deepEqual(
      (await values({ documentId: plants.bare })).map(({ attribute }) => attribute),
      ['kind'],
      'its garden is known',
    );
  });

  test('nothing where nothing looks like it', async () => {
    assert.deepEqual(await values({ pictures: [files.blue.id], documentId: plants.bare }), []);
    assert.deepEqual(await values({ pictures: [] }), []);
  });

  test('only for who may see and change it, and of entries that they may read', async () => {
    const category = await create('api::category.category', { name: 'Discs' });
    for (const name of ['crimson', 'scarlet']) await createProduct(shop, { name, images: [files[name]], category });
    const request = { type: PRODUCT, pictures: [files.ruby.id] };
    const all = await ask<ValueProposalsResponse>('values', request);
    assert.deepEqual(
      all.body.values.map(({ attribute }) => attribute),
      ['category'],
    );
    const seesCategory = ['name', 'images', 'category'];
    const reader = await editorWith(shop, [READ, CONTENT, FILES], seesCategory);
    assert.deepEqual((await asEditor(reader.token, 'values', request)).body, { values: [] }, 'reads only');
    const update = 'plugin::content-manager.explorer.update';
    const editor = await editorWith(shop, [READ, CONTENT, FILES, update], seesCategory);
    assert.deepEqual((await asEditor(editor.token, 'values', request)).body, { values: [] }, 'not categories');
    assert.equal((await asEditor(editor.token, 'values', { ...request, type: PLANT })).status, 403);
    const other = await asEditor<{ error: { message: string } }>(editor.token, 'values', { ...request, type: GARDEN });
    assert.equal(other.status, 400);
    assert.match(other.body.error.message, /type/);
  });
});

describe('pictures for an entry that has none', () => {
  const pictures = async (more: object = {}) =>
    (await ask<PictureProposalsResponse>('pictures', { type: PLANT, ...more })).body;

  test('such as those of its siblings, first those that nothing uses', async () => {
    const found = await pictures({ documentId: plants.bare, title: 'Bare' });
    assert.equal(found.siblings, 3);
    assert.equal(found.words, false, 'this model knows no words');
    const names = namesOf(found.pictures);
    const unused = found.pictures.filter((one) => one.unused);
    assert.deepEqual(namesOf(unused).toSorted(), ['maroon', 'ruby', 'spare']);
    assert.deepEqual(names.slice(0, 3), namesOf(unused), 'they come first');
    assert.deepEqual(names.slice(3).toSorted(), ['crimson', 'red', 'scarlet'], 'then those of the siblings');
  });

  test('what the form has counts before what is stored', async () => {
    const south = await pictures({ documentId: plants.bare, values: { garden: gardens.south } });
    assert.equal(south.siblings, 1);
    assert.equal((await pictures({ documentId: plants.bare, values: { garden: null } })).siblings, 0);
    assert.equal((await pictures({ values: { kind: 'tree' } })).siblings, 2, 'an entry that has not been saved');
  });

  test('none where nothing says what it is like', async () => {
    assert.deepEqual(await pictures(), { pictures: [], siblings: 0, words: false, wordsUnready: false });
  });

  test('those with the most in common come first', async () => {
    for (let at = 0; at < 20; at++) {
      await create(PLANT, { name: `blue ${at}`, kind: 'tree', cover: files.blue.id });
    }
    const found = await pictures({ values: { kind: 'tree', garden: gardens.north } });
    assert.equal(found.siblings, 20);
    assert.ok(namesOf(found.pictures).includes('spare'), 'red trees of this garden are among them');
  });

  test('only for who may see the media library', async () => {
    const editor = await editorWith(shop, [READ, CONTENT]);
    const { status } = await asEditor(editor.token, 'pictures', { type: PRODUCT });
    assert.equal(status, 403);
  });
});

describe('texts for pictures that have none', () => {
  const say = (name: string, texts: object) =>
    shop.strapi.db.query(FILE).update({ where: { id: files[name].id }, data: texts });
  const texts = async (...names: string[]) =>
    (await ask<TextProposalsResponse>('texts', { pictures: names.map((name) => files[name].id) })).body.pictures;

  test('of the nearest look-alike that has one', async () => {
    await say('crimson', { alternativeText: 'A crimson disc' });
    await say('spare', { alternativeText: 'spare.jpg', caption: ' Found in the drawer ' });
    await say('blue', { alternativeText: 'Blue stripes', caption: 'Stripes' });
    const [found, ...others] = await texts('red', 'blue');
    assert.deepEqual(others, [], 'nothing for what has texts');
    assert.equal(found.picture.id, files.red.id);
    assert.equal(found.alternativeText?.text, 'A crimson disc', 'a file name says nothing of another picture');
    assert.equal(found.alternativeText?.from.id, files.crimson.id);
    assert.equal(found.caption?.text, 'Found in the drawer');
    assert.equal(found.caption?.from.id, files.spare.id);
    assert.ok((found.caption?.similarity ?? 0) > 0.8);
  });

  test('only what is missing', async () => {
    await say('red', { alternativeText: 'A red disc' });
    const [found] = await texts('red');
    assert.equal(found.alternativeText, undefined);
    assert.ok(found.caption);
  });

  test('nothing is written', async () => {
    const rows = await shop.strapi.db.query(FILE).findMany({ where: { caption: { $notNull: true } } });
    assert.deepEqual(namesOf(rows).toSorted(), ['blue', 'spare']);
  });
});
