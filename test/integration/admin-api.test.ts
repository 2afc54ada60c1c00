import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import type { Notice } from '../../plugin/contracts/admin';
import { editorWith } from '../helpers/editor';
import { picture, texture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable } from '../helpers/shop';
import { watchStatements } from '../helpers/statements';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { Answer, UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

let shop: Playground;
let red: UploadedFile;
let copy: UploadedFile;
let paler: UploadedFile;
let blue: UploadedFile;
const ids: Record<string, string> = {};

before(async () => {
  shop = await startPlayground();
  const disc = await picture('disc', '#e00');
  // One after the other: files of one upload get their ids in any order.
  [red] = await shop.upload([{ name: 'red.jpg', bytes: disc }]);
  [copy] = await shop.upload([{ name: 'copy.jpg', bytes: disc }]);
  [paler] = await shop.upload([{ name: 'paler.jpg', bytes: await sharp(disc).jpeg({ quality: 50 }).toBuffer() }]);
  [blue] = await shop.upload([{ name: 'blue.jpg', bytes: await picture('stripes', '#00e') }]);
  await searchable(shop, [red, copy, paler, blue]);
  ids.red = (await createProduct(shop, { name: 'Red', images: [red] })).documentId;
  ids.blue = (await createProduct(shop, { name: 'Blue', images: [blue] })).documentId;
  ids.draft = (await createProduct(shop, { name: 'Draft', images: [paler], status: 'draft' })).documentId;
});
after(() => shop?.stop());

const beside = (body: object) => shop.admin('POST', '/similar/items', { type: PRODUCT, ...body });
const labels = ({ body }: Answer) => body.items.map(({ label }: { label: string }) => label);

describe('beside an entry', () => {
  test('pictures of the unsaved form give suggestions: drafts too, with title, picture and state', async () => {
    const answer = await beside({ pictures: [copy.id], documentId: ids.blue });
    assert.equal(answer.status, 200);
    assert.deepEqual(labels(answer), ['Red', 'Draft']);
    const [first, second] = answer.body.items;
    assert.equal(first.published, true);
    assert.equal(second.published, false);
    assert.equal(first.picture.id, red.id);
    assert.equal(first.query.id, copy.id);
    assert.ok(first.picture.thumbnail);
    assert.equal(answer.body.status, 'ready');
  });

  test('from a least similarity on, and which similarities the words mean', async () => {
    const all = (await beside({ pictures: [red.id], documentId: ids.red })).body;
    assert.deepEqual(all.levels, { alike: 0.65, veryAlike: 0.9 });
    const [draft, other] = all.items;
    const least = (draft.similarity + other.similarity) / 2;
    assert.deepEqual(labels(await beside({ pictures: [red.id], documentId: ids.red, least })), ['Draft']);
  });

  test('narrowed by filters as the content manager takes them, and only by what may be read', async () => {
    const narrowed = (filters: unknown) => beside({ pictures: [red.id], filters });
    assert.deepEqual(labels(await narrowed({ $and: [{ name: { $containsi: 'B' } }] })), ['Blue']);
    assert.deepEqual(labels(await narrowed({ $and: [{ name: { $ne: 'Blue' } }, { sku: { $null: 'true' } }] })), [
      'Red',
      'Draft',
    ]);
    assert.deepEqual(labels(await narrowed({ category: { name: { $eq: 'None' } } })), []);
    for (const filters of [
      { nothing: { $eq: 1 } },
      { name: { $nothing: 1 } },
      { price: { $between: 1 } },
      { createdBy: { password: { $startsWith: '$' } } },
      'name',
      [1],
    ]) {
      const { status, body } = await narrowed(filters);
      assert.equal(status, 400, JSON.stringify(filters));
      assert.match(body.error.message, /filters/, JSON.stringify(filters));
    }
    const file = await beside({ type: 'file', pictures: [red.id], filters: { name: 'x' } });
    assert.match(file.body.error.message, /folder/);

    const editor = await editorWith(shop, ['plugin::similar.read', 'plugin::content-manager.explorer.read']);
    const headers = { authorization: `Bearer ${editor.token}`, 'content-type': 'application/json' };
    const ask = (filters: object) =>
      fetch(`${shop.url}/similar/items`, {
        ...{ method: 'POST', headers },
        body: JSON.stringify({ type: PRODUCT, pictures: [red.id], filters }),
      });
    assert.equal((await ask({ name: { $eq: 'Red' } })).status, 200);
    assert.equal((await ask({ purchasePrice: { $gt: 0 } })).status, 400, 'of a field that this editor may not read');
  });

  test('files of a folder, and of the folders in it', async () => {
    const folder = async (name: string, parent: number | null) =>
      (await shop.admin('POST', '/upload/folders', { name, parent })).body.data;
    const [summer, beach] = [await folder('Summer', null), await folder('Beach', null)];
    const inside = await folder('Inside', summer.id);
    const move = (file: UploadedFile, to: number) =>
      shop.admin('POST', '/upload/actions/bulk-move', { fileIds: [file.id], destinationFolderId: to });
    await move(copy, inside.id);
    await move(blue, beach.id);
    const within = (id: number) => beside({ type: 'file', pictures: [red.id], folder: id });
    assert.deepEqual(labels(await within(summer.id)), ['copy.jpg']);
    assert.deepEqual(labels(await within(beach.id)), ['blue.jpg']);
    assert.equal((await within(9_999)).status, 404);
    const entries = await beside({ pictures: [red.id], folder: beach.id });
    assert.match(entries.body.error.message, /narrowed by filters.*for folder/);
  });

  test('examples that are excluded steer, and are no results themselves', async () => {
    const ask = async (more: object) => {
      const like = [copy.documentId, paler.documentId];
      const { status, body } = await shop.admin('POST', '/similar/items', {
        type: 'file',
        pictures: [red.id],
        like,
        ...more,
      });
      assert.equal(status, 200, JSON.stringify(body));
      return labels({ body } as Answer);
    };
    assert.ok((await ask({})).includes('copy.jpg'));
    assert.deepEqual(await ask({ exclude: [copy.documentId, paler.documentId] }), ['blue.jpg']);
    const { status } = await beside({ pictures: [red.id], exclude: Array(51).fill(copy.documentId) });
    assert.equal(status, 400);
  });

  test('without pictures: what is like the entry as it is stored, and which pictures those are', async () => {
    const { status, body } = await beside({ documentId: ids.red });
    assert.equal(status, 200);
    assert.deepEqual(body, (await beside({ documentId: ids.red, pictures: [red.id] })).body);
    assert.deepEqual(body.pictures, [red.id]);
    assert.equal(body.items.length, 2);
    const gone = await beside({ documentId: 'a'.repeat(24) });
    assert.equal(gone.body.status, 'empty');
    assert.deepEqual([gone.body.pictures, gone.body.items], [[], []]);
  });

  test('the stored pictures count as far as they may be seen', async () => {
    const actions = ['plugin::similar.read', 'plugin::content-manager.explorer.read'];
    const besideRed = async (fields: string[]) => {
      const authorization = `Bearer ${(await editorWith(shop, actions, fields)).token}`;
      const body = JSON.stringify({ type: PRODUCT, documentId: ids.red });
      const headers = { authorization, 'content-type': 'application/json' };
      return (await fetch(`${shop.url}/similar/items`, { method: 'POST', headers, body })).json() as Promise<{
        pictures: number[];
        items: object[];
      }>;
    };
    assert.deepEqual((await besideRed(['name', 'images'])).pictures, [red.id]);
    const { pictures, items } = await besideRed(['name']);
    assert.deepEqual([pictures, items], [[], []]);
  });

  test('pages join up', async () => {
    const first = await beside({ pictures: [red.id], limit: 1 });
    assert.equal(first.body.hasMore, true);
    const rest = await beside({ pictures: [red.id], start: 1, limit: 5 });
    assert.equal(rest.body.hasMore, false);
    assert.deepEqual(new Set([...labels(first), ...labels(rest)]), new Set(['Red', 'Draft', 'Blue']));
  });

  test('a picture that failed says why', async () => {
    const [broken] = await shop.upload([
      { name: 'broken.jpg', bytes: (await picture('disc', '#123')).subarray(0, 200) },
    ]);
    let answer = await beside({ pictures: [broken.id] });
    await until('the picture has failed', async () => {
      answer = await beside({ pictures: [broken.id] });
      return answer.body.waiting[0]?.state === 'failed';
    });
    assert.equal(answer.body.status, 'failed');
    assert.match(answer.body.waiting[0].reason, /damaged/);
    assert.deepEqual(answer.body.items, []);
  });

  test('wrong bodies are refused by name', async () => {
    for (const [body, name] of [
      [{ pictures: 'all' }, 'pictures'],
      [{}, 'pictures'],
      [{ type: 'file', documentId: red.documentId }, 'pictures'],
      [{ pictures: [1], limit: 0 }, 'limit'],
      [{ pictures: [1], like: ['a\u0000b'] }, 'like'],
      [{ pictures: [1], type: 'api::nothing.nothing' }, 'type'],
      [{ pictures: [1], colour: 'red' }, 'colour'],
    ] as const) {
      const answer = await beside(body);
      assert.equal(answer.status, 400, name);
      assert.match(answer.body.error.message, new RegExp(name));
    }
  });
});

describe('rules', () => {
  test('pin, hide and undo take effect at once and are listed with their titles', async () => {
    const pin = { kind: 'pin', type: PRODUCT, source: ids.red, target: ids.blue, place: 1 };
    assert.equal((await shop.admin('POST', '/similar/rules', pin)).status, 200);
    const pinned = await beside({ pictures: [red.id], documentId: ids.red });
    assert.deepEqual(labels(pinned), ['Blue', 'Draft']);
    assert.equal(pinned.body.items[0].source, 'pinned');
    assert.equal(pinned.body.rules[0].label, 'Blue');
    assert.equal(pinned.body.rules[0].author, 'Test Admin');
    assert.deepEqual((await shop.admin('POST', '/similar/rules/remove', pin)).body, { removed: true });
    const hide = { kind: 'hide', type: PRODUCT, source: ids.red, target: ids.draft };
    await shop.admin('POST', '/similar/rules', hide);
    assert.deepEqual(labels(await beside({ pictures: [red.id], documentId: ids.red })), ['Blue']);
    await shop.admin('POST', '/similar/rules/remove', hide);
    assert.equal((await shop.admin('POST', '/similar/rules', { ...pin, place: 0 })).status, 400);
  });

  test('files are pinned and hidden as entries are', async () => {
    const shown = async (id: string | number, query = '') => {
      const { body } = await shop.api(`/api/similar/${id}?${query}`);
      return body.data.map(({ file, source }: { file: UploadedFile; source: string }) => `${source} ${file.name}`);
    };
    const pin = { kind: 'pin', type: 'file', source: red.documentId, target: blue.documentId, place: 1 };
    const hide = { kind: 'hide', type: 'file', source: red.documentId, target: copy.documentId };
    const besideEntry = { kind: 'hide', type: 'file', source: ids.red, target: paler.documentId };
    for (const rule of [pin, hide, besideEntry]) {
      assert.equal((await shop.admin('POST', '/similar/rules', rule)).status, 200, JSON.stringify(rule));
    }
    assert.deepEqual(await shown(red.id), ['pinned blue.jpg', 'visual paler.jpg']);
    assert.deepEqual(await shown(ids.red, 'type=file'), ['visual copy.jpg', 'visual blue.jpg']);
    const { body } = await beside({ type: 'file', pictures: [red.id], documentId: red.documentId });
    assert.deepEqual(labels({ body } as Answer), ['blue.jpg', 'paler.jpg']);
    assert.deepEqual(
      body.rules.map(({ kind, type, label }: Record<string, string>) => `${kind} ${type} ${label}`).sort(),
      ['hide file copy.jpg', 'pin file blue.jpg'],
    );
    const everywhere = { kind: 'hide', type: 'plugin::upload.file', target: paler.documentId };
    assert.equal((await shop.admin('POST', '/similar/rules', everywhere)).body.type, 'file');
    assert.deepEqual(await shown(red.id), ['pinned blue.jpg']);
    for (const rule of [pin, hide, besideEntry, everywhere]) {
      assert.deepEqual((await shop.admin('POST', '/similar/rules/remove', rule)).body, { removed: true });
    }
    assert.deepEqual(await shown(red.id), ['visual copy.jpg', 'visual paler.jpg', 'visual blue.jpg']);
  });

  test('a decision about an entry in another language only is listed with its title, and undone', async () => {
    const german = await createProduct(shop, { name: 'Nur deutsch', images: [copy], locale: 'de' });
    const hide = { kind: 'hide', type: PRODUCT, source: ids.red, target: german.documentId };
    assert.equal((await shop.admin('POST', '/similar/rules', hide)).status, 200);
    for (const locale of [undefined, 'en', 'de']) {
      const { body } = await beside({ documentId: ids.red, ...(locale && { locale }) });
      assert.deepEqual(labels({ body: { items: body.rules } } as Answer), ['Nur deutsch'], locale);
    }
    const translated = { documentId: ids.red, locale: 'de', data: { name: 'Rot', images: [red.id] } };
    await shop.strapi.documents(PRODUCT as never).update(translated as never);
    const both = { kind: 'hide', type: PRODUCT, source: german.documentId, target: ids.red };
    await shop.admin('POST', '/similar/rules', both);
    for (const [locale, title] of [
      [undefined, 'Red'],
      ['de', 'Rot'],
    ] as const) {
      const { body } = await beside({ documentId: german.documentId, pictures: [copy.id], ...(locale && { locale }) });
      assert.deepEqual(labels({ body: { items: body.rules } } as Answer), [title]);
    }
    for (const rule of [hide, both]) {
      assert.deepEqual((await shop.admin('POST', '/similar/rules/remove', rule)).body, { removed: true });
    }
    const languages = { documentId: ids.red, locale: 'de' };
    await shop.strapi.documents(PRODUCT as never).delete(languages as never);
    await shop.strapi.documents(PRODUCT as never).delete({ documentId: german.documentId, locale: 'de' } as never);
  });

  test('they are about what there is; what has gone since is let go of', async () => {
    const hide = { kind: 'hide', type: PRODUCT, source: ids.red, target: ids.blue };
    const nowhere = 'n'.repeat(24);
    const refused = async (rule: object, status: number, name: string) => {
      const answer = await shop.admin('POST', '/similar/rules', rule);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(answer.body.error.message, new RegExp(name));
    };
    await refused({ ...hide, type: 'api::nothing.nothing' }, 400, 'type');
    await refused({ kind: 'same', type: PRODUCT, source: red.documentId, target: blue.documentId }, 400, 'type');
    await refused({ ...hide, target: nowhere }, 404, 'target');
    await refused({ ...hide, target: red.documentId }, 404, 'target');
    await refused({ ...hide, source: nowhere }, 404, 'source');
    await refused({ kind: 'same', type: 'file', source: ids.red, target: red.documentId }, 404, '');

    const passing = await createProduct(shop, { name: 'Passing', images: [], status: 'draft' });
    const gone = { ...hide, target: passing.documentId };
    await shop.admin('POST', '/similar/rules', gone);
    await shop.strapi.documents(PRODUCT as never).delete({ documentId: passing.documentId } as never);
    assert.deepEqual((await shop.admin('POST', '/similar/rules/remove', gone)).body, { removed: true });
  });

  test('who made them is said by name, never by e-mail address', async () => {
    const judge = await editorWith(shop, [
      ...['read', 'judge'].map((may) => `plugin::similar.${may}`),
      'plugin::content-manager.explorer.read',
    ]);
    await shop.strapi.db
      .query('admin::user')
      .update({ where: { id: judge.id }, data: { firstname: null, lastname: null } });
    const hide = { kind: 'hide', type: PRODUCT, source: ids.red, target: ids.blue };
    const headers = { authorization: `Bearer ${judge.token}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(hide) };
    assert.equal((await fetch(`${shop.url}/similar/rules`, init)).status, 200);
    const { body } = await beside({ documentId: ids.red });
    assert.deepEqual(
      body.rules.map(({ kind, author }: { kind: string; author?: string }) => ({ kind, author })),
      [{ kind: 'hide', author: undefined }],
    );
    await shop.admin('POST', '/similar/rules/remove', hide);
  });
});

describe('duplicates', () => {
  const duplicates = (query = '') => shop.admin('GET', `/similar/duplicates${query}`);

  test('copies come as one group, with sizes and usages', async () => {
    const { status, body } = await duplicates();
    assert.equal(status, 200);
    assert.equal(body.total, 1);
    const [group] = body.groups;
    assert.deepEqual(
      group.pictures.map(({ id }: UploadedFile) => id),
      [red.id, copy.id, paler.id],
    );
    assert.deepEqual([group.verdict, group.count], ['same-photo', 3]);
    assert.deepEqual(group.pictures[0].usages, [{ type: PRODUCT, documentId: ids.red, locale: 'en', label: 'Red' }]);
    assert.deepEqual(group.pictures[1].usages, []);
    assert.equal(body.compared.done, body.compared.total);
  });

  test('a verdict is kept: different things never come again, the same ones move to the judged', async () => {
    const verdict = (kind: string, a: UploadedFile, b: UploadedFile) => ({
      kind,
      type: 'file',
      source: a.documentId,
      target: b.documentId,
    });
    const different = [verdict('different', paler, red), verdict('different', copy, paler)];
    for (const rule of different) await shop.admin('POST', '/similar/rules', rule);
    const { body } = await duplicates();
    assert.deepEqual(
      body.groups.map(({ pictures }: { pictures: UploadedFile[] }) => pictures.map(({ id }) => id)),
      [[red.id, copy.id]],
    );
    assert.equal(body.groups[0].verdict, 'identical');
    await shop.admin('POST', '/similar/rules', verdict('same', red, copy));
    assert.equal((await duplicates()).body.total, 0);
    assert.equal((await duplicates('?judged=same')).body.total, 1);
  });

  test('the most alike come first, or those that came last', async () => {
    const [square, triangle] = [await picture('square', '#0c0'), await picture('triangle', '#808')];
    const squares = await shop.upload([
      { name: 'square-a.jpg', bytes: square },
      { name: 'square-b.jpg', bytes: square },
    ]);
    const triangles = await shop.upload([
      { name: 'triangle-a.jpg', bytes: triangle },
      { name: 'triangle-b.jpg', bytes: await sharp(triangle).jpeg({ quality: 50 }).toBuffer() },
    ]);
    await searchable(shop, [...squares, ...triangles]);
    const shape = ({ pictures }: { pictures: UploadedFile[] }) => pictures[0].name.split('-')[0];
    const firsts = async (query = '') => (await duplicates(query)).body.groups.map(shape);
    assert.deepEqual(await firsts(), ['square', 'triangle']);
    assert.deepEqual(await firsts('?order=newest'), ['triangle', 'square']);
    assert.equal((await duplicates('?order=oldest')).status, 400);
  });

  test('by folder with its subfolders, and by the type whose entries use a picture; pages and totals are of these', async () => {
    const folder = async (name: string, parent: number | null) =>
      (await shop.admin('POST', '/upload/folders', { name, parent })).body.data.id as number;
    const top = await folder('Campaign', null);
    const inner = await folder('Summer', top);
    const empty = await folder('Empty', null);
    const bytes = await texture(77);
    const [inside, copied] = await shop.upload([
      { name: 'in-folder.jpg', bytes },
      { name: 'outside.jpg', bytes },
    ]);
    await searchable(shop, [inside, copied]);
    await shop.admin('POST', '/upload/actions/bulk-move', { fileIds: [inside.id], destinationFolderId: inner });
    const pictures = async (query: string) => {
      const { status, body } = await duplicates(`?pageSize=1&${query}`);
      assert.equal(status, 200, JSON.stringify(body));
      return [
        body.total,
        ...body.groups.map((group: { pictures: UploadedFile[] }) => group.pictures.map(({ id }) => id)),
      ];
    };
    const both = [inside.id, copied.id].sort((a, b) => a - b);
    for (const id of [top, inner]) assert.deepEqual(await pictures(`folder=${id}`), [1, both], 'with the copy outside');
    assert.deepEqual(await pictures(`folder=${empty}`), [0]);
    assert.deepEqual(await pictures(`usedIn=${PRODUCT}&folder=${top}`), [0]);
    const { documentId } = await createProduct(shop, { name: 'Holder', images: [copied], status: 'draft' });
    assert.deepEqual(await pictures(`usedIn=${PRODUCT}`), [1, both]);
    assert.deepEqual(await pictures(`usedIn=${PRODUCT}&folder=${top}`), [0], 'it is the other one that is used');
    assert.deepEqual(await pictures(`usedIn=${PRODUCT}&page=2`), [1]);
    const csv = async (query: string) => (await shop.admin<string>('GET', `/similar/duplicates/csv?${query}`)).body;
    const lines = (await csv(`folder=${top}`)).split('\r\n');
    assert.equal(lines[0].replace(/^\uFEFF/, ''), 'group,verdict,id,name,url,width,height,bytes,usages');
    const lineOf = (id: number) => lines.find((line) => line.split(',')[2] === String(id)) ?? '';
    assert.match(
      lineOf(inside.id),
      new RegExp(`^1,identical,${inside.id},in-folder.jpg,${inside.url},\\d+,\\d+,\\d+,0$`),
    );
    assert.match(
      lineOf(copied.id),
      new RegExp(`^1,identical,${copied.id},outside.jpg,${copied.url},\\d+,\\d+,\\d+,1$`),
    );
    assert.deepEqual(lines.slice(3), ['']);
    const everything = (await csv('')).trim().split('\r\n').slice(1);
    const numbers = [...new Set(everything.map((line) => Number(line.split(',')[0])))];
    assert.deepEqual(
      numbers,
      Array.from({ length: (await duplicates()).body.total }, (_, at) => at + 1),
    );
    assert.equal((await shop.admin('GET', '/similar/duplicates/csv?folder=999999')).status, 404);
    assert.equal((await duplicates('?folder=999999')).status, 404);
    assert.equal((await duplicates('?usedIn=api::none.none')).status, 404);
    assert.equal((await duplicates('?usedIn=everything')).status, 400);
    await shop.strapi.documents(PRODUCT as never).delete({ documentId });
    await shop.admin('POST', '/upload/actions/bulk-delete', { fileIds: both, folderIds: [top, empty] });
    await until('they are gone', async () => (await duplicates(`?usedIn=${PRODUCT}`)).body.total === 0);
  });

  test('verdicts on more pictures than a statement can name are read, and only once while nothing changes', async () => {
    const knex = shop.strapi.db.connection;
    const expected = (await duplicates()).body.groups;
    const rules = Array.from({ length: 17_000 }, (_, at) => ({
      ...{ kind: 'same', type: 'file', source: `gone-a-${at}`, target: `gone-b-${at}`, created_at: Date.now() },
    }));
    await knex.batchInsert('similar_rules', rules, 100);
    const asked: string[] = [];
    const listen = ({ sql }: { sql: string }) => asked.push(sql);
    knex.on('query', listen);
    const reads = async (query?: string) => {
      const before = asked.length;
      const { status, body } = await duplicates(query);
      assert.equal(status, 200);
      const isRead = (sql: string) => sql.includes('similar_rules') && sql.includes('target');
      return { body, times: asked.slice(before).filter(isRead).length };
    };
    try {
      const first = await reads('?pageSize=1');
      assert.deepEqual([first.body.groups, first.times], [expected.slice(0, 1), 1]);
      const second = await reads('?pageSize=1&page=2');
      assert.deepEqual([second.body.groups, second.times], [expected.slice(1, 2), 0], 'remembered');
      const newest = await reads('?order=newest');
      assert.deepEqual([newest.body.groups, newest.times], [expected.toReversed(), 0]);
      const judged = await reads('?judged=same');
      assert.deepEqual([judged.body.total, judged.times], [1, 1]);
    } finally {
      knex.removeListener('query', listen);
      await knex('similar_rules').where('source', 'like', 'gone-%').delete();
    }
    assert.deepEqual((await reads()).body.groups, expected);
  });
});

describe('at upload', () => {
  const notices = (query = '') => shop.admin('GET', `/similar/notices${query}`);

  test('who uploads what is there already is told so, with the earlier picture', async () => {
    const [again, other] = await shop.upload([
      { name: 'again.jpg', bytes: await picture('stripes', '#00e') },
      { name: 'other.jpg', bytes: await picture('triangle', '#fa0', '#024') },
    ]);
    await searchable(shop, [again, other]);
    const { status, body } = await notices('?within=3600');
    assert.equal(status, 200);
    assert.equal(body.pending, 0);
    const about = (file: UploadedFile) =>
      body.notices.find(({ uploaded }: { uploaded: UploadedFile }) => uploaded.id === file.id);
    assert.equal(about(again).existing.name, 'blue.jpg');
    assert.equal(about(again).verdict, 'identical');
    assert.equal(about(paler).verdict, 'same-photo');
    assert.equal(about(other), undefined);
    assert.deepEqual(about(again).uploaded.unused, true);
    assert.equal(about(paler).existing.usageCount, 1);
    const [usage] = about(again).existing.usages;
    assert.deepEqual([usage.type, usage.documentId, usage.label, usage.locale], [PRODUCT, ids.blue, 'Blue', 'en']);
    assert.equal(about(blue), undefined, 'what was there first is no copy of what came later');
  });

  test('where the earlier one is used is told as far as it may be read, and "nowhere" only where that is so', async () => {
    const uploads = ['plugin::similar.read', 'plugin::upload.read', 'plugin::upload.assets.create'];
    const told = async (actions: string[]) => {
      const { token } = await editorWith(shop, [...uploads, ...actions]);
      const authorization = `Bearer ${token}`;
      const send = async (name: string, bytes: Buffer): Promise<UploadedFile> => {
        const form = new FormData();
        form.append('files', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), name);
        form.append('fileInfo', JSON.stringify({ name }));
        const answer = await fetch(`${shop.url}/upload`, { method: 'POST', headers: { authorization }, body: form });
        const [file] = (await answer.json()) as UploadedFile[];
        return file;
      };
      const used = await send('blue-again.jpg', await picture('stripes', '#00e'));
      const unused = await send('fresh-again.jpg', await texture(4_177));
      await searchable(shop, [used, unused]);
      const answer = await fetch(`${shop.url}/similar/notices?within=3600`, { headers: { authorization } });
      const { notices } = (await answer.json()) as { notices: Notice[] };
      return [used, unused].map(({ id }) => {
        const { existing } = notices.find(({ uploaded }) => uploaded.id === id) as Notice;
        return [existing.name, existing.usages.map(({ label }) => label), existing.usageCount, existing.unused];
      });
    };
    const [fresh] = await shop.upload([{ name: 'fresh.jpg', bytes: await texture(4_177) }]);
    await searchable(shop, [fresh]);
    const nowhere = ['fresh.jpg', [], 0, true];
    assert.deepEqual(await told(['plugin::content-manager.explorer.read']), [
      ['blue.jpg', ['Blue'], 1, false],
      nowhere,
    ]);
    assert.deepEqual(await told([]), [['blue.jpg', [], 0, false], nowhere]);
  });

  test('nobody is told where it is turned off', async () => {
    const { revision } = (await shop.admin('GET', '/similar/settings')).body;
    const put = async (value: boolean | null, at: number) => {
      const changes = { 'uploads.notices': value };
      return (await shop.admin('PUT', '/similar/settings', { revision: at, changes })).status;
    };
    assert.ok((await notices('?within=3600')).body.notices.length > 0);
    assert.equal(await put(false, revision), 200);
    assert.deepEqual((await notices('?within=3600')).body, { notices: [], pending: 0 });
    assert.equal((await shop.admin('GET', '/similar/types')).body.notices, false);
    assert.equal(await put(null, revision + 1), 200);
    assert.equal((await shop.admin('GET', '/similar/types')).body.notices, true);
  });

  test('a wrong time is refused by name', async () => {
    const { status, body } = await notices('?within=yesterday');
    assert.equal(status, 400);
    assert.match(body.error.message, /within/);
  });
});

describe('permissions', () => {
  const READ = 'plugin::similar.read';
  const CONTENT = 'plugin::content-manager.explorer.read';
  const tokenWith = async (actions: string[]) => (await editorWith(shop, actions)).token;

  test('types that may not be read are not listed', async () => {
    const reader = await tokenWith([READ]);
    const answer = await fetch(`${shop.url}/similar/types`, { headers: { authorization: `Bearer ${reader}` } });
    assert.deepEqual(await answer.json(), { types: [], notices: true });
    const { body } = await shop.admin('GET', '/similar/types');
    const [en, de] = ['English (en)', 'German (de)'];
    const locales = [
      { code: 'en', name: en },
      { code: 'de', name: de },
    ];
    const about = { uid: PRODUCT, name: 'Product', kind: 'collectionType', mainField: 'name', paths: [['images']] };
    assert.deepEqual(body.types, [{ ...about, relate: 'related', locales }]);
  });

  test('the relation that the panel fills is named to those who may write it', async () => {
    const first = async (token: string) => {
      const answer = await fetch(`${shop.url}/similar/types`, { headers: { authorization: `Bearer ${token}` } });
      return ((await answer.json()) as { types: Array<{ relate?: string }> }).types[0];
    };
    const reader = await first(await tokenWith([READ, CONTENT]));
    assert.ok(reader && !('relate' in reader));
    const writer = await first(await tokenWith([READ, CONTENT, 'plugin::content-manager.explorer.update']));
    assert.equal(writer.relate, undefined, 'may update name and images only');
  });
});

// Last: a notice is about the newest 50 uploads only.
describe('a large group of duplicates', () => {
  test('a picture in a thousand entries names ten of them, in a few dozen statements', async () => {
    const knex = shop.strapi.db.connection;
    const [{ last }] = await knex('products').max('id as last');
    const at = Array.from({ length: 1_000 }, (_, place) => place + 1);
    const rows = at.map((n) => ({ id: last + n, document_id: `many-${n}`, name: `Many ${n}`, locale: 'en' }));
    await knex.batchInsert('products', rows, 50);
    const links = at.map((n) => ({ file_id: copy.id, related_id: last + n, related_type: PRODUCT, field: 'images' }));
    await knex.batchInsert('files_related_mph', links, 50);
    const watch = watchStatements(knex);
    try {
      const { body } = await shop.admin('GET', '/similar/duplicates?judged=same');
      watch.stop();
      const pictures = body.groups.flatMap((group: { pictures: object[] }) => group.pictures);
      const { usages, usageCount } = pictures.find(({ id }: UploadedFile) => id === copy.id);
      assert.equal(usageCount, 1_000);
      assert.deepEqual(
        usages.map(({ label }: { label: string }) => label),
        at.slice(0, 10).map((n) => `Many ${n}`),
      );
      assert.ok(watch.statements.length < 60, `${watch.statements.length} statements`);
    } finally {
      watch.stop();
      await knex('files_related_mph').where('related_id', '>', last).delete();
      await knex('products').where('id', '>', last).delete();
    }
  });

  test('a verdict on a group is one request, also for the pictures that are not shown', async () => {
    const bytes = await picture('stripes', '#a52', '#fed');
    const copies = await shop.upload(Array.from({ length: 52 }, (_, at) => ({ name: `copy-${at}.jpg`, bytes })));
    copies.sort((a, b) => a.id - b.id);
    await searchable(shop, copies);
    const find = async (query = '') => {
      const { body } = await shop.admin('GET', `/similar/duplicates${query}`);
      return body.groups.find(({ pictures }: { pictures: UploadedFile[] }) => pictures[0].id === copies[0].id);
    };
    await until('all copies hang together', async () => (await find())?.count === 52);
    const group = await find();
    assert.deepEqual([group.pictures.length, group.verdict], [50, 'identical']);
    const about = { picture: copies[0].id, least: 0.9, count: 52 };
    const send = async (path: string, body: object) => shop.admin('POST', `/similar/verdicts${path}`, body);

    const changed = await send('', { ...about, kind: 'same', count: 51 });
    assert.deepEqual([changed.status, changed.body.error.details.code], [409, 'GROUP_CHANGED']);
    assert.equal((await send('', { ...about, kind: 'same', picture: 2_000_000 })).status, 404);
    assert.equal((await send('', { ...about, kind: 'equal' })).status, 400);
    assert.equal((await find())?.count, 52, 'nothing was said');

    assert.deepEqual((await send('', { ...about, kind: 'same' })).body, { pictures: 52 });
    assert.equal(await find(), undefined);
    assert.equal((await find('?judged=same'))?.count, 52, 'any two of them are the same');
    assert.deepEqual((await send('/remove', { ...about, kind: 'same', judged: 'same' })).body, { pictures: 52 });
    assert.equal((await find())?.count, 52);
    assert.equal(await find('?judged=same'), undefined);

    await send('', { ...about, kind: 'different' });
    for (const query of ['', '?least=0.8', '?judged=same']) assert.equal(await find(query), undefined, query);
  });
});
