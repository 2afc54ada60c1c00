import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cellAt, detailOf, hit, levelOf, middleOf } from '../../../admin/src/map/detail';
import { caughtBy, isInside } from '../../../admin/src/map/lasso';
import { type Points, unpackPoints } from '../../../admin/src/map/points';
import { createThumbnails, MOST_BITMAPS } from '../../../admin/src/map/thumbnails';
import { MAX_ZOOM, moved, onCanvas, onMap, pinched, WHOLE, zoomed } from '../../../admin/src/map/view';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import { packSpots } from '../../../plugin/map/pack';
import { until } from '../../helpers/until';
import { createRandom } from '../../helpers/vectors';

const SIZE = { width: 900, height: 600 };
const FIT = 528;

function scattered(count: number): Points {
  const random = createRandom(5);
  const numbers = () => Float32Array.from({ length: count }, random);
  return { ids: Array.from({ length: count }, (_, at) => 3 * at + 1), x: numbers(), y: numbers() };
}

test('unpacks what the server packs', async () => {
  const spots = new Map([
    [70_000, { x: -10, y: 5 }],
    [3, { x: 10, y: 15 }],
    [12, { x: 0, y: 10 }],
  ]);
  const { ids, x, y } = unpackPoints(await packSpots(spots));
  assert.deepEqual(ids, [3, 12, 70_000]);
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-4, `${a} ${b}`);
  for (const [at, [right, down]] of [
    [1, 0.75],
    [0.5, 0.5],
    [0, 0.25],
  ].entries()) {
    near(x[at], right);
    near(y[at], down);
  }
});

describe('level of detail', () => {
  const points = scattered(5_000);
  const details = Array.from({ length: levelOf(MAX_ZOOM) + 1 }, (_, level) => ({
    level,
    ...detailOf(points, level, FIT),
  }));

  test('pictures do not cover each other, and lie where those are that they stand for', () => {
    for (const { cell, shown } of details) {
      const middles = [...shown.keys()].map((key) => middleOf(cell, key));
      const distinct = new Set(middles.map(({ x, y }) => `${Math.floor(x / cell)} ${Math.floor(y / cell)}`));
      assert.equal(distinct.size, shown.size);
      for (const [key, at] of shown) {
        const { x, y } = middleOf(cell, key);
        assert.ok(Math.abs(points.x[at] - x) <= cell * 0.501 && Math.abs(points.y[at] - y) <= cell * 0.501);
      }
    }
  });

  test('from afar few are shown, from close by all', () => {
    assert.ok(details[0].shown.size <= (FIT / 44 + 1) ** 2);
    assert.ok(details.every(({ shown }, at) => at === 0 || shown.size >= details[at - 1].shown.size * 0.95));
    assert.ok(details.at(-1)!.shown.size > 0.99 * points.ids.length);
  });

  test('most of what was seen from afar stays when one comes closer', () => {
    for (let level = 1; level < details.length; level++) {
      const now = new Set(details[level].shown.values());
      const before = [...details[level - 1].shown.values()];
      const kept = before.filter((at) => now.has(at)).length / before.length;
      assert.ok(kept > 0.5, `level ${level}: ${kept}`);
    }
  });

  test('a point of the canvas means the picture of its cell, or the dot beside it', () => {
    const few: Points = { ids: [4, 9], x: Float32Array.of(0.1, 0.9), y: Float32Array.of(0.1, 0.9) };
    const detail = detailOf(few, 0, FIT);
    assert.equal(hit(few, detail, { x: 0.1, y: 0.1 }, 0.01), 0);
    assert.equal(hit(few, detail, { x: 0.5, y: 0.5 }, 0.01), undefined);
    assert.equal(hit(few, { ...detail, shown: new Map() }, { x: 0.905, y: 0.9 }, 0.01), 1);
    assert.equal(hit(few, detail, { x: -0.5, y: 0.2 }, 0.01), undefined);
  });
});

