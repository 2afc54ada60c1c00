import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CarryReport, ToldRule } from '../../plugin/contracts/carry';
import { type Belongings, type OwnedShop, startOwnedShop } from '../helpers/owned-shop';
import { PRODUCT } from '../helpers/shop';
import type { Playground } from '../helpers/strapi';

const FILE_ROUTE = '/similar/decisions/file';

let owned: OwnedShop;
let shop: Playground;
let mine: Belongings;
let theirs: Belongings;

const ok = async <T>(answer: Promise<{ status: number; body: T }>): Promise<T> => {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};
const settings = () => ok(shop.admin('GET', '/similar/settings'));
const set = async (changes: object) => {
  const { revision } = await settings();
  await ok(shop.admin('PUT', '/similar/settings', { revision, changes }));
};
const rows = () =>
  shop.strapi.db.connection('similar_rules').orderBy('id').select('kind', 'type', 'source', 'target', 'place');
const everything = async () => ({ rows: await rows(), settings: (await settings()).settings });

function formOf(content: unknown): FormData {
  const form = new FormData();
  form.append('file', new Blob([typeof content === 'string' ? content : JSON.stringify(content)]), 'file.json');
  return form;
}
const send = (token: string, content: unknown, query = '') =>
  owned.ask(token, 'POST', `${FILE_ROUTE}${query}`, formOf(content));
const imported = (token: string, content: unknown, query = ''): Promise<CarryReport> => ok(send(token, content, query));

const clear = async () => {
  await shop.strapi.db.connection('similar_rules').delete();
  await set({ 'thresholds.similar': null, 'webhook.url': null });
};

before(async () => {
  owned = await startOwnedShop();
  ({ shop, mine, theirs } = owned);
});
after(() => owned?.shop.stop());

/** What both have decided, each about their own, and one about both. */
async function decide(): Promise<void> {
  await clear();
  for (const { first, copy, entry, twin } of [mine, theirs]) {
    for (const rule of [
      { kind: 'pin', type: PRODUCT, source: entry, target: twin, place: 2 },
      { kind: 'hide', type: PRODUCT, target: entry },
      { kind: 'different', type: 'file', source: first.documentId, target: copy.documentId },
    ]) {
      await ok(shop.admin('POST', '/similar/rules', rule));
    }
  }
  await ok(
    shop.admin('POST', '/similar/rules', { kind: 'hide', type: PRODUCT, source: mine.entry, target: theirs.entry }),
  );
  await set({ 'thresholds.similar': 0.4, 'webhook.url': 'https://shop.example/hook' });
}

describe('decisions in a file, over the admin', () => {
  test('go out as a download and come back: said first, then done, then there is nothing to do', async () => {
    await decide();
    const response = await fetch(shop.url + FILE_ROUTE, { headers: { authorization: `Bearer ${shop.token}` } });
    assert.equal(response.status, 200);
    assert.match(
      String(response.headers.get('content-disposition')),
      /^attachment; filename="similar-decisions\.json"/,
    );
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const text = await response.text();
    assert.ok(!text.includes('shop.example'));
    const file = JSON.parse(text);
    assert.deepEqual([file.rules.length, file.verdicts.length, file.settings], [5, 2, { 'thresholds.similar': 0.4 }]);
    const before = await everything();
    await clear();
    const cleared = await everything();
    const dry = await imported(shop.token, text, '?dryRun=true');
    assert.deepEqual(await everything(), cleared, 'a dry run changes nothing');
    assert.deepEqual(
      Object.values(dry).map(({ added, changed, removed, skipped }) =>
        [added, changed, removed, skipped].map(({ length }) => length),
      ),
      [
        [1, 0, 0, 0],
        [5, 0, 0, 0],
        [2, 0, 0, 0],
      ],
    );
    assert.deepEqual(await imported(shop.token, text), dry);
    const sorted = (of: object[]) => of.map((row) => JSON.stringify(row)).sort();
    assert.deepEqual(sorted(await rows()), sorted(before.rows));
    assert.equal((await settings()).settings['thresholds.similar'].value, 0.4);
    const again = await imported(shop.token, text, '?replace=true');
    for (const { added, changed, removed } of Object.values(again)) {
      assert.deepEqual([added, changed, removed], [[], [], []]);
    }
  });

  test('a part alone, both ways', async () => {
    await decide();
    const file = await ok(shop.admin('GET', `${FILE_ROUTE}?only=verdicts,rules`));
    assert.deepEqual(Object.keys(file), ['format', 'version', 'rules', 'verdicts']);
    await clear();
    assert.deepEqual(Object.keys(await imported(shop.token, file, '?only=verdicts')), ['verdicts']);
    assert.deepEqual(new Set((await rows()).map(({ kind }) => kind)), new Set(['different']));
  });
});

