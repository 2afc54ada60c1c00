import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { LARGEST, sampleOf } from '../../../plugin/map/neighbourhood';
import type { MapState, PictureMap } from '../../../plugin/map/picture-map';
import type { FileId } from '../../../plugin/ports';
import { createStateDir } from '../../helpers/index-under-test';
import { createMapLibrary, fillClusters, type MapLibrary, settled } from '../../helpers/map-library';
import { until } from '../../helpers/until';

const CLUSTERS = 6;
const EACH = 40;

/** The nearest pictures on the map. */
function nearest({ spots }: MapState, fileId: FileId, count: number): FileId[] {
  const { x, y } = spots.get(fileId)!;
  return [...spots]
    .filter(([id]) => id !== fileId)
    .map(([id, spot]) => ({ id, far: Math.hypot(spot.x - x, spot.y - y) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, count)
    .map(({ id }) => id);
}

const share = (values: boolean[]) => values.filter(Boolean).length / values.length;

describe('the map of a library in clusters', () => {
  const state = createStateDir();
  const file = path.join(state.dir, 'picture.map');
  const maps: PictureMap[] = [];
  let library: MapLibrary;
  let clusterOf: (id: FileId) => number;
  let first: MapState;
  let starts = 0;

  const open = (at = file) => {
    const map = library.open(at, { onLayoutStart: () => void starts++ });
    maps.push(map);
    return map;
  };

  before(async () => {
    library = await createMapLibrary();
    clusterOf = await fillClusters(library, CLUSTERS, EACH);
    first = await settled(open());
  });
  after(() => {
    for (const map of maps) map.stop();
    state.remove();
  });

  test('puts alike pictures together', () => {
    assert.equal(first.spots.size, CLUSTERS * EACH);
    for (const [id, { x, y }] of first.spots) assert.ok(Number.isFinite(x) && Number.isFinite(y), `${id}: ${x} ${y}`);
    const same = [...first.spots.keys()].flatMap((id) =>
      nearest(first, id, 8).map((other) => clusterOf(other) === clusterOf(id)),
    );
    assert.ok(share(same) > 0.95, `${share(same)} of those that lie nearest are of the same cluster`);
  });

  test('is the same for the same library', async () => {
    const again = await settled(open(path.join(state.dir, 'again.map')));
    assert.deepEqual(again.spots, first.spots);
  });

  test('is read from its file after a restart, without a layout', async () => {
    const before = starts;
    const { spots } = await settled(open());
    assert.deepEqual(spots, first.spots);
    assert.equal(starts, before);
  });

  test('is laid out again when its file is damaged', async () => {
    const damaged = path.join(state.dir, 'damaged.map');
    writeFileSync(damaged, 'no map');
    const before = starts;
    assert.deepEqual((await settled(open(damaged))).spots, first.spots);
    assert.equal(starts, before + 1);
    assert.match(library.logger.lines.join('\n'), /warn: The saved map .* is laid out again/);
  });

  test('new pictures lie by their own at once, the others stay where they are; removed ones go', async () => {
    const map = open();
    await settled(map);
    const before = starts;
    const [id, like] = [1_001, 13];
    await library.put(id, library.vectors.get(like) as Float32Array);
    await library.remove([14]);
    const now = await settled(map);
    assert.equal(starts, before, 'nothing was laid out');
    assert.equal(now.spots.has(14), false);
    assert.ok(nearest(now, id, 5).every((other) => clusterOf(other) === clusterOf(like)));
    assert.deepEqual({ ...now.spots.get(like) }, { ...first.spots.get(like) });
  });

  test('a picture with other bytes moves to what it looks like now', async () => {
    const map = open();
    await settled(map);
    const [id, like] = [21, 22];
    await library.put(id, library.vectors.get(like) as Float32Array);
    assert.ok(nearest(await settled(map), id, 5).every((other) => clusterOf(other) === clusterOf(like)));
    assert.notEqual(clusterOf(id), clusterOf(like));
  });

  test('is laid out anew once a fifth of the library has changed, and looks familiar then', async () => {
    const map = open();
    const was = await settled(map);
    const before = starts;
    for (let id = 2_001; id <= 2_000 + Math.ceil(0.2 * CLUSTERS * EACH); id++) {
      await library.put(id, library.vectors.get((id % 100) + 1) as Float32Array);
    }
    const now = await settled(map);
    assert.equal(starts, before + 1);
    const span = Math.max(...[...was.spots.values()].map(({ x }) => Math.abs(x)));
    const moved = [...was.spots].map(([id, { x, y }]) =>
      Math.hypot(now.spots.get(id)!.x - x, now.spots.get(id)!.y - y),
    );
    assert.ok(moved.sort((a, b) => a - b)[moved.length >> 1] < span / 2, 'most have not moved far');
  });

  test('is laid out anew when searches are answered in another space', async () => {
    const map = library.open(file, {
      search: () => ({ ...library.search, space: { ...library.search.space, id: 'test@1/lanczos3~1' } }),
      onLayoutStart: () => void starts++,
    });
    maps.push(map);
    const before = starts;
    await settled(map);
    await settled(map);
    assert.equal(starts, before + 1, 'once');
    await settled(open());
    assert.equal(starts, before + 2, 'and back');
  });

  test('is laid out anew when somebody wishes so', async () => {
    const map = open();
    await settled(map);
    const before = starts;
    await map.recompute();
    await settled(map);
    assert.equal(starts, before + 1);
  });
});

describe('a library with more pictures than are laid out together', () => {
  const LAID_OUT = 60;
  const state = createStateDir();
  let starts = 0;
  after(() => state.remove());

  /** Copies of one picture, all of them outside the sample. @returns their ids. */
  async function putCopies(library: MapLibrary, count: number): Promise<Set<FileId>> {
    const sample = new Set(sampleOf([...library.vectors.keys()], LAID_OUT));
    const copies = [...library.vectors.keys()].filter((id) => !sample.has(id)).slice(0, count);
    const picture = Float32Array.from({ length: 16 }, (_, at) => (at < 4 ? 0.5 : 0));
    for (const id of copies) await library.put(id, picture);
    return new Set(copies);
  }

  function open(library: MapLibrary, name: string): PictureMap {
    starts = 0;
    return library.open(path.join(state.dir, name), { largest: LAID_OUT, onLayoutStart: () => void starts++ });
  }

  test('a sample of them is laid out, the same each time', () => {
    const ids = Array.from({ length: LARGEST + 500 }, (_, at) => 2 * at + 1);
    const sample = sampleOf(ids);
    assert.equal(new Set(sample).size, LARGEST);
    assert.deepEqual(
      sample,
      sample.toSorted((a, b) => a - b),
    );
    assert.deepEqual(sampleOf(ids), sample);
    assert.deepEqual(sampleOf(ids.slice(0, LARGEST)), ids.slice(0, LARGEST));
  });

  test('the others lie by their own, also copies whose nearest are each other; nothing is laid out twice', async () => {
    const library = await createMapLibrary();
    const clusterOf = await fillClusters(library, CLUSTERS, EACH);
    const copies = await putCopies(library, 12);
    const map = open(library, 'few-copies.map');
    const now = await settled(map);
    assert.equal(now.total, CLUSTERS * EACH);
    assert.equal(now.spots.size, now.total);
    const others = [...now.spots.keys()].filter((id) => !copies.has(id));
    const same = others.flatMap((id) => nearest(now, id, 5).map((other) => clusterOf(other) === clusterOf(id)));
    assert.ok(share(same) > 0.85, `${share(same)} of those that lie nearest are of the same cluster`);
    await settled(map);
    assert.equal(starts, 1);
    map.stop();
  });

  test('those that nothing of the map is near are left out and counted, and the map is not laid out for them again', async () => {
    const library = await createMapLibrary();
    await fillClusters(library, CLUSTERS, EACH);
    const copies = await putCopies(library, 120);
    const map = open(library, 'many-copies.map');
    let now = await map.state();
    await until('the map is laid out', async () => {
      now = await map.state();
      return now.computing === undefined && now.spots.size > 0;
    });
    assert.equal(now.total, CLUSTERS * EACH);
    assert.equal(now.spots.size, CLUSTERS * EACH - copies.size);
    assert.ok([...copies].every((id) => !now.spots.has(id)));
    for (let look = 0; look < 3; look++) await map.state();
    assert.equal(starts, 1);
    map.stop();
  });
});

test('libraries that are too small for a layout, and one of copies only', async () => {
  const state = createStateDir();
  try {
    for (const count of [0, 1, 3, 4, 6]) {
      const library = await createMapLibrary();
      for (let id = 1; id <= count; id++) await library.put(id, new Float32Array(16).fill(0.25));
      const map = library.open(path.join(state.dir, `${count}.map`));
      const { spots, problem } = await settled(map);
      assert.equal(problem, undefined);
      assert.equal(spots.size, count);
      for (const { x, y } of spots.values()) assert.ok(Number.isFinite(x) && Number.isFinite(y));
      map.stop();
    }
  } finally {
    state.remove();
  }
});