describe('the lasso', () => {
  const square = (left: number, top: number, side: number) => [
    { x: left, y: top },
    { x: left + side, y: top },
    { x: left + side, y: top + side },
    { x: left, y: top + side },
  ];
  /** Nothing is shown as a picture: all are dots. */
  const dots = { cell: 1, shown: new Map<number, number>() };

  test('what the line goes around is inside, however it bends; without a line nothing is', () => {
    const bay = [
      { x: 0, y: 0 },
      { x: 3, y: 0 },
      { x: 3, y: 3 },
      { x: 2, y: 3 },
      { x: 2, y: 1 },
      { x: 1, y: 1 },
      { x: 1, y: 3 },
      { x: 0, y: 3 },
    ];
    assert.ok(isInside(bay, { x: 0.5, y: 2 }));
    assert.ok(isInside(bay, { x: 2.5, y: 2 }));
    assert.ok(isInside(bay, { x: 1.5, y: 0.5 }));
    assert.ok(!isInside(bay, { x: 1.5, y: 2 }), 'in the bay');
    assert.ok(!isInside(bay, { x: -1, y: 2 }));
    assert.ok(!isInside([], { x: 0, y: 0 }));
    assert.deepEqual(caughtBy([], scattered(10), dots), []);
  });

  test('catches what is inside, from the middle outwards', () => {
    const points = scattered(2_000);
    const line = square(0.25, 0.25, 0.5);
    const expected = points.ids
      .map((id, at) => ({
        id,
        far: Math.hypot(points.x[at] - 0.5, points.y[at] - 0.5),
        x: points.x[at],
        y: points.y[at],
      }))
      .filter(({ x, y }) => x > 0.25 && x < 0.75 && y > 0.25 && y < 0.75)
      .sort((a, b) => a.far - b.far)
      .map(({ id }) => id);
    assert.ok(expected.length > 100);
    assert.deepEqual(caughtBy(line, points, dots), expected);
  });

  test('a picture is caught where it is seen, which is the middle of its cell', () => {
    const points: Points = { ids: [7], x: Float32Array.of(0.29), y: Float32Array.of(0.29) };
    const detail = { cell: 0.2, shown: new Map([[cellAt(0.2, 0.29, 0.29), 0]]) };
    assert.deepEqual(middleOf(0.2, cellAt(0.2, 0.29, 0.29)), { x: 0.30000000000000004, y: 0.30000000000000004 });
    assert.deepEqual(caughtBy(square(0.295, 0.295, 0.1), points, detail), [7]);
    assert.deepEqual(caughtBy(square(0.28, 0.28, 0.015), points, detail), [], 'only its dot, which is hidden');
  });
});

describe('the view', () => {
  test('what is under the pointer stays there while one zooms', () => {
    const point = { x: 700, y: 150 };
    const view = zoomed(WHOLE, SIZE, 4);
    const before = onMap(view, SIZE, point);
    const after = onMap(zoomed(view, SIZE, 2, point), SIZE, point);
    assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 1e-9);
  });

  test('is moved by as many pixels as the hand', () => {
    const view = zoomed(WHOLE, SIZE, 4);
    const { x, y } = onCanvas(moved(view, SIZE, 30, -20), SIZE, 0.5, 0.5);
    const before = onCanvas(view, SIZE, 0.5, 0.5);
    assert.deepEqual([Math.round(x - before.x), Math.round(y - before.y)], [30, -20]);
  });

  test('goes with two fingers: what lay under each lies under it afterwards', () => {
    const view = zoomed(WHOLE, SIZE, 4);
    const from = [
      { x: 300, y: 200 },
      { x: 500, y: 300 },
    ];
    const to = [
      { x: 350, y: 180 },
      { x: 650, y: 330 },
    ];
    for (const [before, after, factor] of [
      [from, to, 1.5],
      [to, from, 1 / 1.5],
    ] as const) {
      const next = pinched(view, SIZE, [...before], [...after]);
      assert.ok(Math.abs(next.zoom / view.zoom - factor) < 1e-9);
      for (const [at, finger] of after.entries()) {
        const [was, is] = [onMap(view, SIZE, before[at]), onMap(next, SIZE, finger)];
        assert.ok(Math.hypot(is.x - was.x, is.y - was.y) < 1e-9);
      }
    }
  });

  test('stays where it is while two fingers meet in one point', () => {
    const [meeting, apart] = [
      [0, 0],
      [0, 2],
    ].map((across) => across.map((x) => ({ x: 450 + x, y: 300 })));
    const view = zoomed(WHOLE, SIZE, 4);
    assert.equal(pinched(view, SIZE, meeting, meeting).zoom, 4);
    assert.equal(pinched(view, SIZE, meeting, apart).zoom, 8);
  });

  test('never loses the map, and shows all of it when one has zoomed out', () => {
    const far = moved(zoomed(WHOLE, SIZE, 8), SIZE, -1e6, 1e6);
    assert.deepEqual([far.x, far.y], [1, 0]);
    assert.equal(zoomed(far, SIZE, 1e9).zoom, MAX_ZOOM);
    assert.deepEqual(zoomed(far, SIZE, 1e-9), WHOLE);
  });
});