describe('who does not see everything', () => {
  test('gets a file of what they see', async () => {
    await decide();
    const file = await ok(owned.ask(owned.author.token, 'GET', FILE_ROUTE));
    assert.deepEqual([file.rules.length, file.verdicts.length], [2, 1]);
    const text = JSON.stringify(file);
    for (const word of ['theirs', theirs.entry, theirs.twin, theirs.first.hash]) assert.ok(!text.includes(word), word);
  });

  test('decides nothing about the rest, and does not learn that it is there', async () => {
    await decide();
    const file = await ok(shop.admin('GET', FILE_ROUTE));
    await clear();
    const { rules, verdicts } = await imported(owned.author.token, file);
    assert.deepEqual([rules?.added.length, verdicts?.added.length], [2, 1]);
    const gone = { type: PRODUCT, documentId: 'of-nothing' };
    const elsewhere = { type: 'api::recipe.recipe', documentId: 'of-nothing' };
    const odd = { ...file, rules: [gone, elsewhere].map((target) => ({ kind: 'hide', target })), verdicts: [] };
    assert.deepEqual(
      (await imported(owned.author.token, odd)).rules?.skipped.map(({ why, item }) => [why, item]),
      [
        ['no-entry', gone],
        ['no-type', elsewhere],
      ],
    );
    assert.deepEqual(
      rules?.skipped.map(({ why, item }) => [why, item?.label]),
      Array.from({ length: 3 }, () => ['no-entry', undefined]),
    );
    const pin = ((rules?.added ?? []) as ToldRule[]).find(({ kind }) => kind === 'pin');
    assert.deepEqual(
      [pin?.item, pin?.on],
      [
        { type: PRODUCT, documentId: mine.twin, label: 'mine twin' },
        { type: PRODUCT, documentId: mine.entry, label: 'mine entry' },
      ],
      'by their titles',
    );
    const telling = new Set([theirs.entry, theirs.twin, theirs.first.documentId, theirs.copy.documentId]);
    assert.ok((await rows()).every(({ source, target }) => !telling.has(source) && !telling.has(target)));
  });

  test('replaces only what they see', async () => {
    await decide();
    const before = await rows();
    const empty = { format: 'similar-decisions', version: 1, rules: [], verdicts: [] };
    const report = await imported(owned.author.token, empty, '?replace=true');
    assert.deepEqual([report.rules?.removed.length, report.verdicts?.removed.length], [2, 1]);
    assert.ok(!JSON.stringify(report).includes('theirs'));
    const left = await rows();
    assert.equal(left.length, before.length - 3);
    assert.equal(left.filter(({ target }) => target === theirs.twin || target === theirs.entry).length, 3);
    const all = await imported(shop.token, empty, '?replace=true');
    assert.equal(all.rules?.removed.length, 3);
    assert.deepEqual(await rows(), []);
  });
});

describe('what is wrong is refused with 400, the place and a remedy, and changes nothing', () => {
  const good = { format: 'similar-decisions', version: 1, rules: [], verdicts: [] };
  const files: Array<[what: string, content: unknown, words: RegExp]> = [
    ['no JSON', '{', /no JSON/],
    ['nothing', '', /no JSON/],
    ['null', 'null', /body/],
    ['another file', { a: 1 }, /format/],
    ['a later version', { ...good, version: 2 }, /Version 2 .* newer than 1/],
    ['no version', { ...good, version: '1' }, /version/],
    ['a rule without an end', { ...good, rules: [{ kind: 'pin', place: 1 }] }, /rules\.0\./],
    ['a kind that is none', { ...good, rules: [{ kind: 'boost' }] }, /rules\.0\.kind/],
    ['a setting that is none', { ...good, settings: { 'webhook.secret': 'x' } }, /webhook\.secret/],
    ['a value that does not fit', { ...good, settings: { 'thresholds.similar': 7 } }, /thresholds\.similar/],
    ['a type that is not there', { ...good, settings: { contentTypes: { 'api::no.no': '*' } } }, /api::no\.no/],
    ['too much', ' '.repeat(32 * 2 ** 20 + 1), /at most 33554432 bytes/],
  ];
  for (const [what, content, words] of files) {
    test(what, async () => {
      const before = await everything();
      const { status, body } = await send(shop.token, content, '?replace=true');
      assert.equal(status, 400, JSON.stringify(body));
      assert.match(body.error.message, words);
      assert.equal(body.error.details.code, 'DECISIONS_INVALID');
      assert.match(body.error.details.remedy, /Nothing was changed/);
      assert.deepEqual(await everything(), before);
    });
  }

  test('rules that the database does not take: the settings of the file are not taken either', async () => {
    await clear();
    const before = await everything();
    const knex = shop.strapi.db.connection;
    await knex.raw(
      `create trigger refused before insert on similar_rules begin select raise(abort, 'the disk is full'); end`,
    );
    const target = { type: PRODUCT, documentId: mine.entry };
    const changing = { ...good, settings: { 'thresholds.similar': 0.42 }, rules: [{ kind: 'hide', target }] };
    try {
      assert.equal((await send(shop.token, changing)).status, 500);
    } finally {
      await knex.raw('drop trigger refused');
    }
    assert.deepEqual(await everything(), before);
    const report = await imported(shop.token, changing);
    assert.deepEqual([report.settings?.added.length, report.rules?.added.length], [1, 1]);
    assert.equal((await settings()).settings['thresholds.similar'].value, 0.42);
    await clear();
  });

  test('no file, two of them, or one of another name', async () => {
    const other = new FormData();
    other.append('picture', new Blob(['{}']), 'a.json');
    const two = formOf('{}');
    two.append('file', new Blob(['{}']), 'b.json');
    const both = formOf('{}');
    both.append('other', new Blob(['{}']), 'b.json');
    for (const body of [undefined, good, new FormData(), other, two, both]) {
      const answer = await owned.ask(shop.token, 'POST', FILE_ROUTE, body);
      assert.equal(answer.status, 400, JSON.stringify(answer.body));
      assert.match(answer.body.error.message, body === two ? /one file for file but received 2 files/ : /file/i);
    }
  });

  test('parameters', async () => {
    for (const [query, word] of [
      ['dryRun=1', 'dryRun'],
      ['replace=yes', 'replace'],
      ['only=boosts', 'only'],
      ['only=', 'Expected some of settings,rules,verdicts for only but received ""'],
      ['only[]=rules', 'only'],
      ['other=1', 'other'],
    ]) {
      const { status, body } = await send(shop.token, good, `?${query}`);
      assert.equal(status, 400, query);
      assert.match(body.error.message, new RegExp(word), query);
      assert.equal(body.error.details.code, 'INVALID_PARAMETER');
    }
  });
});
