import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestPositions, resizeNearest } from '../../../plugin/embedder/process/preprocess';

// Seen from Pillow 12: np.array(Image.fromarray(arange(N)).resize((224, 1), NEAREST)).
const PILLOW: ReadonlyArray<[length: number, size: number, start: number[], end: number[]]> = [
  [640, 224, [1, 4, 7, 10, 12, 15, 18, 21, 24, 27, 30, 32], [624, 627, 629, 632, 635, 638]],
  [1280, 224, [2, 8, 14, 20, 25, 31, 37, 42, 48, 54, 60, 65], [1248, 1254, 1259, 1265, 1271, 1277]],
  [300, 224, [0, 2, 3, 4, 6, 7, 8, 10, 11, 12, 14, 15], [292, 293, 295, 296, 297, 299]],
  [224, 224, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [218, 219, 220, 221, 222, 223]],
  [100, 224, [0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5], [97, 97, 98, 98, 99, 99]],
  [4000, 224, [8, 26, 44, 62, 80, 98, 116, 133, 151, 169, 187, 205], [3901, 3919, 3937, 3955, 3973, 3991]],
  [1, 224, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]],
];

for (const [length, size, start, end] of PILLOW) {
  test(`nearest: ${length} → ${size} takes the pixels that Pillow takes`, () => {
    const positions = [...nearestPositions(length, size)];
    assert.equal(positions.length, size);
    assert.deepEqual(positions.slice(0, start.length), start);
    assert.deepEqual(positions.slice(-end.length), end);
  });
}

test('nearest: a picture of one pixel fills the square', () => {
  assert.deepEqual(
    [...resizeNearest(Uint8Array.of(1, 2, 3), { width: 1, height: 1, channels: 3 }, 2).pixels],
    [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3],
  );
});

test('nearest: rows and columns are not mixed up', () => {
  // 4 × 2 pixels whose channels are x, y, 9; the 2 × 2 target takes the columns 1 and 3.
  const pixels = Uint8Array.from([0, 1].flatMap((y) => [0, 1, 2, 3].flatMap((x) => [x, y, 9])));
  assert.deepEqual(
    [...resizeNearest(pixels, { width: 4, height: 2, channels: 3 }, 2).pixels],
    [1, 0, 9, 3, 0, 9, 1, 1, 9, 3, 1, 9],
  );
});