describe('thumbnails', () => {
  const pictureOf = (id: number) => ({ id, thumbnail: `/${id}.jpg` }) as AdminPicture;

  function setUp(gone: number[] = []) {
    const log = { open: 0, most: 0, held: 0, asked: [] as number[], loaded: [] as string[] };
    const thumbnails = createThumbnails({
      async loadPictures(ids) {
        log.asked.push(...ids);
        return ids.filter((id) => !gone.includes(id)).map(pictureOf);
      },
      async loadBitmap(url) {
        log.most = Math.max(log.most, ++log.open);
        await new Promise((resolve) => setImmediate(resolve));
        log.open--;
        log.loaded.push(url);
        if (url === '/13.jpg') throw new Error('no image');
        log.held++;
        return { close: () => void log.held-- };
      },
      onChange() {},
    });
    return { log, thumbnails };
  }

  const range = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);

  test('come with the most wanted first, six at once, each asked for once', async () => {
    const { log, thumbnails } = setUp();
    const ids = range(1, 250);
    thumbnails.want(ids);
    await until('all are there', () => log.loaded.length === 250);
    thumbnails.want(ids);
    assert.equal(log.most, 6);
    assert.deepEqual(log.asked, ids);
    assert.equal(log.loaded[0], '/1.jpg');
    assert.ok(thumbnails.bitmapOf(250));
    assert.equal(thumbnails.bitmapOf(13), undefined, 'one that cannot be shown');
    thumbnails.close();
    assert.equal(log.held, 0, 'all memory is given back');
  });

  test('what has left the view before it was loaded is not loaded', async () => {
    const { log, thumbnails } = setUp();
    thumbnails.want(range(1, 50));
    thumbnails.want(range(100, 5));
    await until('those in view are there', () => thumbnails.bitmapOf(104) !== undefined);
    assert.deepEqual(log.asked, range(100, 5));
    thumbnails.close();
  });

  test('the memory of what was seen is bounded, and what is in view stays', async () => {
    const { log, thumbnails } = setUp();
    const first = range(1, 10);
    for (let from = 100; from < 100 + 2 * MOST_BITMAPS; from += 200) {
      thumbnails.want([...first, ...range(from, 190)]);
      await until('those in view are there', () => thumbnails.bitmapOf(from + 189) !== undefined);
    }
    assert.ok(log.held <= MOST_BITMAPS, String(log.held));
    assert.ok(first.every((id) => thumbnails.bitmapOf(id)));
    assert.equal(thumbnails.bitmapOf(100), undefined);
    thumbnails.close();
  });

  test('a picture that is gone is not asked for again', async () => {
    const { log, thumbnails } = setUp([7]);
    assert.equal(await thumbnails.ask(7), undefined);
    assert.equal(await thumbnails.ask(7), undefined);
    assert.deepEqual(log.asked, [7]);
    thumbnails.close();
  });
});
