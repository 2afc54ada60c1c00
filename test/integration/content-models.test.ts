import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { component, distWith, gallery, media, zone } from '../helpers/content-model';
import { grantVisitors } from '../helpers/permissions';
import { picture } from '../helpers/pictures';
import { searchable, similar } from '../helpers/shop';
import { statementsDuring } from '../helpers/statements';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

const PAGE = 'api::page.page';
const WIDE = 'api::wide.wide';
const HOME = 'api::home.home';
const STORY = 'api::story.story';
const BROAD = 'api::broad.broad';
const TYPES = [PAGE, WIDE, BROAD, HOME, STORY];

let shop: Playground;
const files: Record<string, UploadedFile> = {};
const COLOURS = { red: '#e00', crimson: '#d01', orange: '#e30', blue: '#00e', green: '#0a0', black: '#111' };

before(async () => {
  const wide = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`part${at}`, component('shared.photo')]));
  const broad = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`photo${at}`, at % 2 ? gallery() : media()]));
  shop = await startPlayground({
    dist: distWith({
      components: {
        'shared.photo': { picture: media(), caption: { type: 'string' } },
        'shared.card': { title: { type: 'string' }, photo: component('shared.photo'), extra: gallery() },
        'shared.quote': { text: { type: 'string' } },
      },
      types: {
        page: {
          attributes: {
            title: { type: 'string' },
            cover: media(),
            blocks: zone('shared.card', 'shared.photo', 'shared.quote'),
            cards: component('shared.card', { repeatable: true }),
          },
        },
        wide: { attributes: { title: { type: 'string' }, ...wide } },
        broad: { attributes: { title: { type: 'string' }, ...broad } },
        home: { kind: 'singleType', attributes: { title: { type: 'string' }, blocks: zone('shared.photo') } },
        story: {
          localized: true,
          attributes: {
            title: { type: 'string', pluginOptions: { i18n: { localized: true } } },
            cover: { ...media(), pluginOptions: { i18n: { localized: true } } },
          },
        },
      },
    }),
  });
  const pictures = await Promise.all(
    Object.entries(COLOURS).map(async ([name, colour]) => ({
      name: `${name}.jpg`,
      bytes: await picture('disc', colour),
    })),
  );
  const uploaded = await shop.upload(pictures);
  await searchable(shop, uploaded);
  for (const file of uploaded) files[file.name.replace('.jpg', '')] = file;
  await grantVisitors(shop, ...TYPES.map((uid) => `${uid}.find`));
});
after(() => shop?.stop());

async function create(uid: string, data: object, status = 'published'): Promise<string> {
  const entry = (await shop.strapi.documents(uid as never).create({ data, status } as never)) as { documentId: string };
  return entry.documentId;
}

async function remove(uid: string, ...documentIds: string[]): Promise<void> {
  for (const documentId of documentIds) await shop.strapi.documents(uid as never).delete({ documentId } as never);
}

const titles = async (id: string | number, query = '') => {
  const { status, body } = await similar(shop, id, query);
  assert.equal(status, 200, JSON.stringify(body));
  return body.data.map(({ entry }) => entry?.title);
};

const statementsOf = (work: () => Promise<unknown>) => statementsDuring(shop.strapi.db.connection, work);

