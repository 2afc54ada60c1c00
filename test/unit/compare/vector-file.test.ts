import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readVectors, type SampleVectors, writeVectors } from '../../../plugin/compare/vector-file';
import { createStateDir } from '../../helpers/index-under-test';

const vectors: SampleVectors = {
  comparison: 'one',
  space: 'some@1/lanczos3',
  dims: 3,
  fileIds: [9, 5],
  rows: Uint16Array.of(1, 2, 3, 4, 5, 65_535),
  failed: [7],
  embedMs: 12.5,
};

describe('the vectors of a sample', () => {
  let state: ReturnType<typeof createStateDir>;
  let file: string;

  before(async () => {
    state = createStateDir();
    file = path.join(state.dir, 'comparison/sample.vectors');
    await writeVectors(file, vectors);
  });
  after(() => state.remove());

  test('are read as they were written', async () => {
    assert.deepEqual(await readVectors(file, 'one'), { vectors });
  });

  test('of which there are none yet', async () => {
    const none = { ...vectors, fileIds: [], failed: [], rows: new Uint16Array(0) };
    const empty = path.join(state.dir, 'empty.vectors');
    await writeVectors(empty, none);
    assert.deepEqual(await readVectors(empty, 'one'), { vectors: none });
    assert.deepEqual(await readVectors(path.join(state.dir, 'none'), 'one'), {});
  });

  test('of another comparison are not used', async () => {
    const { vectors: read, problem } = await readVectors(file, 'two');
    assert.equal(read, undefined);
    assert.match(problem as string, /comparison/);
  });

  const bytes = () => readFileSync(file);
  const turned = (at: number) => bytes().map((byte, here) => (here === at ? byte ^ 1 : byte));
  const inHead = (from: string, to: string) => Buffer.from(bytes().toString('latin1').replace(from, to), 'latin1');
  for (const [how, damage] of [
    ['cut short', () => bytes().subarray(0, -3)],
    ['cut by a whole row', () => bytes().subarray(0, -6)],
    ['empty', () => Buffer.alloc(0)],
    ['with a turned bit in a row', () => turned(bytes().length - 2)],
    ['with other pictures in its head', () => inHead('[9,5]', '[9,6]')],
    ['of a later version', () => inHead('"version":1', '"version":2')],
    ['that is something else', () => Buffer.from('{"version":\n')],
  ] as const) {
    test(`${how} are not used, and it is said`, async () => {
      const damaged = path.join(state.dir, 'damaged');
      writeFileSync(damaged, damage());
      const read = await readVectors(damaged, 'one');
      assert.equal(read.vectors, undefined);
      assert.ok(read.problem);
    });
  }
});
