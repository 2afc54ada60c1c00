import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Place, placeOf, readWanted } from '../../../admin/src/model/place';
import { sidesOf } from '../../../admin/src/model/sides';
import texts from '../../../admin/src/translations/en.json';
import { amountOfBytes, amountOfTime } from '../../../admin/src/utils/amounts';
import { ERRORS } from '../../../plugin/errors';

test('a picture keeps its sides, both models are on the left as often, and no row of ids tells which', () => {
  const lefts = Array.from({ length: 2_000 }, (_, id) => sidesOf(id + 1).A);
  assert.deepEqual(
    lefts,
    lefts.map((_, at) => sidesOf(at + 1).A),
  );
  const share = (sides: string[]) => sides.filter((side) => side === 'live').length / sides.length;
  assert.ok(Math.abs(share(lefts) - 0.5) < 0.05, `${share(lefts)}`);
  // After “live”, and of every second, third, … id, it is as open as ever.
  for (const step of [1, 2, 3, 4, 8, 10, 16]) {
    const after = lefts.slice(step).filter((_, at) => lefts[at] === 'live');
    assert.ok(Math.abs(share(after) - 0.5) < 0.07, `${step}: ${share(after)}`);
    const some = lefts.filter((_, at) => at % step === 0);
    assert.ok(Math.abs(share(some) - 0.5) < 0.15, `each ${step}: ${share(some)}`);
  }
  for (const id of [1, 2, 3]) assert.notEqual(sidesOf(id).A, sidesOf(id).B);
});

test('from picture to picture over the pages, there and back', () => {
  const list = [[11, 12, 13], [14, 15, 16], [17]];
  const at = ({ picture, page }: Place) => placeOf(picture, { ids: list[page - 1], page, pages: list.length });
  const walk = (start: Place, direction: 'before' | 'after') => {
    const seen: unknown[] = [];
    for (let place: Place | undefined = start; place; place = at(place)[direction]) seen.push(at(place).id);
    return seen;
  };
  const all = list.flat();
  assert.deepEqual(walk({ picture: 11, page: 1 }, 'after'), all);
  assert.deepEqual(walk({ picture: 17, page: 3 }, 'before'), all.toReversed());
});

test('a picture of another page, and one whose page is being loaded, are shown without neighbours', () => {
  assert.deepEqual(placeOf(99, { ids: [1, 2], page: 1, pages: 2 }), { id: 99 });
  assert.deepEqual(placeOf(1, { ids: undefined, page: 1, pages: 0 }), { id: 1 });
  assert.deepEqual(placeOf('first', { ids: undefined, page: 2, pages: 0 }), { id: undefined });
  assert.deepEqual(placeOf('last', { ids: [], page: 2, pages: 1 }), { id: undefined });
});

test('what somebody types into the address is a picture, or nothing', () => {
  assert.equal(readWanted('12'), 12);
  assert.equal(readWanted('last'), 'last');
  for (const value of [undefined, '', '0', '-1', '1.5', 'x', '1e99']) assert.equal(readWanted(value), undefined, value);
});

test('times and sizes in the unit that people would say them in', () => {
  const time = (seconds: number) => Object.values(amountOfTime(seconds)).join(' ');
  assert.deepEqual([0.2, 89, 90, 5_399, 5_400, 129_599, 129_600].map(time), [
    '1 second',
    '89 second',
    '2 minute',
    '90 minute',
    '2 hour',
    '36 hour',
    '2 day',
  ]);
  const size = (bytes: number) => Object.values(amountOfBytes(bytes)).join(' ');
  assert.deepEqual([0, 64_000, 999_499, 999_500, 1_200_000, 999_499_999, 2_500_000_000].map(size), [
    '1 kilobyte',
    '64 kilobyte',
    '999.499 kilobyte',
    '0.9995 megabyte',
    '1.2 megabyte',
    '999.499999 megabyte',
    '2.5 gigabyte',
  ]);
});

test('each code that is put into words is one of the server', () => {
  const prefix = 'model.problem.';
  const codes = Object.keys(texts).flatMap((id) => (id.startsWith(prefix) ? id.slice(prefix.length) : []));
  assert.ok(codes.includes('MODEL_UNAVAILABLE'));
  assert.deepEqual(
    codes.filter((code) => code !== 'other' && !(code in ERRORS)),
    [],
  );
});
