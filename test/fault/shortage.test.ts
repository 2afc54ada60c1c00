import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';

/** Processes that cannot be started: nothing of that ends or breaks the CMS, and once they can be, all works again. */
const folder = mkdtempSync(path.join(tmpdir(), 'similar-shortage-'));
const picture = path.join(folder, 'picture.png');

before(() =>
  sharp({ create: { width: 32, height: 32, channels: 3, background: 'teal', noise: { type: 'gaussian', sigma: 30 } } })
    .png()
    .toFile(picture),
);
after(() => rmSync(folder, { recursive: true }));

for (const [kind, because] of [
  ['descriptors', /could not be started: spawn .*EMFILE/],
  ['memory', /ended with code|killed by/],
  ['program that is gone', /could not be started: spawn .*ENOENT/],
  ['program in no folder', /could not be started: spawn ENOTDIR/],
] as const) {
  test(`no process can be started for want of: ${kind}`, {
    skip: process.platform !== 'linux' && 'limits are those of Linux',
  }, async () => {
    const file = path.join(__dirname, 'shortage-parent.ts');
    const state = path.join(folder, kind);
    // A session of its own: a signal to its process group must not come from itself either.
    const shell = ['-c', 'ulimit -n 400; exec "$0" "$@"', process.execPath, '--import', 'tsx', file];
    const parent = spawn('sh', [...shell, kind, state, picture], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let said = '';
    let complained = '';
    parent.stdout.on('data', (text) => {
      said += text;
    });
    parent.stderr.on('data', (text) => {
      complained += text;
    });
    try {
      const [code, signal] = await once(parent, 'close');
      assert.deepEqual([code, signal], [0, null], complained);
    } finally {
      if (parent.exitCode === null) parent.kill('SIGKILL');
    }
    const { lacking, again, lines } = JSON.parse(said.trim().split('\n').at(-1) as string);
    const { converted, ...others } = lacking;
    assert.deepEqual(others, {
      embedded: 'EMBEDDER_UNAVAILABLE',
      searched: 'INDEX_UNAVAILABLE',
      quantised: 'EMBEDDER_UNAVAILABLE',
      refined: 'REFINEMENT_FAILED',
      laidOut: 'LAYOUT_FAILED',
      images: 0,
    });
    if (kind === 'memory') assert.equal(converted, 'WEIGHTS_INVALID');
    else assert.match(converted, because);
    assert.ok(!lines.some((line: string) => /crashed with it/.test(line)), 'the files of the index are not blamed');
    assert.deepEqual(again, { found: 1, embedded: 'fine', images: 1 });
    for (const what of ['index', 'embedder']) {
      const told = lines.filter((line: string) => line.startsWith(`error: The ${what} process cannot be started`));
      assert.equal(told.length, what === 'index' ? 1 : told.length, told.join('\n'));
      assert.match(told[0], because);
    }
  });
}