describe('pictures in components and dynamic zones', () => {
  const photo = (name: string) => ({ __component: 'shared.photo', picture: files[name].id });
  const ids: Record<string, string> = {};

  before(async () => {
    ids.cover = await create(PAGE, { title: 'cover', cover: files.red.id });
    ids.zone = await create(PAGE, {
      title: 'zone',
      blocks: [{ __component: 'shared.quote', text: 'no picture' }, photo('crimson')],
    });
    const card = { __component: 'shared.card', title: 'card', photo: { picture: files.orange.id } };
    ids.nested = await create(PAGE, { title: 'nested', blocks: [card] });
    ids.repeated = await create(PAGE, {
      title: 'repeated',
      cards: [{ title: 'first' }, { title: 'second', extra: [files.blue.id, files.green.id] }],
    });
    ids.draft = await create(PAGE, { title: 'draft', blocks: [photo('red')] }, 'draft');
  });
  after(() => remove(PAGE, ...Object.values(ids)));

  test('an entry is found by any of them, and a draft by none', async () => {
    const found = await titles(ids.cover);
    assert.deepEqual(found.slice(0, 2), ['zone', 'nested']);
    assert.deepEqual(new Set(found), new Set(['zone', 'nested', 'repeated']));
    assert.equal((await titles(files.green.id, `type=${PAGE}`))[0], 'repeated');
    assert.equal((await titles(files.orange.id, `type=${PAGE}`))[0], 'nested');
  });

  test('an entry whose pictures lie in a zone only can be asked about, and shows them', async () => {
    const { body } = await similar(shop, ids.zone);
    assert.equal(body.meta.status, 'ready');
    assert.equal(body.data[0].match?.query?.id, files.crimson.id);
    const nested = (await similar(shop, ids.cover)).body.data.find(({ entry }) => entry?.title === 'nested');
    const [block] = (nested?.entry?.blocks ?? []) as Array<{ photo: { picture: { id: number } } }>;
    assert.equal(block.photo.picture.id, files.orange.id);
  });

  test('filters and exclusions hold', async () => {
    assert.deepEqual(await titles(ids.cover, 'filters[title][$ne]=zone&pagination[limit]=1'), ['nested']);
    assert.ok(!(await titles(ids.cover, `exclude=${files.crimson.id}`)).includes('zone'));
    assert.ok(!(await titles(files.red.id, `type=${PAGE}&exclude=${files.green.id}`)).includes('repeated'));
    assert.deepEqual((await titles(ids.repeated, 'match=mean')).length, 3);
  });

  test('the order of an entry’s pictures is that of its fields', async () => {
    const both = await create(PAGE, {
      title: 'both',
      cover: files.black.id,
      blocks: [photo('blue'), photo('green')],
      cards: [{ extra: [files.orange.id, files.red.id] }],
    });
    const items = await shop.admin('POST', '/similar/items', { type: PAGE, documentId: both });
    const order = ['black', 'blue', 'green', 'orange', 'red'];
    const pictures: number[] = items.body.pictures;
    assert.deepEqual(new Set(pictures), new Set(order.map((name) => files[name].id)));
    assert.equal(pictures[0], files.black.id);
    const at = (name: string) => pictures.indexOf(files[name].id);
    assert.ok(at('blue') < at('green') && at('orange') < at('red'));
    await remove(PAGE, both);
  });

  test('contentTypes takes a path through a zone', async () => {
    shop.strapi.config.set('plugin::similar.contentTypes', { [PAGE]: ['blocks.shared.photo.picture'] });
    try {
      assert.deepEqual(await titles(files.red.id, `type=${PAGE}`), ['zone']);
      assert.equal((await similar(shop, ids.cover)).body.meta.status, 'empty');
    } finally {
      shop.strapi.config.set('plugin::similar.contentTypes', '*');
    }
  });
});

test('a type with twenty pictures in components asks few and small statements, and is found by each', async () => {
  const parts = (names: string[]) =>
    Object.fromEntries(names.map((name, at) => [`part${at}`, { picture: files[name].id }]));
  const many = await create(WIDE, { title: 'many', ...parts(['blue', 'green', 'black']) });
  const one = await create(WIDE, { title: 'one', part19: { picture: files.crimson.id } });
  let found: unknown[] = [];
  const statements = await statementsOf(async () => {
    found = await titles(files.red.id, `type=${WIDE}`);
  });
  assert.equal(found[0], 'one');
  for (const { sql, bindings = [] } of statements) {
    assert.ok(bindings.length <= 1_000, sql.slice(0, 200));
    assert.ok((sql.match(/ join /gi) ?? []).length <= 20, sql.slice(0, 200));
  }
  assert.equal((await similar(shop, many)).status, 200);
  const panel = await shop.admin('POST', '/similar/items', { type: WIDE, documentId: many });
  assert.equal(panel.status, 200);
  assert.equal(panel.body.pictures.length, 3);
  await remove(WIDE, many, one);
});

