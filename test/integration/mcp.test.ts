import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import os from 'node:os';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { AdminItem } from '../../plugin/contracts/admin';
import { ERRORS } from '../../plugin/errors';
import { type Assistant, adminToken, assistant, type ToolError } from '../helpers/assistant';
import { editorWith } from '../helpers/editor';
import { page, tableBelow } from '../helpers/markdown';
import { type Belongings, CONTENT, FILES, type OwnedShop, READ, startOwnedShop } from '../helpers/owned-shop';
import { picture } from '../helpers/pictures';
import { PRODUCT } from '../helpers/shop';
import type { Playground } from '../helpers/strapi';
import { LOGIN } from '../helpers/strapi-client';

const NAMES = ['similar_duplicates', 'similar_explain', 'similar_find', 'similar_search', 'similar_state'];
const ALL = [READ, CONTENT, FILES];

let owned: OwnedShop;
let shop: Playground;
let mine: Belongings;
let theirs: Belongings;
let superAdmin: number;
/** Sees everything. */
let all: Assistant;
/** Sees what was made by the owner of its token. */
let author: Assistant;
const clients: Assistant[] = [];

async function start(owner: number, actions: string[], fields?: string[]): Promise<Assistant> {
  const made = await assistant(shop, await adminToken(shop, owner, actions, fields));
  clients.push(made);
  return made;
}

before(async () => {
  owned = await startOwnedShop({ env: { MCP: 'true' } });
  ({ shop, mine, theirs } = owned);
  ({ id: superAdmin } = await shop.strapi.db.query('admin::user').findOne({ where: { email: LOGIN.email } }));
  all = await start(superAdmin, ALL);
  author = await start(owned.author.id, ALL);
});
after(async () => {
  await Promise.all(clients.map(({ client }) => client.close()));
  await owned?.shop.stop();
});

const base64 = async () => Buffer.from(await picture('disc', '#e00')).toString('base64');
const titles = ({ items }: { items: Array<{ title: string }> }) => items.map(({ title }) => title).sort();

/** Says which argument it is. */
function isAbout(error: ToolError, name: string): void {
  assert.equal(error.details?.code, 'INVALID_PARAMETER', JSON.stringify(error));
  assert.equal(error.name, 'ValidationError');
  assert.match(error.message, new RegExp(`\\b${name}\\b`));
  assert.equal(error.details.remedy, ERRORS.INVALID_PARAMETER.remedy);
  assert.equal(error.details.errors?.[0].path[0], name);
}

function setConfig(key: string, value: unknown, t: TestContext): void {
  const name = `plugin::similar.${key}`;
  const earlier = shop.strapi.config.get(name);
  shop.strapi.config.set(name, value);
  t.after(() => shop.strapi.config.set(name, earlier));
}

test('the tools are listed with what they take and give', async () => {
  const tools = (await all.tools()).filter(({ name }) => name.startsWith('similar_'));
  assert.deepEqual(tools.map(({ name }) => name).sort(), NAMES);
  for (const { name, title, description, outputSchema } of tools) {
    assert.match(title ?? '', /^Similar: /);
    assert.match(description ?? '', /Reads only\.$/, name);
    assert.equal(outputSchema?.type, 'object');
  }
  const { inputSchema } = tools.find(({ name }) => name === 'similar_find') as (typeof tools)[number];
  const { id, limit } = inputSchema.properties as Record<string, { description: string; maximum?: number }>;
  assert.deepEqual(inputSchema.required, ['id']);
  assert.equal(inputSchema.additionalProperties, false);
  assert.match(id.description, /documentId/);
  assert.equal(limit.maximum, 100);
});

