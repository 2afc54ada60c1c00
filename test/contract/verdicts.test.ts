import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Verdicts } from '../../plugin/ports';
import { createKnexStore } from '../../plugin/store/knex';
import { createKnexRules } from '../../plugin/store/rules';
import { createKnexVerdicts } from '../../plugin/store/verdicts';
import { DATABASES } from '../helpers/two-nodes';

for (const [name, { open, skip }] of Object.entries(DATABASES)) {
  const openNodes = open();

  describe(`verdicts on ${name}`, { skip }, () => {
    let nodes: Awaited<ReturnType<typeof openNodes>>;
    let verdicts: Verdicts;
    before(async () => {
      nodes = await openNodes();
      await createKnexStore(nodes.one).open();
      verdicts = createKnexVerdicts(nodes.one);
    });
    after(() => nodes?.close());

    const rules = () => createKnexRules(nodes.one);
    const pair = (kind: 'same' | 'different', source: string, target: string) => {
      return { kind, type: 'file', source, target } as const;
    };
    const clear = async () => {
      await nodes.one('similar_rules').delete();
    };
    /** Who is the same, as groups; pairs and sets that are different. */
    const said = async () => {
      const { pairs, sets } = await verdicts.all();
      const show = (kind: string) => pairs.filter((pair) => pair.kind === kind).map(({ a, b }) => `${a}=${b}`);
      return { same: show('same').sort(), different: show('different').sort(), sets: sets.map((set) => set.sort()) };
    };
    const nothing = { same: [], different: [], sets: [] };

    test('a group of thousands is as many rows, and its state is another one each time', async () => {
      await clear();
      const group = Array.from({ length: 2_500 }, (_, at) => `picture-${at}`);
      const states = [await verdicts.state()];
      await verdicts.judge('same', group, 'Ann');
      states.push(await verdicts.state());
      assert.equal((await said()).same.length, group.length - 1);
      await verdicts.judge('different', group, 'Ben');
      states.push(await verdicts.state());
      assert.deepEqual(await said(), { ...nothing, sets: [group.toSorted()] }, 'the last one holds');
      await verdicts.judge('same', group);
      states.push(await verdicts.state());
      assert.deepEqual([(await said()).same.length, (await said()).sets], [group.length - 1, []]);
      await verdicts.undo('same', group);
      states.push(await verdicts.state());
      assert.deepEqual(await said(), nothing);
      for (const [at, state] of states.slice(1, 4).entries()) assert.notEqual(state, states[at]);
    });

    test('two pictures are a pair, as they are by the rules, and either undoes the other', async () => {
      await clear();
      for (const kind of ['same', 'different'] as const) {
        await verdicts.judge(kind, ['b', 'a']);
        assert.deepEqual(await said(), { ...nothing, [kind]: ['a=b'] });
        assert.equal(await rules().remove(pair(kind, 'a', 'b')), true);
        await rules().set(pair(kind, 'a', 'b'));
        await verdicts.undo(kind, ['a', 'b']);
        assert.deepEqual(await said(), nothing);
      }
    });

    test('what is taken back of a part leaves the rest together, also of pairs', async () => {
      await clear();
      await verdicts.judge('same', ['a', 'b', 'c', 'd']);
      await rules().set(pair('same', 'd', 'e'));
      await verdicts.judge('same', ['x', 'y']);
      await verdicts.undo('same', ['a', 'b']);
      assert.deepEqual((await said()).same, ['c=d', 'c=e', 'x=y']);
      await verdicts.undo('same', ['e', 'x']);
      assert.deepEqual((await said()).same, ['c=d']);
    });

    test('pictures that are the same leave sets of different ones, and no others do', async () => {
      await clear();
      await verdicts.judge('different', ['a', 'b', 'c', 'd', 'e']);
      await rules().set(pair('different', 'a', 'f'));
      await rules().set(pair('different', 'a', 'z'));
      await verdicts.judge('same', ['a', 'b', 'f']);
      assert.deepEqual(await said(), { same: ['a=b', 'a=f'], different: ['a=z'], sets: [['c', 'd', 'e']] });
      await verdicts.judge('different', ['c', 'x']);
      assert.deepEqual((await said()).sets, [['c', 'd', 'e']]);
      await verdicts.undo('different', ['c', 'd']);
      assert.deepEqual((await said()).different, ['a=z', 'c=x']);
    });

    test('no search is given verdicts: one picture may have thousands', async () => {
      await clear();
      await verdicts.judge('same', ['a', 'b', 'c']);
      assert.deepEqual(await rules().concerning('file', 'a'), []);
      await rules().set({ kind: 'hide', type: 'file', source: 'a', target: 'b' });
      assert.equal((await rules().concerning('file', 'a')).length, 1);
    });

    test('searches of one turn ask for their rules in one statement a type, and each gets its own', async () => {
      await clear();
      await rules().set({ kind: 'pin', type: 'file', source: 'a', target: 'x', place: 2 });
      await rules().set({ kind: 'pin', type: 'file', source: 'a', target: 'y', place: 1 });
      await rules().set({ kind: 'hide', type: 'file', source: 'b', target: 'z' });
      await rules().set({ kind: 'hide', type: 'file', target: 'everywhere' });
      await rules().set({ kind: 'hide', type: 'api::a.a', source: 'a', target: 'other' });
      const statements: string[] = [];
      const count = ({ sql }: { sql: string }) => statements.push(sql);
      nodes.one.on('query', count);
      const asked = rules();
      const more = Array.from({ length: 50 }, (_, at) => `item-${at}`);
      const sources = ['a', 'b', undefined, 'a', ...more];
      const answers = await Promise.all([
        ...sources.map((source) => asked.concerning('file', source)),
        asked.concerning('api::a.a', 'a'),
      ]).finally(() => nodes.one.off('query', count));
      const targets = answers.map((rules) => rules.map(({ target }) => target));
      // Databases have no one opinion on where those without a place belong.
      const own = targets.map((ofOne) => ofOne.filter((target) => target !== 'everywhere'));
      assert.deepEqual(own, [['y', 'x'], ['z'], [], ['y', 'x'], ...more.map(() => []), ['other']]);
      const everywhere = targets.map((ofOne) => ofOne.includes('everywhere'));
      assert.deepEqual(everywhere, [...sources.map(() => true), false]);
      assert.equal(statements.length, 2);
    });
  });
}
