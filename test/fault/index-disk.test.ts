import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FlatVectors } from '../../plugin/vector-index/flat';
import { loadIndex } from '../../plugin/vector-index/process/files';
import { until } from '../helpers/until';
import { stored } from '../helpers/vectors';
import {
  buildWhole,
  COUNT,
  copy,
  draw,
  folder,
  ITEMS,
  logger,
  open,
  QUERIES,
  restore,
  SPACE,
  state,
} from '../helpers/whole-index';

before(buildWhole);
after(() => state.remove());

describe('a second process on the same folder', () => {
  it('answers from memory, says so, and saves once the first is gone', async () => {
    restore();
    const first = open(copy);
    await first.open(SPACE);
    const second = open(copy);
    const status = await second.open(SPACE);
    assert.match(status.problem ?? '', /in use by process/);
    assert.equal(status.size, COUNT, 'it may read');
    await second.put([stored(7_000, 7_000, draw())]);
    await second.save();
    assert.match((await second.status()).problem ?? '', /in use by process/);
    await first.put([stored(8_000, 8_000, draw())]);
    await first.close();
    await until('the second saves', async () => {
      await second.save();
      return (await second.status()).problem === undefined;
    });
    await second.close();
    const { saved } = await loadIndex(folder(copy), SPACE);
    assert.ok(saved);
    const ids = [...FlatVectors.restore(saved.snapshot).keys()].map(({ fileId }) => fileId);
    assert.ok(ids.includes(7_000));
    assert.ok(!ids.includes(8_000), 'what the other one put comes from the table');
  });
});

describe('a disk that does not take it', () => {
  it('that is read-only: everything stays in memory, and is saved once it can be', async (context) => {
    restore();
    rmSync(copy, { recursive: true });
    writeFileSync(copy, 'a file where the folder should be');
    const index = open(copy);
    const status = await index.open(SPACE);
    assert.match(status.problem ?? '', /cannot be saved/);
    await index.put(ITEMS);
    await index.save();
    assert.equal((await index.search(QUERIES[0], 10)).length, 10);
    assert.match((await index.status()).problem ?? '', /cannot be saved/);
    await index.close();
    context.diagnostic(logger.lines.at(-1) ?? '');
  });

  it('that is full: the last whole index stays, and it is saved once there is room', async (context) => {
    const disk = path.join(state.dir, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return context.skip('mounting a small disk is not permitted here');
    }
    try {
      await fillDisk(disk);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

async function fillDisk(disk: string): Promise<void> {
  const index = open(disk);
  await index.open(SPACE);
  await index.put(ITEMS.slice(0, 300));
  await until('the graph answers', async () => (await index.status()).mode === 'graph');
  await index.save();
  assert.equal((await index.status()).problem, undefined);
  const ballast = path.join(disk, 'ballast');
  // From no room at all to room for all but the end of the graph.
  for (const room of [0, 4, 16, 28, 40, 52, 64, 76, 88]) {
    fill(ballast, disk, room * 1024);
    const seq = 10_000 + room;
    await index.put([...ITEMS.slice(300), ...ITEMS.slice(0, 200)].map((item, i) => ({ ...item, seq: seq + i })));
    await index.save();
    const { saved, problem } = await loadIndex(folder(disk), SPACE);
    assert.ok(saved, problem);
    assert.equal(problem, undefined, `with room for ${room} KB`);
    const failed = (await index.status()).problem;
    if (saved.snapshot.lastSeq < seq) assert.match(failed ?? '', /ENOSPC|disk full/);
    rmSync(ballast, { force: true });
  }
  await until('it is saved again', async () => (await index.status()).problem === undefined);
  await index.close();
  const { saved } = await loadIndex(folder(disk), SPACE);
  assert.equal(saved && FlatVectors.restore(saved.snapshot).live, COUNT);
}

/** Takes all room of the disk but some. */
function fill(file: string, disk: string, leave: number): void {
  const free = Number(execFileSync('df', ['--output=avail', '-B1', disk], { encoding: 'utf8' }).split('\n')[1]);
  writeFileSync(file, Buffer.alloc(Math.max(0, free - leave)));
}
