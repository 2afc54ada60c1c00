import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { colourOfHex } from '../../../plugin/colour/hex';
import type { StoredMiniature } from '../../../plugin/ports';
import { miniatureOf } from '../../../plugin/same-photo/miniature';
import { createPictureColours, type PictureColours } from '../../../plugin/search/picture-colours';
import { quiet, SPACE } from '../../helpers/pipeline';

const plain = (...colour: [red: number, green: number, blue: number]) =>
  miniatureOf(Array.from({ length: 32 * 32 }, () => colour).flat(), 32);
const RED = plain(204, 31, 31);
const BLUE = plain(46, 92, 184);
const red = colourOfHex('cc1f1f');
const blue = colourOfHex('2e5cb8');

let rows: StoredMiniature[];
let asked: number[];
let colours: PictureColours;

const store = {
  async miniaturesSince(space: string, after: number, limit: number) {
    assert.equal(space, SPACE.id);
    asked.push(after);
    return rows.filter(({ seq }) => seq > after).slice(0, limit);
  },
};

beforeEach(() => {
  rows = [];
  asked = [];
  colours = createPictureColours({ space: SPACE, store, logger: quiet });
});
afterEach(() => colours.stop());

const having = async (colour: typeof red) => [...(await colours.having(colour))].sort((a, b) => a - b);

describe('the colours of the library', () => {
  test('follow what is stored, replaced and removed', async () => {
    rows.push({ fileId: 1, seq: 1, miniature: RED }, { fileId: 2, seq: 2, miniature: BLUE }, { fileId: 3, seq: 3 });
    assert.deepEqual([await having(red), await having(blue)], [[1], [2]]);
    rows = [rows[1], rows[2], { fileId: 1, seq: 4, miniature: BLUE }, { fileId: 3, seq: 5, miniature: RED }];
    assert.deepEqual([await having(red), await having(blue)], [[3], [1, 2]]);
    rows = [...rows.slice(0, 3), { fileId: 3, seq: 6 }];
    assert.deepEqual(await having(red), [], 'it has no miniature any more');
    colours.removed([2]);
    assert.deepEqual(await having(blue), [1]);
  });

  test('are read once, page by page, however many ask at the same time', async () => {
    rows = Array.from({ length: 1_201 }, (_, at) => ({ fileId: at + 1, seq: at + 1, miniature: at % 2 ? RED : BLUE }));
    const found = await Promise.all([having(red), having(blue), having(red)]);
    assert.deepEqual(
      found.map(({ length }) => length),
      [600, 601, 600],
    );
    assert.deepEqual(asked, [0, 500, 1_000]);
  });

  test('that take too long are an error, and there later', async () => {
    colours = createPictureColours({ space: SPACE, store: { miniaturesSince: slowly }, logger: quiet, patienceMs: 1 });
    let answer = () => {};
    async function slowly(_space: string, after: number) {
      if (after === 0) await new Promise<void>((resolve) => (answer = resolve));
      return after === 0 ? [{ fileId: 1, seq: 1, miniature: RED }] : [];
    }
    await assert.rejects(having(red), { code: 'COLOURS_UNREAD', status: 503 });
    await assert.rejects(having(red), { code: 'COLOURS_UNREAD' }, 'the first reading goes on');
    answer();
    for (;;) {
      const found = await having(red).catch(() => undefined);
      if (found) return assert.deepEqual(found, [1]);
    }
  });

  test('that could not be read are read again', async () => {
    const failing = { miniaturesSince: async () => Promise.reject(new Error('the database is away')) };
    const other = createPictureColours({ space: SPACE, store: failing, logger: quiet });
    await assert.rejects(other.having(red), /the database is away/);
    failing.miniaturesSince = async () => [{ fileId: 1, seq: 1, miniature: RED }] as never;
    assert.deepEqual([...(await other.having(red))], [1]);
  });
});
