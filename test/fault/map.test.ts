import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
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
    await map.recompute();
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
    await map.recompute();
    const failed = await settled(map);
    assert.match(failed.problem as string, /SIGKILL/);
    assert.deepEqual(failed.spots, spots);
    map.stop();
  });

  const isGone = (pid: number | undefined) => {
    try {
      return !process.kill(pid as number, 0);
    } catch {
      return true;
    }
  };

  test('ends when it is cancelled, and is not started again until somebody wishes so', async () => {
    const pids: Array<number | undefined> = [];
    const file = path.join(state.dir, 'cancelled.map');
    const options = { onLayoutStart: (pid: number | undefined) => void pids.push(pid) };
    const map = library.open(file, options);
    void map.state();
    await until('the process runs', () => pids.length === 1);
    assert.deepEqual(await Promise.all([map.cancel(), map.cancel()]), [true, true]);
    assert.ok(isGone(pids[0]));
    assert.equal(existsSync(file), false);
    for (const one of [map, library.open(file, options)]) {
      const { spots, cancelled, computing, problem } = await settled(one);
      assert.deepEqual([spots.size, cancelled, computing, problem], [0, true, undefined, undefined]);
    }
    assert.equal(pids.length, 1);
    await map.recompute();
    const { spots, cancelled } = await settled(map);
    assert.deepEqual([spots.size, cancelled, pids.length], [100, undefined, 2]);
    map.stop();
  });

  test('ends when another node cancels it; the map that was there stays, and stays up to date', async () => {
    const pids: Array<number | undefined> = [];
    const file = path.join(state.dir, 'nodes.map');
    const options = { reportMs: 20, onLayoutStart: (pid: number | undefined) => void pids.push(pid) };
    const [here, there] = [library.open(file, options), library.open(file, options)];
    const { spots } = await settled(here);
    await here.recompute();
    await until('the process runs', () => pids.length === 2);
    assert.equal(await there.cancel(), true);
    await until('the process is gone', () => isGone(pids[1]));
    const after = await settled(here);
    // It was not due: there is nothing to wish for.
    assert.deepEqual([after.spots, after.cancelled, after.problem], [spots, undefined, undefined]);
    assert.equal(pids.length, 2);
    here.stop();
    there.stop();
  });

  test('other nodes say how far it is, and show it once it is there', async () => {
    let finish = () => {};
    const file = path.join(state.dir, 'told.map');
    const [here, there] = [library.open(file, { reportMs: 20 }), library.open(file)];
    const { spots } = await settled(here);
    assert.deepEqual((await settled(there)).spots, spots);
    const stopped = new Promise<void>((resolve) => {
      finish = resolve;
    });
    // A layout of a hundred pictures takes a moment only: its process is made to wait.
    const slow = library.open(file, {
      reportMs: 20,
      onLayoutStart(pid) {
        process.kill(pid as number, 'SIGSTOP');
        void stopped.then(() => process.kill(pid as number, 'SIGCONT'));
      },
    });
    await slow.recompute();
    await until('the other node says so', async () => (await there.state()).computing === 0.5);
    assert.equal((await slow.state()).computing, 0.5);
    finish();
    await settled(slow);
    const after = await settled(there);
    assert.deepEqual(after.spots, (await slow.state()).spots);
    assert.notDeepEqual(after.spots, spots);
    assert.equal(await there.cancel(), false, 'it has finished');
    for (const map of [here, there, slow]) map.stop();
  });

  test('nothing is cancelled where nothing runs', async () => {
    const map = library.open(path.join(state.dir, 'idle.map'));
    assert.equal(await map.cancel(), false);
    assert.equal((await settled(map)).spots.size, 100);
    assert.equal(await map.cancel(), false, 'it has finished');
    const { spots, cancelled } = await settled(map);
    assert.deepEqual([spots.size, cancelled], [100, undefined]);
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
    await until('the process is gone', () => isGone(pid));
  });
});
