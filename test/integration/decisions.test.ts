import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ItemsResponse } from '../../plugin/contracts/admin';
import type { Decision } from '../../plugin/contracts/decisions';
import { createKnexVerdicts } from '../../plugin/store/verdicts';
import { editorWith } from '../helpers/editor';
import { picture } from '../helpers/pictures';
import { createProduct, PRODUCT, searchable } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

let shop: Playground;
let files: UploadedFile[];
const ids: Record<string, string> = {};

before(async () => {
  shop = await startPlayground();
  const pictures = [
    ...(await Promise.all(['#e00', '#d11', '#c22'].map((colour) => picture('disc', colour)))),
    await picture('stripes', '#00e'),
  ];
  const named = ['red.jpg', 'paler.jpg', 'darker.jpg', 'blue.jpg'].map((name, at) => ({ name, bytes: pictures[at] }));
  files = [];
  for (const one of named) files.push(...(await shop.upload([one])));
  await searchable(shop, files);
  for (const [at, name] of ['Red', 'Paler', 'Darker', 'Blue'].entries()) {
    ids[name] = (await createProduct(shop, { name, images: [files[at]] })).documentId;
  }
});
after(() => shop?.stop());

const decide = async (rule: object) => {
  const { status, body } = await shop.admin('POST', '/similar/rules', { type: PRODUCT, ...rule });
  assert.equal(status, 200, JSON.stringify(body));
};
const list = async (query = '') => {
  const { status, body } = await shop.admin('GET', `/similar/decisions?${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body as { decisions: Decision[]; total: number; unreadable: number; authors: string[] };
};
const undo = async (id: number) => (await shop.admin('POST', '/similar/decisions/undo', { id })).body;
const shown = ({ kind, item, on, others }: Decision) =>
  [kind, item.label, on && `on ${on.label}`, others && `+${others}`].filter(Boolean).join(' ');

describe('all decisions', () => {
  test('are listed with titles, places and people, and each is undone', async () => {
    await decide({ kind: 'pin', source: ids.Red, target: ids.Blue, place: 2 });
    await decide({ kind: 'hide', source: files[0].documentId, target: ids.Darker });
    await decide({ kind: 'hide', target: ids.Paler });
    await decide({ kind: 'different', type: 'file', source: files[0].documentId, target: files[3].documentId });
    const { decisions, total, unreadable, authors } = await list();
    assert.deepEqual([total, unreadable, authors], [4, 0, ['Test Admin']]);
    const verdict = [files[0], files[3]].toSorted((a, b) => (a.documentId < b.documentId ? -1 : 1));
    assert.deepEqual(decisions.map(shown).toSorted(), [
      `different ${verdict[1].name} on ${verdict[0].name}`,
      'hide-everywhere Paler',
      'hide-here Darker on red.jpg',
      'pin Blue on Red',
    ]);
    const pin = decisions.find(({ kind }) => kind === 'pin') as Decision;
    assert.equal(pin.place, 2);
    assert.equal(pin.author, 'Test Admin');
    assert.deepEqual(pin.on, { type: PRODUCT, documentId: ids.Red, locale: 'en', label: 'Red' });
    assert.equal((await list('kind=pin&author=Test%20Admin')).total, 1);
    assert.equal((await list('author=Nobody')).total, 0);
    assert.deepEqual((await list('pageSize=3&page=2')).decisions.length, 1);
    for (const { id } of decisions) assert.deepEqual(await undo(id), { removed: true });
    assert.deepEqual(await undo(pin.id), { removed: false });
    assert.equal((await list()).total, 0);
  });

  test('one about what is gone says so, and is undone', async () => {
    const passing = await createProduct(shop, { name: 'Passing', images: [], status: 'draft' });
    await decide({ kind: 'hide', source: passing.documentId, target: ids.Blue });
    await decide({ kind: 'hide', target: passing.documentId });
    await shop.strapi.documents(PRODUCT as never).delete({ documentId: passing.documentId } as never);
    const { decisions } = await list();
    const gone = { type: PRODUCT, documentId: passing.documentId };
    assert.deepEqual(
      decisions.map(({ item, on }) => on ?? item),
      [gone, gone],
    );
    for (const { id } of decisions) assert.deepEqual(await undo(id), { removed: true });
  });

  test('one about a content type that is gone does not hide the others', async () => {
    await decide({ kind: 'hide', target: ids.Blue });
    const table = shop.strapi.db.connection('similar_rules');
    const row = { type: 'api::recipe.recipe', kind: 'hide', source: '', target: 'gone', created_at: Date.now() };
    await table.insert(row);
    const { decisions, unreadable, total } = await list();
    assert.deepEqual([decisions.length, unreadable, total], [1, 1, 2]);
    const file = await shop.admin('GET', '/similar/decisions/file');
    assert.equal(file.status, 200);
    assert.equal(file.body.rules.length, 1);
    await shop.strapi.db.connection('similar_rules').delete();
  });

  test('in German only, it is linked there', async () => {
    const german = await createProduct(shop, { name: 'Nur deutsch', images: [files[3]], locale: 'de' });
    await decide({ kind: 'hide', source: german.documentId, target: ids.Red });
    const [{ id, on }] = (await list()).decisions;
    assert.deepEqual(on, { type: PRODUCT, documentId: german.documentId, locale: 'de', label: 'Nur deutsch' });
    await undo(id);
    await shop.strapi.documents(PRODUCT as never).delete({ documentId: german.documentId, locale: 'de' } as never);
  });

  test('a verdict on a group is one, and does not need the group to be shown', async () => {
    const pictures = files.slice(0, 3).map(({ documentId }) => documentId);
    await createKnexVerdicts(shop.strapi.db.connection).judge('different', pictures, 'Ann');
    const { decisions, authors } = await list();
    assert.deepEqual([decisions.length, decisions[0].others, authors], [1, 2, ['Ann']]);
    assert.deepEqual(await undo(decisions[0].id), { removed: true });
    assert.equal((await list()).total, 0);
  });

  test('those about what a role may not read are counted and not named, and it cannot undo them', async () => {
    const content = 'plugin::content-manager.explorer.read';
    const { token } = await editorWith(shop, ['plugin::similar.read', 'plugin::similar.judge', content]);
    await decide({ kind: 'hide', type: 'file', target: files[0].documentId });
    await decide({ kind: 'same', type: 'file', source: files[0].documentId, target: files[1].documentId });
    await decide({ kind: 'hide', source: ids.Red, target: ids.Blue });
    const ask = (method: string, path: string, body?: object) =>
      fetch(`${shop.url}/similar/decisions${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
    const seen = (await (await ask('GET', '')).json()) as { decisions: Decision[]; unreadable: number; total: number };
    assert.deepEqual(seen.decisions.map(shown), ['hide-here Blue on Red']);
    assert.deepEqual([seen.unreadable, seen.total], [2, 3]);
    for (const one of (await list()).decisions) {
      const mayUndo = one.kind === 'hide-here';
      assert.equal((await ask('POST', '/undo', { id: one.id })).status, mayUndo ? 200 : 403, shown(one));
      if (!mayUndo) await undo(one.id);
    }
    assert.equal((await list()).total, 0);
  });
});

test('beside an entry, what is hidden everywhere is told of only where it would be listed', async () => {
  const beside = async (documentId: string, limit: number) => {
    const { body } = await shop.admin('POST', '/similar/items', { type: PRODUCT, documentId, limit });
    return body as ItemsResponse;
  };
  const told = async (limit: number) => (await beside(ids.Blue, limit)).rules.map(({ label }) => label).toSorted();
  const labels = (await beside(ids.Blue, 3)).items.map(({ label }) => label);
  assert.equal(labels.length, 3);
  await decide({ kind: 'hide', target: ids[labels[1]] });
  await decide({ kind: 'hide', source: ids.Blue, target: ids[labels[2]] });
  assert.deepEqual(await told(1), [labels[2]], 'it would be the second, and what is hidden here is always told of');
  assert.deepEqual(await told(2), [labels[1], labels[2]].toSorted());
  for (const { id } of (await list()).decisions) await undo(id);
});
