import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { SimilarError } from '../../../plugin/errors';
import { Arithmetic } from '../../../plugin/refine/arithmetic';
import { decodeProjection } from '../../../plugin/refine/projection';
import { startRefiner } from '../../../plugin/refine/refiner';
import { createClusters, createRandom } from '../../helpers/vectors';

const DIMS = 32;
const vectors = Array.from({ length: 80 }, createClusters(DIMS, 5, createRandom(3)));
const refiner = startRefiner();
after(() => refiner.close());

const isFailure = ({ code, message }: SimilarError) =>
  code === 'REFINEMENT_FAILED' && /Refining failed: /.test(message);

test('refining before anything was loaded is refused, and the process goes on', async () => {
  await assert.rejects(refiner.refine(vectors[0], [], 0), isFailure);
});

test('the process learns what is learnt here, and refines as it is done here', async () => {
  for (const part of [vectors.slice(0, 50), vectors.slice(50)]) {
    const packed = new Float32Array(part.length * DIMS);
    for (const [i, vector] of part.entries()) packed.set(vector, i * DIMS);
    await refiner.sample(packed, DIMS);
  }
  const projection = await refiner.learn(10);
  assert.equal(decodeProjection(projection, DIMS).dims, 10);
  await refiner.load(projection, DIMS);
  const here = new Arithmetic();
  here.load(projection, DIMS);
  const candidates = vectors.slice(1, 9);
  const answers = await Promise.all([refiner.refine(vectors[0], candidates, 2), refiner.refine(vectors[3], [], 2)]);
  assert.deepEqual(answers, [here.refine(vectors[0], candidates, 2), here.refine(vectors[3], [], 2)]);
});

test('when the process ends, what waits for it and what comes later fails with the reason', async () => {
  const ending = startRefiner();
  const waiting = ending.sample(new Float32Array(DIMS), DIMS);
  ending.close();
  await assert.rejects(waiting, isFailure);
  await assert.rejects(ending.learn(2), /the process ended \(killed by SIGKILL\)/);
});