describe('similar_find', () => {
  const beside = async (body: object) => (await shop.admin('POST', '/similar/items', body)).body;

  test('answers about a file what the admin answers', async () => {
    const { found, said } = await all.call('similar_find', { id: mine.first.id, limit: 2 });
    assert.deepEqual(said, found);
    const { items, hasMore, status } = await beside({ type: 'file', pictures: [mine.first.id], limit: 2 });
    assert.deepEqual(
      found.items.map(({ documentId, title, similarity, score, picture }: AdminItem & { title: string }) => ({
        ...{ documentId, title, similarity, score, url: picture?.url, id: picture?.id },
      })),
      items.map(({ documentId, label, similarity, score, picture }: AdminItem) => ({
        ...{ documentId, title: label, similarity, score, url: picture?.url, id: picture?.id },
      })),
    );
    assert.equal(found.items.length, 2);
    assert.deepEqual([found.hasMore, found.status], [hasMore, status]);
    assert.equal(found.items[0].matches.id, mine.first.id);
    assert.equal('entry' in found.items[0] || 'file' in found.items[0], false);
  });

  test('answers about an entry what the admin answers, in pages', async () => {
    const { items, hasMore } = await beside({ type: PRODUCT, documentId: mine.entry, start: 1, limit: 1 });
    const { found } = await all.call('similar_find', { id: mine.entry, start: 1, limit: 1 });
    assert.deepEqual(titles(found), [items[0].label]);
    assert.equal(found.hasMore, hasMore);
    assert.equal(found.items[0].published, false);
    const { found: files } = await all.call('similar_find', { id: mine.entry, type: 'file', like: [mine.copy.id] });
    assert.ok(titles(files).includes('theirs-first.jpg'));
  });

  test('finds only what has the wanted colour', async () => {
    const found = async (color?: string) =>
      (await all.call('similar_find', { id: mine.first.id, limit: 100, ...(color && { color }) })).found.items.length;
    const [every, red, cyan] = [await found(), await found('#e00'), await found('#0ff')];
    assert.ok(red > 0 && red <= every, `${red} of ${every}`);
    assert.equal(cyan, 0);
  });

  test('ranks by a colour, and counts the colours of what it finds', async () => {
    const of = async (more: object) =>
      (await all.call('similar_find', { id: mine.first.id, limit: 100, ...more })).found;
    const [plain, tinted] = [await of({}), await of({ color: '#0ff', colorWeight: 1, colors: true })];
    assert.equal(tinted.items.length, plain.items.length, 'nothing is left out');
    assert.equal('colors' in plain, false);
    for (const { hex, count } of tinted.colors) assert.equal((await of({ color: hex })).items.length, count, hex);
    assert.ok(tinted.colors.length > 0);
  });

  test('says what is not there, and why a picture finds nothing', async () => {
    const { details, name } = await all.fails('similar_find', { id: 'nothing' });
    assert.deepEqual([name, details?.code], ['NotFoundError', 'NOT_FOUND']);
    const { found } = await all.call('similar_find', { id: mine.broken.id });
    assert.deepEqual([found.items, found.status, found.waiting[0].state], [[], 'failed', 'failed']);
  });

  test('a wrong argument is named', async () => {
    isAbout(await all.fails('similar_find', {}), 'id');
    isAbout(await all.fails('similar_find', { id: mine.entry, limit: 101 }), 'limit');
    isAbout(await all.fails('similar_find', { id: mine.entry, like: [null] }), 'like');
    isAbout(await all.fails('similar_find', { id: mine.entry, color: 'red' }), 'color');
    isAbout(await all.fails('similar_find', { id: mine.entry, colorWeight: 0.5 }), 'colorWeight');
    isAbout(await all.fails('similar_find', { id: mine.entry, type: 'api::other.other' }), 'type');
    isAbout(await all.fails('similar_find', { id: mine.entry, filters: {} }), 'filters');
  });
});

