import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Merge } from '../../plugin/contracts/merge';
import { distWith, media } from '../helpers/content-model';
import { editorWith } from '../helpers/editor';
import {
  type Copies,
  HOME,
  imageBlock,
  MODEL,
  mergeClient,
  NOTE,
  PAGE,
  placesOf,
  STORY,
  shownAsDuplicates,
  uploadCopies,
} from '../helpers/merge-shop';
import { searchable } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile as Uploaded } from '../helpers/strapi-client';

const USER = 'plugin::users-permissions.user';

type Row = Record<string, unknown>;
type UploadedFile = Uploaded & { formats?: { thumbnail?: { url: string } } };

let shop: Playground;
let files: Copies;
let routes: ReturnType<typeof mergeClient>;
const ids: Record<string, string> = {};

const documents = (uid: string) =>
  shop.strapi.documents(uid as never) as never as Record<string, (query: object) => Promise<Row>>;

async function create(uid: string, data: object, more: object = {}): Promise<string> {
  return (await documents(uid).create({ data, ...more })).documentId as string;
}

/** As a project gives its users a picture. */
function withAvatars(dist: string): string {
  const { user } = require('@strapi/plugin-users-permissions/strapi-server')().contentTypes;
  const attributes = { ...user.schema.attributes, avatar: media() };
  const folder = path.join(dist, 'src/extensions/users-permissions/content-types/user');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'schema.json'), JSON.stringify({ ...user.schema, attributes }));
  return dist;
}

before(async () => {
  shop = await startPlayground({ dist: withAvatars(distWith(MODEL)) });
  routes = mergeClient(shop);
  files = await uploadCopies(shop);
  await searchable(shop, Object.values(files));
  await shownAsDuplicates(shop, files.keep.id, [files.one.id, files.two.id]);
  await shop.strapi.plugin('i18n').service('locales').create({ code: 'de', name: 'German' });
  const { keep, one, two, other } = files;
  ids.page = await create(
    PAGE,
    {
      title: 'everything',
      cover: one.id,
      gallery: [one.id, other.id, keep.id, two.id],
      zone: [
        { __component: 'shared.photo', picture: other.id, caption: 'untouched' },
        {
          __component: 'shared.card',
          title: 'in a card',
          photo: { picture: one.id, caption: 'inner' },
          extra: [two.id],
        },
      ],
      cards: [
        { title: 'first', photo: { picture: other.id } },
        { title: 'second', photo: { picture: two.id, caption: 'kept' }, extra: [one.id, other.id] },
      ],
      text: `A ![picture](${one.url}) and <img src="https://cdn.example${two.url}"> and ![other](${other.url})`,
      body: [imageBlock(one, 'my words'), { type: 'paragraph', children: [{ type: 'text', text: 'words' }] }],
    },
    { status: 'published' },
  );
  ids.changed = await create(PAGE, { title: 'published', cover: one.id, gallery: [other.id] }, { status: 'published' });
  await documents(PAGE).update({ documentId: ids.changed, data: { title: 'not ready', gallery: [two.id, other.id] } });
  ids.gone = await create(PAGE, { title: 'shown', cover: one.id }, { status: 'published' });
  await documents(PAGE).update({ documentId: ids.gone, data: { cover: other.id } });
  ids.home = await create(HOME, { title: 'home', zone: [{ __component: 'shared.photo', picture: one.id }] });
  ids.story = await create(
    STORY,
    { title: 'english', cover: one.id, shared: two.id },
    { locale: 'en', status: 'published' },
  );
  await documents(STORY).update({
    documentId: ids.story,
    locale: 'de',
    data: { title: 'deutsch', cover: two.id },
    status: 'published',
  });
  ids.note = await create(NOTE, { title: 'no drafts', card: { title: 'card', photo: { picture: one.id } } });
  await create(PAGE, { title: 'nothing to do', cover: other.id }, { status: 'published' });
});
after(() => shop?.stop());

const WHOLE = ['cover media', 'gallery media', 'gallery media', 'zone.1.photo.picture media', 'zone.1.extra media'];
const IN_PAGE = [
  ...WHOLE,
  ...['cards.1.photo.picture media', 'cards.1.extra media', 'text richtext', 'text richtext', 'body blocks'],
];

