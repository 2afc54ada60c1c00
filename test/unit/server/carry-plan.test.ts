import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Told } from '../../../plugin/contracts/carry';
import type { NewRow, StoredRow } from '../../../plugin/store/rule-rows';
import { type PlannedRows, planRules, type WantedRule } from '../../../server/src/carry/rule-changes';
import { type Group, groupsOf, planVerdicts } from '../../../server/src/carry/verdict-changes';

const NOW = 1_000_000;
const named = (id: string) => ({ type: 'file', label: id.toUpperCase() });
const [A, B, C, D] = ['a', 'b', 'c', 'd'].map(named);
const options = (replace = false) => ({ replace, now: NOW, named });

/** As the table would be afterwards. */
function after(there: readonly StoredRow[], { remove, put }: Pick<PlannedRows, 'remove' | 'put'>): StoredRow[] {
  const rows = there.filter(({ id }) => !remove.includes(id));
  const key = ({ kind, type, source, target }: NewRow) => [kind, type, source, target].join(' ');
  let last = Math.max(0, ...there.map(({ id }) => id));
  for (const row of put) {
    const at = rows.findIndex((one) => key(one) === key(row));
    if (at === -1) rows.push({ ...row, id: ++last });
    else rows[at] = { ...row, id: rows[at].id };
  }
  return rows;
}

const rule = (kind: 'pin' | 'hide', source: string, target: string, place: number | null = null): WantedRule => ({
  ...{ kind, type: 'api::product.product', source, target, place, author: null },
});
const stored = (rows: ReadonlyArray<Omit<NewRow, 'created_at'>>): StoredRow[] =>
  rows.map((row, at) => ({ ...row, id: at + 1, created_at: at }));

describe('rules of a file', () => {
  const there = stored([rule('pin', 'a', 'b', 1), rule('hide', '', 'c')]);

  test('are added, and changed where the place is another one; the others stay', () => {
    const wanted = [rule('pin', 'a', 'b', 2), rule('hide', '', 'd'), rule('hide', 'a', 'c')];
    const plan = planRules(there, wanted, options());
    assert.deepEqual(plan.outcome, {
      added: [
        { kind: 'hide', item: D },
        { kind: 'hide', item: C, on: A },
      ],
      changed: [{ kind: 'pin', item: B, on: A, place: 2 }],
      removed: [],
      skipped: [],
      unchanged: 0,
    });
    const again = planRules(after(there, plan), wanted, options());
    assert.deepEqual([again.put, again.remove, again.outcome.unchanged], [[], [], 3]);
  });

  test('remove with replace what the file lacks, and no verdict', () => {
    const verdict = { kind: 'same', type: 'file', source: 'p', target: 'q', place: null, author: null };
    const all = stored([...there, verdict]);
    const plan = planRules(all, [rule('pin', 'a', 'b', 1)], options(true));
    assert.deepEqual(plan.outcome.removed, [{ kind: 'hide', item: C }]);
    assert.deepEqual([plan.remove, plan.put], [[2], []]);
  });

  test('who decided is no difference', () => {
    const plan = planRules(there, [{ ...rule('hide', '', 'c'), author: 'Ann' }], options());
    assert.deepEqual([plan.put, plan.outcome.unchanged], [[], 1]);
  });
});

describe('verdicts of a file', () => {
  const same = (...pictures: string[]): Group => ({ kind: 'same', pictures, author: null });
  const different = (...pictures: string[]): Group => ({ kind: 'different', pictures, author: null });
  const build = (...groups: Group[]) =>
    groups.reduce((rows, group) => after(rows, planVerdicts(rows, [group], options())), [] as StoredRow[]);
  const lines = (of: Told[]) =>
    of.map((one) => 'pictures' in one && `${one.kind}: ${one.pictures.map(({ label }) => label).join(', ')}`);
  const said = (rows: readonly StoredRow[]) =>
    groupsOf(rows)
      .map(({ kind, pictures }) => `${kind} ${pictures.join('')}`)
      .sort();

  test('become what the judging of groups stores, and come out as they went in', () => {
    const groups = [same('a', 'b', 'c'), different('x', 'y'), different('p', 'q', 'r')];
    const plan = planVerdicts([], groups, options());
    assert.deepEqual(lines(plan.outcome.added), ['same: A, B, C', 'different: X, Y', 'different: P, Q, R']);
    const rows = after([], plan);
    assert.deepEqual(said(rows), ['different pqr', 'different xy', 'same abc']);
    const again = planVerdicts(rows, groups, options(true));
    assert.deepEqual([again.put, again.remove, again.outcome.unchanged], [[], [], 3]);
  });

  test('undo what was said to the contrary, and leave the rest', () => {
    const there = build(same('a', 'b'), same('u', 'v'), different('k', 'l', 'm', 'n'), different('c', 'd'));
    const wanted = [different('a', 'b'), same('k', 'l'), same('c', 'd')];
    const plan = planVerdicts(there, wanted, options());
    assert.deepEqual(lines(plan.outcome.removed), ['same: A, B', 'different: C, D', 'different: K, L']);
    const rows = after(there, plan);
    assert.deepEqual(said(rows), ['different ab', 'different mn', 'same cd', 'same kl', 'same uv']);
    const again = planVerdicts(rows, wanted, options());
    assert.deepEqual([again.put, again.remove, again.outcome.removed], [[], [], []]);
  });

  test('hold beside each other where the file has them so', () => {
    // Said one after the other: b is the same as a, c is, and yet these two are not one.
    const wanted = [same('a', 'b', 'c'), different('b', 'c')];
    const plan = planVerdicts(build(same('a', 'b', 'c')), wanted, options());
    assert.deepEqual([plan.outcome.removed, lines(plan.outcome.added)], [[], ['different: B, C']]);
  });

  test('that have a pair in common write it once', () => {
    const plan = planVerdicts([], [same('a', 'b', 'c'), same('a', 'b')], options());
    assert.deepEqual(
      plan.put.map(({ source, target }) => `${source}${target}`),
      ['ab', 'ac'],
    );
    assert.equal(plan.outcome.unchanged, 1);
  });

  test('with replace, nothing else stays', () => {
    const there = build(same('a', 'b'), different('k', 'l', 'm'), different('x', 'y'));
    const plan = planVerdicts(there, [same('a', 'b')], options(true));
    assert.deepEqual(lines(plan.outcome.removed), ['different: X, Y', 'different: K, L, M']);
    assert.deepEqual(said(after(there, plan)), ['same ab']);
  });

  test('the first of the same ones may have any documentId: pairs are in order', () => {
    const plan = planVerdicts([], [same('m', 'a', 'z')], options());
    assert.deepEqual(
      plan.put.map(({ source, target }) => `${source}${target}`),
      ['am', 'mz'],
    );
  });
});