describe('similar_search', () => {
  const folders = () =>
    readdirSync(os.tmpdir()).filter((name) => name.startsWith('similar-picture-') && name.includes(`-${process.pid}-`));

  test('finds what looks like a picture, of which nothing stays', async () => {
    const before = folders();
    const { found } = await all.call('similar_search', { picture: await base64(), limit: 3, crop: '0,0,1,1' });
    assert.equal(found.items.length, 3);
    assert.equal(found.items[0].type, 'file');
    assert.equal(found.items[0].matches, null);
    const { found: entries } = await all.call('similar_search', { picture: await base64(), type: PRODUCT });
    assert.deepEqual(titles(entries), ['mine entry', 'mine twin', 'theirs entry', 'theirs twin']);
    assert.deepEqual(folders(), before);
  });

  test('refuses what is no picture, no base64, or too large', async (t) => {
    const { details } = await all.fails('similar_search', { picture: Buffer.from('words').toString('base64') });
    assert.equal(details?.code, 'UNSUPPORTED_FORMAT');
    isAbout(await all.fails('similar_search', { picture: `data:image/jpeg;base64,${await base64()}` }), 'picture');
    isAbout(await all.fails('similar_search', { picture: '' }), 'picture');
    isAbout(await all.fails('similar_search', { picture: await base64(), crop: 'left' }), 'crop');
    setConfig('search.maxBytes', 100, t);
    const large = await all.fails('similar_search', { picture: await base64() });
    assert.deepEqual([large.name, large.details?.code], ['PayloadTooLargeError', 'TOO_LARGE']);
  });
});

test('similar_duplicates lists groups, with what editors have said of them', async () => {
  const { found } = await all.call('similar_duplicates', { order: 'newest', pageSize: 5 });
  assert.equal(found.total, 1);
  const [group] = found.groups;
  assert.deepEqual([group.count, group.verdict, group.judged], [4, 'identical', null]);
  const own = group.pictures.find(({ id }: { id: number }) => id === mine.first.id);
  assert.deepEqual([own.name, own.usageCount], ['mine-first.jpg', 1]);
  assert.equal('usages' in own, false);
  isAbout(await all.fails('similar_duplicates', { least: 2 }), 'least');

  const verdict = { kind: 'same', picture: mine.first.id };
  assert.equal((await shop.admin('POST', '/similar/verdicts', verdict)).status, 200);
  assert.equal((await all.call('similar_duplicates')).found.total, 0);
  const { found: judged } = await all.call('similar_duplicates', { judged: 'same' });
  assert.deepEqual([judged.total, judged.groups[0].judged], [1, 'same']);
  const undone = await shop.admin('POST', '/similar/verdicts/remove', { ...verdict, judged: 'same' });
  assert.equal(undone.status, 200);
});

test('similar_explain gives numbers, and a picture if it is asked for', async () => {
  const pair = { query: mine.first.id, result: theirs.first.id };
  const { found, others } = await all.call('similar_explain', pair);
  assert.equal(found.regions.query.length, 49);
  assert.deepEqual(others, []);
  const { others: pictures } = await all.call('similar_explain', { ...pair, overlay: true });
  assert.equal(pictures.length, 1);
  const [overlay] = pictures as Array<{ type: string; mimeType: string; data: string }>;
  assert.deepEqual([overlay.type, overlay.mimeType], ['image', 'image/png']);
  assert.equal(Buffer.from(overlay.data, 'base64').toString('latin1', 1, 4), 'PNG');
  isAbout(await all.fails('similar_explain', { query: mine.first.id }), 'result');
});

test('similar_state says how far the library is', async () => {
  const { found } = await all.call('similar_state');
  const { ready, coverage, pictures, paused, index } = found;
  assert.deepEqual(
    { ready, coverage, paused, failed: pictures.failed },
    { ...{ ready: true, coverage: 1 }, paused: false, failed: 2 },
  );
  assert.equal(index.vectors, 4);
  isAbout(await all.fails('similar_state', { verbose: true }), 'verbose');
});

test('what fails for another reason is logged, and says nothing of it', async (t) => {
  const logged = t.mock.method(shop.strapi.log, 'error', () => shop.strapi.log);
  const health = shop.strapi.plugin('similar').service('health');
  t.mock.method(health, 'get', () => Promise.reject(new Error('/home/secret')));
  const error = await all.fails('similar_state');
  assert.deepEqual(error, { name: 'InternalServerError', message: 'Internal Server Error' });
  assert.match(JSON.stringify(logged.mock.calls.map(({ arguments: args }) => args)), /similar_state failed.*secret/);
});