test('the plan lists every reference, in each language and state, and writes nothing', async () => {
  const before = await everything();
  const { keep, one, two } = files;
  const { status, body } = await routes.plan(keep.id, [one.id, two.id]);
  assert.equal(status, 200, JSON.stringify(body));
  const expected = [
    ...['draft', 'published'].flatMap((state) => IN_PAGE.map((place) => `${PAGE} - ${state} ${place}`)),
    `${PAGE} - draft cover media`,
    `${PAGE} - published cover media`,
    `${PAGE} - draft gallery media`,
    `${PAGE} - published cover media`,
    `${HOME} - draft zone.0.picture media`,
    ...['draft', 'published'].flatMap((state) =>
      ['en', 'de'].flatMap((locale) => ['cover', 'shared'].map((name) => `${STORY} ${locale} ${state} ${name} media`)),
    ),
    `${NOTE} - published card.photo.picture media`,
  ];
  assert.deepEqual(placesOf(body.changes), expected.sort());
  assert.deepEqual([body.total, body.entries, body.refused], [expected.length, 6, 0]);
  const home = body.changes.find(({ uid }) => uid === HOME);
  assert.deepEqual([home?.typeName, home?.single], ['home', true]);
  assert.ok(body.changes.every(({ to, allowed, label }) => to === keep.id && allowed && label));
  assert.equal((await routes.plan(keep.id, [one.id, two.id])).body.plan, body.plan, 'the same again');
  assert.deepEqual(await everything(), before);
});

test('what is no duplicate is refused, and so is nonsense', async () => {
  const { keep, one, other } = files;
  const refused = await routes.plan(keep.id, [one.id, other.id]);
  assert.deepEqual([refused.status, refused.body.error.details.code], [409, 'NOT_DUPLICATES']);
  for (const remove of [[], [keep.id], [one.id, one.id]])
    assert.equal((await routes.plan(keep.id, remove)).status, 400);
  assert.equal((await routes.plan(keep.id, [999_999])).status, 404);
});

/** The same, with the kept picture in the place of the others. */
function merged(before: Record<string, unknown>): Record<string, unknown> {
  const { keep, one, two } = files;
  let text = JSON.stringify(before);
  const addresses = (file: UploadedFile) => [file.url, file.formats?.thumbnail?.url].filter(Boolean) as string[];
  for (const file of [one, two]) {
    for (const [at, url] of addresses(file).entries()) text = text.replaceAll(`${url}"`, `${addresses(keep)[at]}"`);
    text = text.replaceAll(file.url, keep.url);
  }
  // In a gallery, the first of all copies stays.
  text = text
    .replaceAll('["one.jpg","other.jpg","keep.jpg","two.jpg"]', '["keep.jpg","other.jpg"]')
    .replaceAll(/"(one|two)\.jpg"/g, '"keep.jpg"');
  const next = JSON.parse(text);
  for (const row of Object.values(next) as Row[]) {
    for (const block of (row.body ?? []) as Array<{ image?: Row }>) {
      if (!block.image) continue;
      const { url, alternativeText } = block.image;
      const kept = keep as unknown as Row;
      block.image = Object.fromEntries(Object.keys(block.image).map((key) => [key, kept[key]]));
      Object.assign(block.image, { url, alternativeText });
    }
  }
  return next;
}

const statusOf = async (documentId: string) => {
  const { body } = await shop.admin('GET', `/content-manager/collection-types/${PAGE}/${documentId}`);
  return body.data.status;
};

