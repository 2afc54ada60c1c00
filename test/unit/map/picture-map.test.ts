import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Layout, readLayout, writeLayout } from '../../../plugin/map/file';
import { packSpots } from '../../../plugin/map/pack';
import { placeNear } from '../../../plugin/map/place';
import { createStateDir } from '../../helpers/index-under-test';

describe('a new picture', () => {
  const spots = new Map([
    [1, { x: 0, y: 0 }],
    [2, { x: 1, y: 0 }],
    [3, { x: 100, y: 100 }],
  ]);
  const place = (neighbours: Array<[number, number]>, id = 9) =>
    placeNear(
      id,
      neighbours.map(([fileId, similarity]) => ({ fileId, similarity })),
      (fileId) => spots.get(fileId),
    );

  test('lies amid those that it is equally like', () => {
    const { x, y } = place([
      [1, 0.8],
      [2, 0.8],
    ])!;
    assert.ok(Math.hypot(x - 0.5, y) < 0.1, `${x} ${y}`);
  });

  test('lies by the nearest, not halfway to a far island', () => {
    const { x, y } = place([
      [1, 0.9],
      [3, 0.6],
    ])!;
    assert.ok(Math.hypot(x, y) < 0.2, `${x} ${y}`);
  });

  test('does not lie on its copy, and lies in the same place each time', () => {
    const [first, second] = [place([[1, 1]], 10)!, place([[1, 1]], 11)!];
    assert.notDeepEqual(first, { x: 0, y: 0 });
    assert.notDeepEqual(first, second);
    assert.deepEqual(place([[1, 1]], 10), first);
  });

  test('has no place while none of its neighbours has one', () => {
    assert.equal(place([[77, 0.9]]), undefined);
    assert.equal(place([]), undefined);
    assert.equal(place([[1, 1]], 1), undefined, 'its own old spot does not count');
  });
});

describe('packed for the admin', () => {
  const unpacked = async (spots: Map<number, { x: number; y: number }>) => {
    const { gaps, places } = await packSpots(spots);
    const bytes = Buffer.from(places, 'base64');
    let id = 0;
    return gaps.map((gap, at) => {
      id += gap;
      return [id, bytes.readUInt16LE(4 * at), bytes.readUInt16LE(4 * at + 2)];
    });
  };

  test('fills a square, keeps its shape, ids ascending', async () => {
    const spots = new Map([
      [70_000, { x: -10, y: 5 }],
      [3, { x: 10, y: 15 }],
      [12, { x: 0, y: 10 }],
    ]);
    assert.deepEqual(await unpacked(spots), [
      [3, 65_535, 49_151],
      [12, 32_768, 32_768],
      [70_000, 0, 16_384],
    ]);
  });

  test('nothing, and a single picture, which lies in the middle', async () => {
    assert.deepEqual(await unpacked(new Map()), []);
    assert.deepEqual(await unpacked(new Map([[7, { x: 3, y: 4 }]])), [[7, 32_768, 32_768]]);
  });
});

describe('the file', () => {
  const SPACE = 'some@1/lanczos3';
  const layout: Layout = {
    spots: new Map([
      [5, { seq: 2 ** 40, x: 1.5, y: -2 }],
      [9, { seq: 3, x: 0.1, y: 0.2 }],
    ]),
    by: 'some@1/lanczos3~1',
    laidOut: 1,
    changes: 1,
  };
  let state: ReturnType<typeof createStateDir>;
  let file: string;

  before(async () => {
    state = createStateDir();
    file = path.join(state.dir, 'below/picture.map');
    await writeLayout(file, SPACE, layout);
  });
  after(() => state.remove());

  test('gives back what was written', async () => {
    assert.deepEqual(await readLayout(file, SPACE), { layout });
  });

  test('that is not there is no problem', async () => {
    assert.deepEqual(await readLayout(path.join(state.dir, 'none'), SPACE), {});
  });

  test('of another space is not used', async () => {
    const { layout: read, problem } = await readLayout(file, 'other@1/lanczos3');
    assert.equal(read, undefined);
    assert.match(problem as string, /space/);
  });

  const bytes = () => readFileSync(file);
  for (const [how, damage] of [
    ['cut short', () => bytes().subarray(0, -3)],
    ['empty', () => Buffer.alloc(0)],
    ['with a turned bit', () => bytes().map((byte, at) => (at === bytes().length - 2 ? byte ^ 1 : byte))],
    ['that is something else', () => Buffer.from('{"version":\n')],
    [
      'of a later version',
      () => Buffer.from(bytes().toString('latin1').replace('"version":1', '"version":2'), 'latin1'),
    ],
  ] as const) {
    test(`${how} is not used, and says so`, async () => {
      const damaged = path.join(state.dir, 'damaged');
      writeFileSync(damaged, damage());
      const read = await readLayout(damaged, SPACE);
      assert.equal(read.layout, undefined);
      assert.ok(read.problem);
    });
  }
});
