import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PictureSource } from '../../../plugin/ports';
import { derivativeFor } from '../../../server/src/media/derivative';
import type { FileRow, Format } from '../../../server/src/media/row';

const format = (width: number, height: number): Format => ({ url: `/uploads/${width}.jpg`, width, height });
const formats = {
  thumbnail: format(208, 156),
  large: format(1000, 750),
  small: format(500, 375),
  medium: format(750, 563),
};
const row = (more: Partial<FileRow> = {}): FileRow => ({
  ...{ id: 1, url: '/uploads/a.jpg', mime: 'image/jpeg', provider: 'x', updatedAt: '', size: 4_000 },
  ...{ width: 4000, height: 3000, formats },
  ...more,
});
const from = (leastEdge: number, kind: PictureSource['kind'] = 'derivative') => ({ kind, leastEdge });
const chosen = (of: FileRow, by: PictureSource | undefined, isLocal = true) => derivativeFor(of, by, isLocal)?.width;

test('the smallest whose shorter edge is as long as the model needs', () => {
  const needs = [150, 156, 157, 375, 376, 564, 751];
  assert.deepEqual(
    needs.map((edge) => chosen(row(), from(edge))),
    [208, 208, 500, 500, 750, 1000, undefined],
  );
});

test('the original where there is no copy, or where a copy does not show all of it', () => {
  const others: Array<Partial<FileRow>> = [
    { formats: null },
    { formats: {} },
    { formats: { small: null } },
    { formats: { small: { ...format(500, 375), url: undefined } } },
    { formats: { small: { url: '/a.jpg' } } },
    { width: null, height: null },
    { formats: { square: format(400, 400) } },
    { formats: { larger: format(8000, 6000) } },
  ];
  for (const other of others) assert.equal(chosen(row(other), from(224)), undefined, JSON.stringify(other));
  assert.equal(chosen(row(), undefined), undefined);
});

test('sides that were rounded to whole pixels are still those of the whole picture', () => {
  assert.equal(chosen(row({ width: 3333, height: 2777, formats: { small: format(500, 417) } }), from(224)), 500);
  assert.equal(chosen(row({ width: 1001, height: 999, formats: { small: format(500, 499) } }), from(224)), 500);
});

test('auto: only of originals above 1 MB that would be fetched', () => {
  const auto = from(224, 'auto');
  assert.equal(chosen(row({ size: 1_000.01 }), auto, false), 500);
  assert.equal(chosen(row({ size: 1_000 }), auto, false), undefined);
  assert.equal(chosen(row({ size: null }), auto, false), undefined);
  assert.equal(chosen(row(), auto, true), undefined);
});
