import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createStateDir } from '../helpers/index-under-test';
import { createMapLibrary, fillClusters, type MapLibrary, settled } from '../helpers/map-library';
import { until } from '../helpers/until';

describe('the process that lays out the map', () => {
  const state = createStateDir();
  let library: MapLibrary;

  before(async () => {
    library = await createMapLibrary();
    await fillClusters(library, 4, 25);
  });
  after(() => state.remove());

  test('is killed: the map says so, nothing else ends, and the next try works', async () => {
    let victim = true;
    const map = library.open(path.join(state.dir, 'killed.map'), {
      onLayoutStart: (pid) => void (victim && process.kill(pid as number, 'SIGKILL')),
    });
    const failed = await settled(map);
    assert.match(failed.problem as string, /killed by SIGKILL/);
    assert.equal(failed.spots.size, 0);
    assert.match(library.logger.lines.join('\n'), /warn: The map of .* could not be laid out: .*SIGKILL/);
    victim = false;
    map.recompute();
    const { problem, spots } = await settled(map);
    assert.equal(problem, undefined);
    assert.equal(spots.size, 100);
    map.stop();
  });

  test('a map that cannot be laid out again stays as it was', async () => {
    let victim = false;
    const map = library.open(path.join(state.dir, 'kept.map'), {
      onLayoutStart: (pid) => void (victim && process.kill(pid as number, 'SIGKILL')),
    });
    const { spots } = await settled(map);
    victim = true;
    map.recompute();
    const failed = await settled(map);
    assert.match(failed.problem as string, /SIGKILL/);
    assert.deepEqual(failed.spots, spots);
    map.stop();
  });

  test('ends with the map that it works for', async () => {
    let pid: number | undefined;
    const map = library.open(path.join(state.dir, 'stopped.map'), {
      onLayoutStart: (started) => {
        pid = started;
      },
    });
    void map.state();
    await until('the process runs', () => pid !== undefined);
    map.stop();
    await until('the process is gone', () => {
      try {
        return !process.kill(pid as number, 0);
      } catch {
        return true;
      }
    });
  });
});