describe('permissions', () => {
  test('whoever may not see similar items sees no tool and can call none', async () => {
    const other = await start(superAdmin, [CONTENT, FILES]);
    assert.deepEqual(
      (await other.tools()).filter(({ name }) => name.startsWith('similar_')),
      [],
    );
    for (const name of NAMES) {
      await assert.rejects(other.client.callTool({ name, arguments: { id: mine.entry } }), /disabled|not found/);
    }
    const visitor = await shop.api('/mcp', { method: 'POST' });
    assert.equal(visitor.status, 401);
  });

  test('whoever may not read files, or a content type, finds none by a tool', async () => {
    const readsEntries = await start(superAdmin, [READ, CONTENT]);
    assert.ok((await readsEntries.call('similar_find', { id: mine.entry })).found.items.length > 0);
    const readsFiles = await start(superAdmin, [READ, FILES]);
    assert.ok((await readsFiles.call('similar_find', { id: mine.first.id })).found.items.length > 0);
    const refused: Array<[Assistant, string, object]> = [
      [readsEntries, 'similar_find', { id: mine.first.id }],
      [readsEntries, 'similar_find', { id: mine.entry, type: 'file' }],
      [readsEntries, 'similar_search', { picture: await base64() }],
      [readsEntries, 'similar_duplicates', {}],
      [readsEntries, 'similar_explain', { query: mine.first.id, result: mine.copy.id }],
      [readsFiles, 'similar_find', { id: mine.entry }],
      [readsFiles, 'similar_find', { id: mine.first.id, type: PRODUCT }],
      [readsFiles, 'similar_search', { picture: await base64(), type: PRODUCT }],
    ];
    for (const [who, name, args] of refused) {
      const { details, message } = await who.fails(name, args as Record<string, unknown>);
      assert.equal(details?.code, 'FORBIDDEN', `${name} ${JSON.stringify(args)}: ${message}`);
    }
  });

  test('a token whose owner sees own files and entries only finds no others', async () => {
    const { found: files } = await author.call('similar_find', { id: mine.first.id });
    assert.deepEqual(titles(files), ['mine-copy.jpg']);
    const { found: entries } = await author.call('similar_find', { id: mine.entry });
    assert.deepEqual(titles(entries), ['mine twin']);
    const { found: sent } = await author.call('similar_search', { picture: await base64() });
    assert.deepEqual(titles(sent), ['mine-copy.jpg', 'mine-first.jpg']);
    const { found: groups } = await author.call('similar_duplicates');
    assert.deepEqual(
      groups.groups.map(({ count }: { count: number }) => count),
      [2],
    );
    const pair = { query: mine.first.id, result: theirs.first.id };
    for (const [name, args] of [
      ['similar_find', { id: theirs.first.id }],
      ['similar_find', { id: theirs.entry }],
      ['similar_explain', pair],
    ] as const) {
      assert.equal((await author.fails(name, args)).details?.code, 'NOT_FOUND', name);
    }
  });

  test('pictures in fields that may not be read are no query', async () => {
    const editor = await editorWith(shop, ALL, ['name']);
    const reader = await start(editor.id, ALL, ['name']);
    const { found } = await reader.call('similar_find', { id: mine.entry, type: 'file' });
    assert.deepEqual([found.items, found.status, found.waiting], [[], 'empty', []]);
  });
});

test('the page names the tools and their arguments', async () => {
  const told = tableBelow(page('docs/mcp.md'), 'Tools').map(([name, , names]) => [
    name.replaceAll('`', ''),
    [...names.matchAll(/`(\w+)`/g)].map(([, argument]) => argument).sort(),
  ]);
  const tools = (await all.tools()).filter(({ name }) => name.startsWith('similar_'));
  assert.deepEqual(
    Object.fromEntries(told),
    Object.fromEntries(tools.map(({ name, inputSchema }) => [name, Object.keys(inputSchema.properties ?? {}).sort()])),
  );
});
