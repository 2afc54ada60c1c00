import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Editor, editorWith } from '../helpers/editor';
import {
  type Belongings,
  CONTENT,
  FILE,
  FILES,
  LOW_STOCK,
  labels,
  type OwnedShop,
  READ,
  startOwnedShop,
} from '../helpers/owned-shop';
import { picture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable } from '../helpers/shop';
import type { Playground } from '../helpers/strapi';

let owned: OwnedShop;
let shop: Playground;
let ask: OwnedShop['ask'];
let author: Editor;
let mine: Belongings;
let theirs: Belongings;

before(async () => {
  owned = await startOwnedShop();
  ({ shop, ask, author, mine, theirs } = owned);
});
after(() => owned?.shop.stop());

const beside = async (token: string, body: object) => {
  const answer = await ask(token, 'POST', '/similar/items', { type: PRODUCT, ...body });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
};
test('a picture that is sent finds own entries and own files', async () => {
  const form = new FormData();
  form.append('picture', new Blob([new Uint8Array(await picture('disc', '#e00'))]), 'disc.jpg');
  const entries = await ask(author.token, 'POST', `/similar/search?type=${PRODUCT}`, form);
  assert.deepEqual(labels(entries.body).sort(), ['mine entry', 'mine twin']);
  const files = await ask(author.token, 'POST', '/similar/search?type=file', form);
  assert.deepEqual(labels(files.body).sort(), ['mine-copy.jpg', 'mine-first.jpg']);
});

test('what others own is no example', async () => {
  for (const like of [theirs.entry, theirs.first.documentId, String(theirs.first.id)]) {
    const asked = { pictures: [mine.first.id] };
    // As one that is gone: the search goes on without it.
    const { items, ...others } = await beside(author.token, { ...asked, like: [like] });
    assert.deepEqual(items, (await beside(author.token, asked)).items, like);
    if (Number.isNaN(Number(like))) assert.ok(!JSON.stringify(others).includes(like));
  }
  assert.deepEqual(labels(await beside(author.token, { pictures: [mine.first.id], like: [mine.twin] })).sort(), [
    'mine entry',
    'mine twin',
  ]);
});

test('the entry of another one has no pictures to ask about', async () => {
  const { pictures, items } = await beside(author.token, { documentId: theirs.entry });
  assert.deepEqual([pictures, items], [[], []]);
});

test('that of another one with the same role is shown where the condition is the role', async () => {
  const colleague = await editorWith(shop, [READ, CONTENT, FILES], undefined, ['admin::has-same-role-as-creator']);
  const give = async (owner: number) => {
    const data = { createdBy: owner } as never;
    await shop.strapi.db.query(FILE).updateMany({ where: { id: mine.first.id }, data });
    await shop.strapi.db.query(PRODUCT as never).updateMany({ where: { documentId: mine.entry } as never, data });
  };
  assert.deepEqual(labels(await beside(colleague.token, { pictures: [mine.first.id] })), []);
  await give(colleague.id);
  assert.deepEqual(labels(await beside(colleague.token, { pictures: [mine.first.id] })), ['mine entry']);
  await give(author.id);
});

test('decisions about what others own are not listed', async () => {
  const hide = (target: string) => ({ kind: 'hide', type: PRODUCT, target });
  for (const target of [theirs.entry, mine.twin]) await shop.admin('POST', '/similar/rules', hide(target));
  const decided = async (token: string) => labels({ items: (await beside(token, { documentId: mine.entry })).rules });
  assert.deepEqual((await decided(shop.token)).sort(), ['mine twin', 'theirs entry']);
  assert.deepEqual(await decided(author.token), ['mine twin']);
  for (const target of [theirs.entry, mine.twin]) await shop.admin('POST', '/similar/rules/remove', hide(target));
});

test('those of a project may look at any attribute, relations too', async () => {
  const { documentId: rest } = await shop.strapi
    .documents('api::category.category' as never)
    .create({ data: { name: 'Rest' } } as never);
  const [low] = await shop.upload([{ name: 'low.jpg', bytes: await picture('stripes', '#00e') }]);
  await searchable(shop, [low]);
  const about = { images: [low], status: 'draft' as const, category: rest };
  await createProduct(shop, { ...about, name: 'Low', stock: 3 });
  await createProduct(shop, { ...about, name: 'Plenty', stock: 300 });
  await createProduct(shop, { ...about, name: 'Elsewhere', stock: 3, category: null });
  const everybodysFiles = await editorWith(shop, [READ, CONTENT], ['name', 'images'], [LOW_STOCK]);
  const form = new FormData();
  form.append('picture', new Blob([new Uint8Array(await picture('stripes', '#00e'))]), 'low.jpg');
  const { body } = await ask(everybodysFiles.token, 'POST', `/similar/search?type=${PRODUCT}`, form);
  assert.deepEqual(labels(body), ['Low']);
});

test('a picture of others in an own entry is shown as the content manager shows it, and not as a file', async () => {
  const [lent] = await shop.upload([{ name: 'lent.jpg', bytes: await picture('triangle', '#0c0') }]);
  await searchable(shop, [lent]);
  const own = { images: [lent], status: 'draft' as const, createdBy: author.id };
  const first = await createProduct(shop, { ...own, name: 'Borrowed' });
  const second = await createProduct(shop, { ...own, name: 'Borrowed again' });
  for (const asked of [{}, { pictures: [lent.id] }]) {
    const { items, pictures } = await beside(author.token, { documentId: first.documentId, ...asked });
    assert.deepEqual(pictures, [lent.id]);
    assert.deepEqual([items[0].documentId, items[0].picture.id], [second.documentId, lent.id]);
    assert.equal(items[0].picture.hash, undefined, 'no more than a card needs');
    assert.equal(items[0].query, null);
  }
  assert.deepEqual((await beside(author.token, { pictures: [lent.id] })).pictures, []);
  assert.equal((await ask(author.token, 'GET', `/similar/explain/${lent.id}/${mine.first.id}`)).status, 404);
});

test('where an own picture is used by others is not told', async () => {
  const used = await createProduct(shop, { name: 'Foreign', images: [mine.first], status: 'draft' });
  const own = await ask(author.token, 'GET', '/similar/duplicates');
  assert.doesNotMatch(JSON.stringify(own.body), /Foreign/);
  const all = await shop.admin('GET', '/similar/duplicates');
  assert.match(JSON.stringify(all.body), /Foreign/);
  await shop.strapi.documents(PRODUCT as never).delete({ documentId: used.documentId } as never);
});

test('roles may be limited to locales', async () => {
  const german = await createProduct(shop, { name: 'Scheibe', images: [mine.first], status: 'draft', locale: 'de' });
  const { token } = await editorWith(shop, [READ, CONTENT, FILES]);
  assert.deepEqual(labels(await beside(token, { pictures: [mine.first.id], locale: 'de' })), []);
  const all = await shop.admin('POST', '/similar/items', { type: PRODUCT, pictures: [mine.first.id], locale: 'de' });
  assert.deepEqual(labels(all.body), ['Scheibe']);
  await shop.strapi.documents(PRODUCT as never).delete({ documentId: german.documentId, locale: 'de' } as never);
});
