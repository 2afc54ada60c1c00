import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { distWith } from '../helpers/content-model';
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

type Row = Record<string, unknown>;

let shop: Playground;
let files: Copies;
let routes: ReturnType<typeof mergeClient>;
const ids: Record<string, string> = {};

const documents = (uid: string) =>
  shop.strapi.documents(uid as never) as never as Record<string, (query: object) => Promise<Row>>;

async function create(uid: string, data: object, more: object = {}): Promise<string> {
  return (await documents(uid).create({ data, ...more })).documentId as string;
}

before(async () => {
  shop = await startPlayground({ dist: distWith(MODEL) });
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
  assert.deepEqual([body.total, body.refused], [expected.length, 0]);
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
