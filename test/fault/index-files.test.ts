import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FlatVectors } from '../../plugin/vector-index/flat';
import { loadIndex } from '../../plugin/vector-index/process/files';
import { expectedGraphBytes } from '../../plugin/vector-index/process/graph-file';
import { INDEX_CONFIG } from '../helpers/index-under-test';
import { stored } from '../helpers/vectors';
import {
  buildWhole,
  COUNT,
  copy,
  DIMS,
  draw,
  folder,
  ITEMS,
  open,
  QUERIES,
  random,
  restore,
  SPACE,
  state,
} from '../helpers/whole-index';

/** Files of the copy by kind. */
function files(): Record<'manifest' | 'vectors' | 'keys' | 'graph', string> {
  const dir = folder(copy);
  const find = (kind: string) => path.join(dir, readdirSync(dir).find((name) => name.startsWith(kind))!);
  return { manifest: find('manifest'), vectors: find('vectors'), keys: find('keys'), graph: find('graph') };
}

before(buildWhole);
after(() => state.remove());

/** Opens the copy with native code, puts everything again as the pipeline does, and compares with an exact index. */
async function assertHeals(
  expected: { size: number; because?: RegExp },
  config = INDEX_CONFIG,
  space = SPACE,
): Promise<void> {
  const index = open(copy, config);
  const status = await index.open(space);
  assert.equal(status.size, expected.size);
  if (expected.because) assert.match(status.rebuiltBecause ?? '', expected.because);
  else assert.equal(status.rebuiltBecause, undefined);
  if (space === SPACE) {
    await index.put(ITEMS);
    const flat = new FlatVectors(DIMS);
    for (const item of ITEMS) flat.put(item);
    for (const query of QUERIES) {
      const exact = await index.search(query, 10, { among: ITEMS.map(({ fileId }) => fileId) });
      assert.deepEqual(await index.search(query, 10), exact);
    }
  }
  await index.close();
}

/** What loading makes of the copy, without native code: nothing, or vectors alone, or all of it. */
async function outcome(): Promise<'nothing' | 'vectors' | 'everything'> {
  const { saved, problem } = await loadIndex(folder(copy), SPACE);
  if (saved) {
    const flat = FlatVectors.restore(saved.snapshot);
    assert.equal(flat.live, COUNT);
    assert.equal(flat.lastSeq, COUNT);
  }
  if (!saved?.graphFile) assert.match(problem ?? '', /^\S.+\.$/, 'the reason is a sentence');
  return saved ? (saved.graphFile ? 'everything' : 'vectors') : 'nothing';
}

