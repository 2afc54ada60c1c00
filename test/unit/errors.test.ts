import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ERRORS, type ErrorEntry, expected, SimilarError } from '../../plugin/errors';
import { page, tableBelow } from '../helpers/markdown';

test('docs/errors.md says of every code what the table says, and knows no other', () => {
  const documented = tableBelow(page('docs/errors.md'), 'Codes');
  const coded = Object.entries(ERRORS as Record<string, ErrorEntry>).map(([code, { status, cause, remedy }]) => [
    `\`${code}\``,
    status === undefined ? '' : String(status),
    cause,
    remedy,
  ]);
  const byCode = (a: string[], b: string[]) => (a[0] < b[0] ? -1 : 1);
  assert.deepEqual(documented.toSorted(byCode), coded.toSorted(byCode));
});

test('every code has a cause and a remedy that are sentences', () => {
  for (const [code, { cause, remedy }] of Object.entries(ERRORS)) {
    assert.match(code, /^[A-Z]+(_[A-Z0-9]+)*$/);
    assert.match(cause, /^\S.*\.$/, code);
    assert.match(remedy, /^\S.*\.$/, code);
  }
});

test('what was received is shown, lists and objects too', () => {
  const shown = (value: unknown) => expected('ids', 'ids', value).message;
  assert.equal(shown([]), 'Expected ids for ids but received [] of type array');
  assert.equal(shown({ a: 1 }), 'Expected ids for ids but received {"a":1} of type object');
  assert.equal(shown(undefined), 'Expected ids for ids but received undefined of type undefined');
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  assert.match(shown(circular), /received \[object Object\] of type object/);
});

test('an error carries its status, remedy, details and cause', () => {
  const cause = new Error('below');
  const error = new SimilarError('NOT_FOUND', 'No picture 7', { id: 7 }, { cause });
  assert.equal(error.status, 404);
  assert.equal(error.remedy, ERRORS.NOT_FOUND.remedy);
  assert.deepEqual(error.details, { id: 7 });
  assert.equal(error.cause, cause);
  assert.ok(error instanceof Error);
});

test('a code that never reaches a client has no status', () => {
  assert.equal(new SimilarError('GAVE_UP', 'stopped').status, undefined);
});

for (const [received, shown] of [
  ['x', '"x" of type string'],
  [null, 'null of type null'],
  [[1, 2], '[1,2] of type array'],
  [-1, '-1 of type number'],
  ['y'.repeat(500), `"${'y'.repeat(80)}" of type string`],
] as const) {
  test(`expected() names what it got: ${shown.slice(0, 30)}`, () => {
    const error = expected('a page number', 'page', received);
    assert.equal(error.message, `Expected a page number for page but received ${shown}`);
    assert.equal(error.code, 'INVALID_PARAMETER');
    assert.deepEqual(error.details, { name: 'page' });
  });
}