test('a type with twenty media attributes of its own asks few statements, and is found by each', async () => {
  const many = await create(BROAD, { title: 'many', photo0: files.blue.id, photo19: [files.green.id, files.black.id] });
  const one = await create(BROAD, { title: 'one', photo18: files.crimson.id });
  const statements = await statementsOf(async () => {
    assert.deepEqual(await titles(files.red.id, `type=${BROAD}`), ['one', 'many']);
  });
  // Strapi reads each field of what is shown, and again of what was just created.
  const own = statements.filter(({ sql }) => !/from `files` as `t\d+` left join/.test(sql));
  assert.ok(own.length < 40, `${own.length} statements`);
  for (const { sql } of statements) assert.ok((sql.match(/ join /gi) ?? []).length <= 20, sql.slice(0, 200));
  for (const name of ['blue', 'green', 'black']) {
    const { body } = await similar(shop, files[name].id, `type=${BROAD}`);
    assert.equal(body.data[0].entry?.title, 'many');
    assert.equal(body.data[0].match?.result.id, files[name].id);
  }
  const { body } = await similar(shop, many);
  assert.equal(body.data[0].entry?.title, 'one');
  const panel = await shop.admin('POST', '/similar/items', { type: BROAD, documentId: many });
  assert.deepEqual(panel.body.pictures, [files.blue.id, files.green.id, files.black.id]);
  await remove(BROAD, many, one);
});

test('an entry is not found by a picture that is deleted, and is still found by its others', async () => {
  const uploaded = await shop.upload([{ name: 'gone.jpg', bytes: await picture('stripes', '#0dd') }]);
  await searchable(shop, uploaded);
  const [gone] = uploaded;
  const card = { __component: 'shared.card', photo: { picture: gone.id }, extra: [files.blue.id] };
  const several = await create(PAGE, { title: 'several', blocks: [card] });
  const only = await create(PAGE, { title: 'only', cover: gone.id });
  assert.deepEqual(new Set(await titles(gone.id, `type=${PAGE}`)), new Set(['several', 'only']));
  const removed = await shop.admin('DELETE', `/upload/files/${gone.id}`);
  assert.equal(removed.status, 200);
  assert.equal((await similar(shop, gone.id)).status, 404);
  assert.deepEqual(await titles(files.red.id, `type=${PAGE}`), ['several']);
  const { body } = await similar(shop, only);
  assert.deepEqual([body.meta.status, body.data], ['empty', []]);
  const asked = await similar(shop, several);
  assert.equal(asked.body.meta.status, 'ready');
  const panel = await shop.admin('POST', '/similar/items', { type: PAGE, documentId: several });
  assert.deepEqual(panel.body.pictures, [files.blue.id]);
  await remove(PAGE, several, only);
});

