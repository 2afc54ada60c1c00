import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { DecisionKind } from '../../plugin/contracts/decisions';
import type { Rule } from '../../plugin/contracts/rules';
import type { Decisions, StoredDecision } from '../../plugin/ports';
import { createKnexDecisions } from '../../plugin/store/decisions';
import { createKnexStore } from '../../plugin/store/knex';
import { createKnexRules } from '../../plugin/store/rules';
import { createKnexVerdicts } from '../../plugin/store/verdicts';
import { DATABASES } from '../helpers/two-nodes';

const PRODUCT = 'api::product.product';
const GROUP = Array.from({ length: 1_200 }, (_, at) => `picture-${String(at).padStart(4, '0')}`);

for (const [name, { open, skip }] of Object.entries(DATABASES)) {
  const openNodes = open();

  describe(`decisions on ${name}`, { skip }, () => {
    let nodes: Awaited<ReturnType<typeof openNodes>>;
    let decisions: Decisions;
    before(async () => {
      nodes = await openNodes();
      await createKnexStore(nodes.one).open();
      decisions = createKnexDecisions(nodes.one);
    });
    after(() => nodes?.close());
    beforeEach(async () => {
      await nodes.one('similar_rules').delete();
    });

    const set = (rule: Rule, author?: string) => createKnexRules(nodes.one).set(rule, author);
    const judge = (kind: 'same' | 'different', pictures: string[], author?: string) =>
      createKnexVerdicts(nodes.one).judge(kind, pictures, author);
    const all = async (wanted: { kind?: DecisionKind; author?: string } = {}) =>
      (await decisions.page({ ...wanted, page: 1, pageSize: 100 })).decisions;
    const shown = ({ kind, target, source, place, others, author }: StoredDecision) =>
      [kind, target, source && `on ${source}`, place && `at ${place}`, others && `+${others}`, author && `by ${author}`]
        .filter(Boolean)
        .join(' ');
    /** The times are set: two decisions may be made within one millisecond. */
    const decide = async () => {
      const steps = [
        () => set({ kind: 'pin', type: PRODUCT, source: 'a', target: 'b', place: 3 }, 'Ann'),
        () => set({ kind: 'hide', type: PRODUCT, source: 'a', target: 'c' }, 'Ben'),
        () => set({ kind: 'hide', type: PRODUCT, target: 'c' }),
        () => judge('same', ['x', 'y'], 'Ann'),
        () => judge('different', ['u', 'v'], 'Ben'),
        () => judge('same', GROUP, 'Ann'),
        () => judge('different', ['p', 'q', 'r'], 'Ben'),
      ];
      for (const [at, step] of steps.entries()) {
        const last = await nodes.one('similar_rules').max('id as id').first();
        await step();
        await nodes
          .one('similar_rules')
          .where('id', '>', last?.id ?? 0)
          .update({ created_at: 1_000 + at });
      }
    };
    const EVERY = [
      'different p +2 by Ben',
      `same ${GROUP[0]} +${GROUP.length - 1} by Ann`,
      'different v on u by Ben',
      'same y on x by Ann',
      'hide-everywhere c',
      'hide-here c on a by Ben',
      'pin b on a at 3 by Ann',
    ];

    test('each is one, the latest first, whatever it is stored as', async () => {
      await decide();
      const found = await all();
      assert.deepEqual(found.map(shown), EVERY);
      assert.deepEqual(
        found.map(({ createdAt }) => createdAt),
        [1_006, 1_005, 1_004, 1_003, 1_002, 1_001, 1_000],
      );
      assert.deepEqual(await decisions.authors(), ['Ann', 'Ben']);
    });

    test('by kind, by person, and page by page, with the number of all', async () => {
      await decide();
      const of = async (wanted: Parameters<typeof all>[0]) => (await all(wanted)).map(shown);
      assert.deepEqual(await of({ kind: 'hide-everywhere' }), ['hide-everywhere c']);
      assert.deepEqual(await of({ kind: 'hide-here' }), ['hide-here c on a by Ben']);
      assert.deepEqual(await of({ kind: 'pin' }), ['pin b on a at 3 by Ann']);
      assert.deepEqual(await of({ kind: 'same' }), [EVERY[1], EVERY[3]]);
      assert.deepEqual(await of({ kind: 'different' }), [EVERY[0], EVERY[2]]);
      assert.deepEqual(await of({ author: 'Ann' }), [EVERY[1], EVERY[3], EVERY[6]]);
      assert.deepEqual(await of({ kind: 'different', author: 'Ann' }), []);
      const pages = await Promise.all([1, 2, 3].map((page) => decisions.page({ page, pageSize: 3 })));
      assert.deepEqual(
        pages.flatMap((page) => page.decisions.map(shown)),
        EVERY,
      );
      for (const { total } of pages) assert.equal(total, EVERY.length);
    });

    test('a verdict is taken back as a whole, and no other with it', async () => {
      await decide();
      await judge('same', ['y', 'z'], 'Ben');
      const found = await all();
      const id = (text: string) => (found.find((one) => shown(one).startsWith(text)) as StoredDecision).id;
      const group = id(`same ${GROUP[0]}`);
      assert.deepEqual(await decisions.pictures(group), GROUP);
      assert.deepEqual(await decisions.pictures(id('different p')), ['p', 'q', 'r']);
      assert.deepEqual(await decisions.pictures(id('different v')), ['u', 'v']);
      for (const text of [`same ${GROUP[0]}`, 'different p', 'same y on x']) {
        assert.equal(await decisions.removeVerdict(id(text)), true);
      }
      assert.equal(await decisions.removeVerdict(group), false, 'it is gone');
      assert.equal(await decisions.removeVerdict(id('pin')), false, 'it is no verdict');
      assert.deepEqual((await all()).map(shown).sort(), [...EVERY.slice(4), EVERY[2], 'same z on y by Ben'].sort());
      assert.equal(await decisions.get(group), undefined);
    });
  });
}