async function mergeAll(): Promise<Merge> {
  const { keep, one, two } = files;
  const { body } = await routes.plan(keep.id, [one.id, two.id]);
  const answer = await routes.merge(keep.id, [one.id, two.id], body.plan);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

const duplicates = async (): Promise<string[]> => {
  const { body } = await shop.admin('GET', '/similar/duplicates');
  return body.groups.flatMap(({ pictures }: { pictures: UploadedFile[] }) => pictures.map(({ name }) => name)).sort();
};

test('a plan that no longer holds is refused, and nothing is written', async () => {
  const { keep, one, two } = files;
  const { body } = await routes.plan(keep.id, [one.id, two.id]);
  const late = await create(PAGE, { title: 'made meanwhile', cover: two.id });
  const before = await everything();
  const refused = await routes.merge(keep.id, [one.id, two.id], body.plan);
  assert.deepEqual([refused.status, refused.body.error.details.code], [409, 'MERGE_CHANGED']);
  assert.deepEqual(await everything(), before);
  assert.deepEqual(await routes.list(), []);
  await documents(PAGE).delete({ documentId: late });
});

test('who may not change a type, a field or delete files is refused, and nothing is written', async () => {
  const { keep, one, two } = files;
  const before = await everything();
  const CONTENT = ['read', 'update', 'publish'].map((name) => `plugin::content-manager.explorer.${name}`);
  const own = ['plugin::similar.read', 'plugin::similar.judge', 'plugin::upload.read', 'plugin::upload.assets.update'];
  const editor = await editorWith(shop, own);
  const role = (await shop.admin('GET', `/admin/users/${editor.id}`)).body.data.roles[0].id;
  const fieldsOf: Record<string, string[]> = {
    [PAGE]: ['title', 'cover', 'gallery', 'zone', 'cards', 'text', 'body'],
    [HOME]: ['title', 'zone'],
    [STORY]: ['title', 'cover', 'shared'],
    [NOTE]: ['title', 'card'],
  };
  const grant = async (without: (uid: string, action: string, field: string) => boolean, files = own) => {
    const subjects = Object.entries(fieldsOf).flatMap(([subject, fields]) =>
      CONTENT.filter((action) => subject !== NOTE || !action.endsWith('publish')).map((action) => ({
        ...{ action, subject, conditions: [] },
        properties: {
          ...(!action.endsWith('publish') && { fields: fields.filter((field) => !without(subject, action, field)) }),
          ...(subject === STORY && { locales: ['en', 'de'] }),
        },
      })),
    );
    const kept = subjects.filter(({ subject, action }) => !without(subject, action, '*'));
    const permissions = [
      ...kept,
      ...files.map((action) => ({ action, subject: null, conditions: [], properties: {} })),
    ];
    const { status, body } = await shop.admin('PUT', `/admin/roles/${role}/permissions`, { permissions });
    assert.equal(status, 200, JSON.stringify(body));
  };
  const asked = mergeClient({ ...shop, admin: asEditor(editor.token) });
  const refusedIn = async () => {
    const { body } = await asked.plan(keep.id, [one.id, two.id]);
    const answer = await asked.merge(keep.id, [one.id, two.id], body.plan);
    assert.deepEqual(
      [answer.status, answer.body.error.details.code],
      [403, 'MERGE_REFUSED'],
      JSON.stringify(answer.body),
    );
    const refused = body.changes.filter(({ allowed }) => !allowed);
    assert.equal(body.refused, refused.length);
    return placesOf(refused);
  };
  await grant((uid, action) => uid === NOTE && action.endsWith('update'));
  assert.deepEqual(await refusedIn(), [`${NOTE} - published card.photo.picture media`]);
  await grant((uid, action, field) => uid === PAGE && action.endsWith('update') && field === 'cover');
  const covers = ['draft', 'draft', 'published', 'published', 'published'];
  assert.deepEqual(await refusedIn(), covers.map((state) => `${PAGE} - ${state} cover media`).sort());
  await grant((uid, action) => uid === STORY && action.endsWith('publish'));
  assert.equal((await refusedIn()).filter((place) => place.includes('published')).length, 4);
  await grant(() => false, own.slice(0, 3));
  assert.deepEqual(await refusedIn(), []);
  await grant(() => false);
  const { body } = await asked.plan(keep.id, [one.id, two.id]);
  assert.equal(body.refused, 0, JSON.stringify(body.changes.filter(({ allowed }) => !allowed)));
  assert.deepEqual(await everything(), before);
  assert.deepEqual(await routes.list(), []);
});

function asEditor(token: string): Playground['admin'] {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (method, route, body) => {
    const response = await fetch(shop.url + route, { method, headers, body: body && JSON.stringify(body) });
    return { status: response.status, body: await response.json(), headers: response.headers } as never;
  };
}

test('a merge changes the pictures and nothing else, publishes no draft, and is undone exactly', async () => {
  const before = await everything();
  assert.deepEqual(await duplicates(), ['keep.jpg', 'one.jpg', 'two.jpg']);
  const states = await Promise.all([ids.page, ids.changed, ids.gone].map(statusOf));
  assert.deepEqual(states, ['published', 'modified', 'modified']);

  const merge = await mergeAll();
  assert.deepEqual([merge.state, merge.left, merge.author], ['merged', 0, 'Test Admin']);
  assert.deepEqual(await everything(), merged(before));
  assert.deepEqual(await Promise.all([ids.page, ids.changed, ids.gone].map(statusOf)), states);
  assert.deepEqual(await duplicates(), [], 'what is about to go is no duplicate');
  assert.deepEqual(
    (await routes.list()).map(({ id, state }) => [id, state]),
    [[merge.id, 'merged']],
  );
  const updatedBy = await documents(NOTE).findOne({ documentId: ids.note, populate: ['updatedBy'] });
  assert.equal((updatedBy.updatedBy as Row).firstname, 'Test');

  const undone = await routes.undo(merge.id);
  assert.deepEqual(
    [undone.status, undone.body.state, undone.body.left],
    [200, 'undone', 0],
    JSON.stringify(undone.body),
  );
  assert.deepEqual(await everything(), before);
  assert.deepEqual(await Promise.all([ids.page, ids.changed, ids.gone].map(statusOf)), states);
  assert.deepEqual(await duplicates(), ['keep.jpg', 'one.jpg', 'two.jpg']);
  const again = await routes.undo(merge.id);
  assert.deepEqual([again.status, again.body.error.details.code], [409, 'MERGE_ENDED']);
});

test('undoing leaves what somebody has changed since', async () => {
  const merge = await mergeAll();
  const collision = await routes.plan(files.one.id, [files.keep.id]);
  assert.equal(collision.body.error?.details.code, 'NOT_DUPLICATES', 'what is about to go cannot be kept');
  await documents(HOME).update({ documentId: ids.home, data: { zone: [] } });
  const { body } = await routes.undo(merge.id);
  assert.deepEqual([body.state, body.left], ['undone', 1]);
  const home = await documents(HOME).findOne({ documentId: ids.home, populate: { zone: true } } as never);
  assert.deepEqual(home.zone, []);
});

test('a text that names a file in a way of its own blocks the merge, until it is changed', async () => {
  const { keep, one } = files;
  const odd = await create(PAGE, { title: 'resized', text: `https://images.example/400/${one.hash}.webp` });
  const { body } = await routes.plan(keep.id, [one.id]);
  const blocked = body.changes.filter(({ allowed }) => !allowed);
  assert.deepEqual(
    blocked.map(({ documentId, path, reason }) => [documentId, path, reason]),
    [[odd, 'text', 'unreachable']],
  );
  assert.equal(body.changes[0].documentId, odd, 'before all that does not block it');
  const answer = await routes.merge(keep.id, [one.id], body.plan);
  assert.deepEqual([answer.status, answer.body.error.details.code], [403, 'MERGE_REFUSED']);
  await documents(PAGE).delete({ documentId: odd });
});

test('a picture of a user of the site is changed, and the password stays', async () => {
  const { keep, one } = files;
  const password = 'Similar-user-1';
  const data = {
    username: 'visitor',
    email: 'visitor@example.com',
    password,
    provider: 'local',
    avatar: one.id,
    confirmed: true,
  };
  const documentId = await create(USER, data);
  const { body } = await routes.plan(keep.id, [one.id]);
  assert.ok(placesOf(body.changes).includes(`${USER} - published avatar media`), JSON.stringify(body.changes));
  const { body: merge } = await routes.merge(keep.id, [one.id], body.plan);
  assert.deepEqual([merge.state, merge.left], ['merged', 0], JSON.stringify(merge));
  const user = await documents(USER).findOne({ documentId, populate: ['avatar'] });
  assert.equal((user.avatar as Row).id, keep.id);
  const signIn = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const login = await shop.api('/api/auth/local', {
    ...signIn,
    body: JSON.stringify({ identifier: 'visitor', password }),
  });
  assert.equal(login.status, 200, JSON.stringify(login.body));
  assert.equal((await routes.undo(merge.id)).body.left, 0);
  await documents(USER).delete({ documentId });
});

test('files go by the media library’s own delete, and stay when somebody uses them again', async () => {
  const { one, two, keep } = files;
  const there = async (file: UploadedFile) => (await fetch(shop.url + file.url)).status;
  const merge = await mergeAll();
  const late = await create(PAGE, { title: 'late', text: `![late](${two.url})` });
  const { status, body } = await routes.finish(merge.id);
  assert.deepEqual([status, body.state, body.kept], [200, 'kept', [two.id]], JSON.stringify(body));
  assert.deepEqual(await Promise.all([keep, one, two].map(there)), [200, 404, 200]);
  assert.equal((await shop.admin('GET', `/upload/files/${one.id}`)).status, 404);
  await documents(PAGE).delete({ documentId: late });
  const ended = await routes.undo(merge.id);
  assert.deepEqual([ended.status, ended.body.error.details.code], [409, 'MERGE_ENDED']);

  const { body: plan } = await routes.plan(keep.id, [two.id]);
  assert.equal(plan.total, 0);
  const last = await routes.merge(keep.id, [two.id], plan.plan);
  const done = await routes.finish(last.body.id);
  assert.deepEqual([done.body.state, await there(two)], ['done', 404]);
});

test('the list comes page by page, with the names of files that are gone, and pictures of those that are not', async () => {
  const { keep, one, two } = files;
  const all = await routes.list();
  const [first, second] = [await routes.page(1, 1), await routes.page(2, 1)];
  assert.deepEqual(
    [...first.merges, ...second.merges].map(({ id }) => id),
    all.slice(0, 2).map(({ id }) => id),
  );
  assert.equal(first.total, all.length);
  assert.deepEqual(first.merges[0].names, { [keep.id]: keep.name, [two.id]: two.name });
  assert.deepEqual(second.merges[0].names, { [keep.id]: keep.name, [one.id]: one.name, [two.id]: two.name });
  assert.deepEqual(
    second.pictures.map(({ id, name }) => [id, name]),
    [[keep.id, keep.name]],
  );
});

const POPULATE: Record<string, object> = {
  [PAGE]: {
    cover: true,
    gallery: true,
    zone: {
      on: { 'shared.photo': { populate: '*' }, 'shared.card': { populate: { photo: { populate: '*' }, extra: true } } },
    },
    cards: { populate: { photo: { populate: '*' }, extra: true } },
  },
  [HOME]: { zone: { on: { 'shared.photo': { populate: '*' } } } },
  [STORY]: { cover: true, shared: true },
  [NOTE]: { card: { populate: { photo: { populate: '*' }, extra: true } } },
};

/** Every entry in every language and state with all it holds; a file is its name. */
async function everything(): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const [uid, populate] of Object.entries(POPULATE)) {
    for (const status of ['draft', 'published']) {
      for (const locale of uid === STORY ? ['en', 'de'] : [undefined]) {
        const rows = (await documents(uid).findMany({ status, locale, populate, sort: 'title' })) as never as Row[];
        for (const row of rows) found[`${uid} ${row.documentId} ${locale} ${status}`] = named(row, status);
      }
    }
  }
  return JSON.parse(JSON.stringify(found));
}

function named(value: unknown, status: string): unknown {
  if (Array.isArray(value)) return value.map((one) => named(one, status));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if ('mime' in value && 'documentId' in value) return (value as Row).name;
  // Publishing makes the published version anew, as ever.
  const own = ['updatedAt', 'publishedAt', ...(status === 'published' ? ['id'] : [])];
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !own.includes(key))
      .map(([key, inner]) => [key, named(inner, status)]),
  );
}