test('a picture that thousands of entries share is read as far as needed', async () => {
  const table = shop.strapi.db.connection;
  const shared = await create(PAGE, { title: 'page 0', cover: files.black.id });
  const row = await table('pages').where({ document_id: shared }).whereNotNull('published_at').first();
  const rows = Array.from({ length: 3_000 }, (_, at) => {
    const { id, ...copied } = row;
    return { ...copied, document_id: `shared${at}`, title: `page ${at + 1}` };
  });
  for (let at = 0; at < rows.length; at += 100) await table('pages').insert(rows.slice(at, at + 100));
  const added: Array<{ id: number }> = await table('pages')
    .whereLike('document_id', 'shared%')
    .select('id')
    .orderBy('id');
  for (let at = 0; at < added.length; at += 100) {
    const links = added.slice(at, at + 100).map(({ id }) => {
      return { file_id: files.black.id, related_id: id, related_type: PAGE, field: 'cover', order: 1 };
    });
    await table('files_related_mph').insert(links);
  }
  try {
    const read = async (query: string) => {
      let found: unknown[] = [];
      const statements = await statementsOf(async () => {
        found = await titles(files.black.id, `type=${PAGE}&${query}`);
      });
      return { found, count: statements.length };
    };
    await read('pagination[limit]=1');
    const page = await read('pagination[limit]=7');
    assert.equal(page.found.length, 7);
    assert.ok(page.count < 40, `${page.count} statements`);
    // Pages join up, and a filter that only the last of them passes empties none.
    const next = await read('pagination[start]=7&pagination[limit]=7');
    assert.equal(new Set([...page.found, ...next.found]).size, 14);
    assert.deepEqual((await read('filters[title][$eq]=page 2999')).found, ['page 2999']);
    assert.equal((await titles('shared5', 'pagination[limit]=3')).length, 3);
  } finally {
    await table('pages').whereLike('document_id', 'shared%').delete();
    await table('files_related_mph').where({ file_id: files.black.id, related_type: PAGE }).delete();
    await remove(PAGE, shared);
  }
});

test('a single type is found and asked about, and its link in the admin is that of a single type', async () => {
  const home = await create(HOME, {
    title: 'home',
    blocks: [{ __component: 'shared.photo', picture: files.crimson.id }],
  });
  const page = await create(PAGE, { title: 'page', cover: files.red.id });
  assert.deepEqual(await titles(page, `type=${HOME}`), ['home']);
  assert.deepEqual(await titles(home, `type=${PAGE}`), ['page']);
  assert.deepEqual(await titles(home), [], 'there is no other one');
  const { body } = await shop.admin('POST', '/similar/items', { type: HOME, pictures: [files.red.id] });
  assert.equal(body.items[0].label, 'home');
  assert.equal(body.items[0].single, true);
  await remove(HOME, home);
  await remove(PAGE, page);
});

test('an entry that exists in one locale only is found in that one, and another picture of it in each', async () => {
  const story = async (title: string, locale: string, cover: UploadedFile, documentId?: string) => {
    const documents = shop.strapi.documents(STORY as never);
    const options = { data: { title, cover: cover.id }, locale, status: 'published' };
    const write = documentId
      ? documents.update({ documentId, ...options } as never)
      : documents.create(options as never);
    return ((await write) as unknown as { documentId: string }).documentId;
  };
  const german = await story('nur deutsch', 'de', files.red);
  const both = await story('english', 'en', files.crimson);
  await story('deutsch', 'de', files.blue, both);
  assert.equal((await similar(shop, german)).status, 404, 'as Strapi itself, without a locale');
  assert.deepEqual(await titles(german, 'locale=de'), ['deutsch']);
  assert.deepEqual(await titles(both, 'locale=de'), ['nur deutsch']);
  assert.deepEqual(await titles(files.red.id, `type=${STORY}`), ['english']);
  const found = await similar(shop, files.blue.id, `type=${STORY}&locale=de`);
  assert.equal(found.body.data[0].entry?.title, 'deutsch');
  assert.equal(found.body.data[0].match?.result.id, files.blue.id);
  await remove(STORY, german, both);
});