describe('index files', () => {
  it('are used as they are when they are whole', async () => {
    restore();
    assert.equal(await outcome(), 'everything');
    await assertHeals({ size: COUNT });
  });

  for (const kind of ['manifest', 'vectors', 'keys', 'graph'] as const) {
    const left = kind === 'graph' ? 'vectors' : 'nothing';

    it(`${kind} cut off at every 1,000th byte`, async () => {
      restore();
      const file = files()[kind];
      const content = readFileSync(file);
      for (let length = 0; length < content.length; length += kind === 'manifest' ? 50 : 1_000) {
        writeFileSync(file, content.subarray(0, length));
        assert.equal(await outcome(), left, `${length} of ${content.length} bytes`);
      }
      await assertHeals({ size: left === 'nothing' ? 0 : COUNT, because: new RegExp(path.basename(file)) });
    });

    it(`${kind} with a flipped bit, 200 times`, async () => {
      restore();
      const file = files()[kind];
      const content = readFileSync(file);
      for (let i = 0; i < 200; i++) {
        const damaged = Buffer.from(content);
        damaged[Math.floor(random() * damaged.length)] ^= 1 << Math.floor(random() * 8);
        writeFileSync(file, damaged);
        // White space of the manifest may change without harm.
        const harmless = kind === 'manifest' && isSameJson(content, damaged);
        assert.equal(await outcome(), harmless ? 'everything' : left);
      }
      writeFileSync(
        file,
        content.map((byte) => byte ^ 0x55),
      );
      await assertHeals({ size: left === 'nothing' ? 0 : COUNT, because: new RegExp(path.basename(file)) });
    });

    it(`${kind} missing`, async () => {
      restore();
      rmSync(files()[kind]);
      await assertHeals({ size: left === 'nothing' ? 0 : COUNT, because: /is missing\.$/ });
    });

    it(`${kind} longer than it was, empty, and a folder`, async () => {
      restore();
      const file = files()[kind];
      const content = readFileSync(file);
      writeFileSync(file, Buffer.concat([content, Buffer.from('x')]));
      assert.equal(await outcome(), left);
      writeFileSync(file, '');
      await assertHeals({ size: left === 'nothing' ? 0 : COUNT, because: new RegExp(path.basename(file)) });
      restore();
      rmSync(files()[kind]);
      mkdirSync(file);
      assert.equal(await outcome(), left);
    });
  }

  it('swapped with one another', async () => {
    restore();
    const { vectors, graph } = files();
    renameSync(vectors, `${vectors}.x`);
    renameSync(graph, vectors);
    renameSync(`${vectors}.x`, graph);
    await assertHeals({ size: 0, because: /instead of/ });
  });

  it('from another index of the same space', async () => {
    const other = path.join(state.dir, 'other');
    const index = open(other);
    await index.open(SPACE);
    await index.put(ITEMS.map(({ fileId, seq }) => stored(fileId, seq, draw())));
    await index.close();
    restore();
    const foreign = readdirSync(folder(other)).find((name) => name.startsWith('vectors'))!;
    copyFileSync(path.join(folder(other), foreign), files().vectors);
    await assertHeals({ size: 0, because: /differs from its checksum/ });
  });

  const nonsense: Array<[what: string, text: string, because: RegExp]> = [
    ['no JSON', 'hello', /is not JSON/],
    ['null', 'null', /format/],
    ['a number', '17', /format/],
    ['an array', '[]', /format/],
    ['the format before', '{"sha256":"0","index":{"format":"similar-index 1 LE"}}', /format/],
    ['a future format', '{"sha256":"0","index":{"format":"similar-index 9 LE"}}', /format/],
    ['binary', '\0\x01\x02', /is not JSON/],
  ];
  for (const [what, text, because] of nonsense) {
    it(`with ${what} for a manifest`, async () => {
      restore();
      writeFileSync(files().manifest, text);
      await assertHeals({ size: 0, because });
    });
  }

  it('of another space or length in the folder of this one', async () => {
    restore();
    const dir = folder(copy);
    const space = await loadIndex(dir, { ...SPACE, id: 'other@1' });
    assert.match(space.problem!, /belongs to space test@1\/lanczos/);
    assert.equal(space.saved, undefined);
    const dims = await loadIndex(dir, { ...SPACE, dims: 32 });
    assert.match(dims.problem!, /16 numbers instead of 32/);
    await assertHeals({ size: 0, because: /16 numbers instead of 32/ }, INDEX_CONFIG, { ...SPACE, dims: 32 });
  });

  it('with a graph of other scalars or links: the graph is built anew', async () => {
    restore();
    await assertHeals({ size: COUNT, because: /saved graph is i8/ }, { ...INDEX_CONFIG, scalar: 'bf16' });
    restore();
    await assertHeals({ size: COUNT, because: /connectivity 16/ }, { ...INDEX_CONFIG, connectivity: 8 });
  });

  it('left over from saves that were cut short are removed by the next one', async () => {
    restore();
    const dir = folder(copy);
    const orphan = path.join(dir, 'graph-01234567.usearch');
    writeFileSync(orphan, 'x');
    writeFileSync(path.join(dir, 'notes.txt'), 'mine');
    const index = open(copy);
    await index.open(SPACE);
    await index.put([stored(9_000, 9_000, draw())]);
    await index.close();
    const names = readdirSync(dir);
    assert.ok(!names.includes('graph-01234567.usearch'));
    assert.ok(names.includes('notes.txt'));
    assert.ok(!names.includes('lock'), 'the lock is given back');
  });

  it('tell the size of a graph from its own heads', async () => {
    restore();
    assert.equal(await expectedGraphBytes(files().graph), statSync(files().graph).size);
  });
});

function isSameJson(a: Buffer, b: Buffer): boolean {
  try {
    return JSON.stringify(JSON.parse(a.toString())) === JSON.stringify(JSON.parse(b.toString()));
  } catch {
    return false;
  }
}
