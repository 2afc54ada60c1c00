import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../../plugin/files/file-lock';

const quick = { staleMs: 300, pollMs: 10 };

describe('file lock', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'similar-lock-'));
    file = path.join(folder, 'new/model.lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lets one at a time work, and leaves no file', async () => {
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await sleep(30);
      running--;
    };
    await Promise.all([1, 2, 3, 4].map(() => withLock(file, work, quick)));
    assert.equal(most, 1);
    assert.ok(!existsSync(file));
  });

  it('holds longer than the time after which it counts as left behind', async () => {
    const order: string[] = [];
    const first = withLock(file, () => sleep(900).then(() => void order.push('first')), quick);
    await sleep(50);
    await withLock(file, async () => void order.push('second'), quick);
    await first;
    assert.deepEqual(order, ['first', 'second']);
  });

  it('is given back when the work fails', async () => {
    await assert.rejects(
      withLock(file, () => Promise.reject(new Error('no')), quick),
      { message: 'no' },
    );
    assert.equal(await withLock(file, async () => 'yes', quick), 'yes');
  });

  it('takes over at once from a process that has died', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await withLock(file, async () => undefined, quick);
    await writeFile(file, JSON.stringify({ token: 'gone', host: hostname(), pid }));
    assert.equal(await withLock(file, async () => 'mine', { staleMs: 60_000, pollMs: 10 }), 'mine');
  });

  it('takes over from another machine only when it gives no sign of life', async () => {
    await withLock(file, async () => undefined, quick);
    await writeFile(file, JSON.stringify({ token: 'other', host: 'elsewhere', pid: 1 }));
    let refreshed = 0;
    const alive = setInterval(() => {
      refreshed = performance.now();
      utimes(file, new Date(), new Date()).catch(() => undefined);
    }, 50);
    setTimeout(() => clearInterval(alive), 600);
    await withLock(file, async () => assert.ok(performance.now() - refreshed >= 290), quick);
  });

  it('says who holds it, and ends the wait when asked to', async () => {
    const abort = new AbortController();
    const owners: string[] = [];
    const held = withLock(file, () => sleep(200), quick);
    await sleep(20);
    setTimeout(() => abort.abort(), 60);
    const onWait = (owner: string) => void owners.push(owner);
    await assert.rejects(withLock(file, async () => 'never', { ...quick, signal: abort.signal, onWait }));
    assert.deepEqual(owners, [`process ${process.pid} on ${hostname()}`]);
    await held;
  });

  it('tells the work when another one took it over', async () => {
    const lost = withLock(
      file,
      async (signal) => {
        await writeFile(file, JSON.stringify({ token: 'thief', host: 'elsewhere', pid: 1 }));
        await sleep(2_000, undefined, { signal });
      },
      quick,
    );
    await assert.rejects(lost, { name: 'AbortError' });
    assert.ok(existsSync(file), 'the other one’s lock stays');
  });
});