test('the entry of a component is found by an index', async () => {
  const ids = await create(PAGE, { title: 'indexed', cards: [{ photo: { picture: files.red.id } }] });
  const lookups = await statementsOf(() => titles(files.red.id, `type=${PAGE}&pagination[limit]=31`));
  const parts = lookups.filter(({ sql }) => /_cmps/.test(sql) && /`cmp_id` in/.test(sql));
  assert.ok(parts.length > 0);
  for (const { sql, bindings = [] } of parts) {
    const plan: Array<{ detail: string }> = await shop.strapi.db.connection.raw(
      `explain query plan ${sql}`,
      bindings as never,
    );
    assert.match(plan.map(({ detail }) => detail).join('; '), /USING INDEX similar_part_\w+ \(cmp_id=\?/, sql);
  }
  await remove(PAGE, ids);
});

describe('where a picture is used', () => {
  async function usagesOf(file: UploadedFile) {
    const { body } = await shop.admin('GET', '/similar/duplicates?least=0.99&pageSize=100');
    const all: Array<{ id: number; usageCount: number; usages: Array<{ label: string; type: string }> }> =
      body.groups.flatMap(({ pictures }: { pictures: object[] }) => pictures);
    const { usageCount, usages } = all.find(({ id }) => id === file.id) as (typeof all)[number];
    return { count: usageCount, labels: usages.map(({ label }) => label) };
  }

  test('counts entries that hold it in components, in components of components and in zones', async () => {
    const bytes = await picture('stripes', '#807');
    const [first, second] = await shop.upload([
      { name: 'twin-a.jpg', bytes },
      { name: 'twin-b.jpg', bytes },
    ]);
    await searchable(shop, [first, second]);
    const card = (id: number) => ({ __component: 'shared.card', photo: { picture: id } });
    const ids = [
      await create(PAGE, { title: 'in a zone', blocks: [card(first.id), card(first.id)] }),
      await create(PAGE, { title: 'in a list', cards: [{ extra: [first.id] }] }, 'draft'),
    ];
    const wide = await create(WIDE, { title: 'in a part', part7: { picture: first.id } });
    assert.deepEqual(await usagesOf(second), { count: 0, labels: [] });
    const { count, labels } = await usagesOf(first);
    assert.equal(count, 3);
    assert.deepEqual(new Set(labels), new Set(['in a zone', 'in a list', 'in a part']));

    const table = shop.strapi.db.connection;
    const row = await table('wides').where({ document_id: wide }).whereNotNull('published_at').first();
    const { id, ...copied } = row;
    const rows = Array.from({ length: 5_000 }, (_, at) => ({
      ...copied,
      document_id: `used${at}`,
      title: `used ${at}`,
    }));
    for (let at = 0; at < rows.length; at += 100) await table('wides').insert(rows.slice(at, at + 100));
    const added: Array<{ id: number }> = await table('wides').whereLike('document_id', 'used%').select('id');
    const partTable = shop.strapi.db.metadata.get('shared.photo').tableName;
    const [{ last }] = await table(partTable).max('id as last');
    for (let at = 0; at < added.length; at += 100) {
      const some = added.slice(at, at + 100).map(({ id }, index) => ({ id, partId: Number(last) + 1 + at + index }));
      await table(partTable).insert(some.map(({ partId }) => ({ id: partId })));
      await table('wides_cmps').insert(
        some.map(({ id, partId }) => {
          return { entity_id: id, cmp_id: partId, component_type: 'shared.photo', field: 'part3', order: 1 };
        }),
      );
      await table('files_related_mph').insert(
        some.map(({ partId }) => {
          return { file_id: second.id, related_id: partId, related_type: 'shared.photo', field: 'picture', order: 1 };
        }),
      );
    }
    let many = { count: 0, labels: [] as string[] };
    const statements = await statementsOf(async () => {
      many = await usagesOf(second);
    });
    assert.equal(many.count, 5_000);
    assert.equal(many.labels.length, 10);
    assert.ok(statements.length < 100, `${statements.length} statements`);
    for (const { bindings = [], sql } of statements) assert.ok(bindings.length <= 1_000, sql.slice(0, 100));
    await table('wides').whereLike('document_id', 'used%').delete();
    await remove(PAGE, ...ids);
    await remove(WIDE, wide);
  });
});
