import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { type ErrorCode, SimilarError } from '../../../plugin/errors';
import type { QueueWorker } from '../../../plugin/pipeline/queue-worker';
import type { Embedder, Logger } from '../../../plugin/ports';
import { createEmbedding, type Embedding } from '../../../plugin/spaces/embedding';
import type { LazyEmbedder } from '../../../plugin/spaces/lazy-embedder';
import { until } from '../../helpers/until';

const SPACE = { id: 'space', model: 'resnet50', dims: 4 };
const opened: Embedding[] = [];
afterEach(() => Promise.all(opened.splice(0).map((embedding) => embedding.stop())));

/** An embedder whose opening does what the test says: each attempt takes the next of `outcomes`, the last one for ever. */
function embeddingOf(outcomes: Array<ErrorCode | 'ok' | 'waits'>, options: { retryMs?: number } = {}) {
  const attempts: number[] = [];
  const log: string[] = [];
  const note = (message: string) => void log.push(message);
  const logger: Logger = { info: note, warn: note, error: note, debug() {} };
  const aborting = new AbortController();
  let delayed: (() => void) | undefined;
  const embedders: LazyEmbedder = {
    async open(onDelay) {
      delayed = onDelay;
      const outcome = outcomes[Math.min(attempts.push(performance.now()), outcomes.length) - 1];
      if (outcome === 'waits') await new Promise((resolve) => aborting.signal.addEventListener('abort', resolve));
      else if (outcome !== 'ok') throw new SimilarError(outcome, `It is ${outcome}.`);
      return {} as Embedder;
    },
    status: () => undefined,
    abort: () => aborting.abort(),
    close: async () => {},
  };
  const worker = { running: 0, start: () => void worker.running++, pause() {}, resume() {}, stop: async () => {} };
  const createQueueWorker = () => worker as unknown as QueueWorker;
  const embedding = createEmbedding({ space: SPACE, embedders, createQueueWorker, logger, retryMs: 5, ...options });
  opened.push(embedding);
  return { embedding, attempts, log, worker, delay: () => delayed?.() };
}

for (const code of ['MODEL_UNAVAILABLE', 'MODEL_DAMAGED', 'WEIGHTS_INVALID'] as const) {
  test(`${code} is a missing model: it is tried again until it is there, and left to others to say`, async () => {
    const outcomes: Array<ErrorCode | 'ok'> = [code];
    const { embedding, log, worker } = embeddingOf(outcomes, { retryMs: 1 });
    embedding.start();
    await until('it is missing', () => embedding.missing !== undefined);
    assert.match(embedding.missing?.why ?? '', new RegExp(`^It is ${code}\\. \\S`), 'with what to do');
    outcomes.push('ok');
    await until('it is there', () => worker.running === 1);
    assert.deepEqual([embedding.missing, embedding.problem], [undefined, undefined]);
    assert.deepEqual(log, []);
  });
}

test('each attempt waits longer than the one before; one that nothing but a change can mend waits far longer', async () => {
  const { embedding, attempts } = embeddingOf(['MODEL_UNAVAILABLE'], { retryMs: 20 });
  embedding.start();
  await until('four attempts', () => attempts.length === 4);
  const waits = attempts.slice(1).map((at, i) => at - attempts[i]);
  // Timers end late on a busy machine, never early.
  for (const [i, least] of [20, 40, 80].entries()) assert.ok(waits[i] >= least - 1, `${waits}`);

  const damaged = embeddingOf(['MODEL_DAMAGED', 'ok'], { retryMs: 20 });
  damaged.embedding.start();
  await until('the second attempt', () => damaged.attempts.length === 2);
  assert.ok(damaged.attempts[1] - damaged.attempts[0] >= 199);
});

test('a model that takes long to come counts as missing meanwhile', async () => {
  const first = embeddingOf(['waits']);
  first.embedding.start();
  await until('it waits', () => first.attempts.length === 1);
  assert.equal(first.embedding.missing, undefined);
  first.delay();
  assert.deepEqual(first.embedding.missing, {});
  assert.match(first.embedding.problem ?? '', /still being downloaded/);
});

test('what is no fault of the model is said once, however often it is tried', async () => {
  const { embedding, attempts, log } = embeddingOf(['ENGINE_UNAVAILABLE'], { retryMs: 1 });
  embedding.start();
  await until('several attempts', () => attempts.length > 3);
  assert.equal(embedding.missing, undefined);
  assert.deepEqual(log, ['Pictures cannot be embedded with resnet50 and wait in the queue: It is ENGINE_UNAVAILABLE.']);
});

test('an int8 model that waits for pictures is asked for at one pace, and said once', async () => {
  const { embedding, attempts, log } = embeddingOf(['CALIBRATION_PENDING'], { retryMs: 1 });
  embedding.start();
  await until('several attempts', () => attempts.length > 5);
  assert.deepEqual(embedding.int8Rejection, { pending: true, reason: 'It is CALIBRATION_PENDING.' });
  assert.deepEqual(log, ['It is CALIBRATION_PENDING.']);
});
