import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { colourOfHex } from '../../../plugin/colour/hex';
import type { FileId, StoredPalette } from '../../../plugin/ports';
import { miniatureOf } from '../../../plugin/same-photo/miniature';
import { createPictureColours, type PictureColours } from '../../../plugin/search/picture-colours';
import { quiet, SPACE } from '../../helpers/pipeline';

const plain = (...colour: [red: number, green: number, blue: number]) =>
  miniatureOf(Array.from({ length: 32 * 32 }, () => colour).flat(), 32);
const RED = plain(204, 31, 31);
const BLUE = plain(46, 92, 184);
const red = colourOfHex('cc1f1f');
const blue = colourOfHex('2e5cb8');

interface Picture {
  fileId: FileId;
  seq: number;
  miniature?: Uint8Array;
  palette?: Uint8Array;
}

let rows: Picture[];
/** Where each page began. */
let asked: number[];
/** Pictures whose miniatures were read. */
let looked: FileId[];
let colours: PictureColours;

const store = {
  async palettesSince(space: string, after: number, limit: number): Promise<StoredPalette[]> {
    assert.equal(space, SPACE.id);
    asked.push(after);
    const page = rows.filter(({ seq }) => seq > after).slice(0, limit);
    return page.map(({ fileId, seq, palette }) => ({ fileId, seq, ...(palette && { palette }) }));
  },
  async photos(_space: string, fileIds: readonly FileId[]) {
    looked.push(...fileIds);
    const found = rows.filter(({ fileId }) => fileIds.includes(fileId));
    return new Map(found.map(({ fileId, miniature }) => [fileId, { digest: 'd', ...(miniature && { miniature }) }]));
  },
  async keepPalettes(_space: string, found: readonly StoredPalette[]) {
    for (const { seq, palette } of found) Object.assign(rows.find((row) => row.seq === seq) ?? {}, { palette });
  },
};

beforeEach(() => {
  rows = [];
  asked = [];
  looked = [];
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
    rows = [{ fileId: 1, seq: 1, miniature: RED }];
    let answer = () => {};
    async function slowly(...page: Parameters<typeof store.palettesSince>) {
      if (page[1] === 0) await new Promise<void>((resolve) => (answer = resolve));
      return store.palettesSince(...page);
    }
    const slow = { ...store, palettesSince: slowly };
    colours = createPictureColours({ space: SPACE, store: slow, logger: quiet, patienceMs: 1 });
    await assert.rejects(having(red), { code: 'COLOURS_UNREAD', status: 503 });
    await assert.rejects(having(red), { code: 'COLOURS_UNREAD' }, 'the first reading goes on');
    answer();
    for (;;) {
      const found = await having(red).catch(() => undefined);
      if (found) return assert.deepEqual(found, [1]);
    }
  });

  test('that could not be read are read again', async () => {
    rows = [{ fileId: 1, seq: 1, miniature: RED }];
    const failing = { ...store, palettesSince: async () => Promise.reject(new Error('the database is away')) };
    const other = createPictureColours({ space: SPACE, store: failing, logger: quiet });
    await assert.rejects(other.having(red), /the database is away/);
    Object.assign(failing, store);
    assert.deepEqual([...(await other.having(red))], [1]);
  });

  test('are kept: after the next start no picture is looked at again but those that had none', async () => {
    rows = [
      { fileId: 1, seq: 1, miniature: RED },
      { fileId: 2, seq: 2, miniature: BLUE },
      { fileId: 3, seq: 3 },
    ];
    assert.deepEqual(await having(red), [1]);
    assert.deepEqual(looked, [1, 2, 3]);
    looked = [];
    colours = createPictureColours({ space: SPACE, store, logger: quiet });
    assert.deepEqual([await having(red), await having(blue), looked], [[1], [2], [3]]);
  });

  test('that an earlier version has kept are found anew', async () => {
    rows = [{ fileId: 1, seq: 1, miniature: RED, palette: Uint8Array.of(0, 1, 2) }];
    assert.deepEqual([await having(red), looked], [[1], [1]]);
    assert.ok((rows[0].palette?.length ?? 0) > 3);
  });

  test('that cannot be kept are there all the same', async () => {
    const full = { ...store, keepPalettes: async () => Promise.reject(new Error('the disk is full')) };
    colours = createPictureColours({ space: SPACE, store: full, logger: quiet });
    rows = [{ fileId: 1, seq: 1, miniature: RED }];
    assert.deepEqual(await having(red), [1]);
  });
});
