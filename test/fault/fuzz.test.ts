import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { createRandom } from '../../plugin/vectors/random';
import { compilePlugin } from '../helpers/compiled';
import { type Fuzzed, type FuzzRun, fuzz } from '../helpers/fuzz';
import { mutants, wholePictures } from '../helpers/mutants';

const MAX_BYTES = 1e9;
const COUNT = 100;

const told = ({ mutant, result, lie }: Fuzzed) =>
  `${mutant.name}: ${result.ok ? 'embedded' : result.reason} ${lie ?? ''}`;

describe(`${COUNT} damaged and strange pictures`, () => {
  const dist = compilePlugin();
  after(() => rmSync(dist, { recursive: true, force: true }));
  let run: FuzzRun;
  before(async () => {
    run = await fuzz(await mutants(COUNT, createRandom(1)), dist);
  });

  test('each is embedded, or ends with a reason that is true', () => {
    assert.equal(run.fuzzed.length, COUNT);
    assert.deepEqual(run.fuzzed.filter(({ lie }) => lie).map(told), []);
  });

  test('some are embedded, and some are not', () => {
    const embedded = run.fuzzed.filter(({ result }) => result.ok).length;
    assert.ok(embedded > 10 && embedded < 90, `${embedded} are embedded`);
  });

  test('the process stays up, within its memory', () => {
    const ends = run.fuzzed.filter(({ result }) => !result.ok && /^DECODER_(CRASHED|MEMORY)$/.test(result.code));
    assert.deepEqual(ends.map(told), []);
    // A drawing that takes too long cannot be interrupted: it costs its process.
    const slow = run.fuzzed.some(({ result }) => !result.ok && result.code === 'DECODER_TIMEOUT');
    assert.ok(slow || run.restarts === 0, `${run.restarts} restarts`);
    assert.ok(run.peak === undefined || run.peak <= MAX_BYTES, `${run.peak} bytes`);
  });

  test('the pictures that they were made of are embedded', async () => {
    const whole = (await wholePictures()).map(([format, bytes]) => ({ name: format, format, bytes }));
    const { fuzzed } = await fuzz(whole, dist);
    assert.deepEqual(fuzzed.filter(({ result }) => !result.ok).map(told), []);
  });
});
