import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBacklog } from '../../../plugin/vector-index/backlog';

const busy = { code: 'INDEX_BUSY', status: 503 };

/** Work that ends when it is told to. */
function pending() {
  let end: () => void = () => {};
  const work = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => work, end };
}

test('searches are refused while the oldest one has waited for too long, and taken again afterwards', async () => {
  let time = 0;
  const backlog = createBacklog({ longestMs: 100, now: () => time });
  const [first, second] = [pending(), pending()];
  const one = backlog(first.work);
  time = 60;
  const two = backlog(second.work);
  time = 101;
  await assert.rejects(
    backlog(async () => assert.fail('it is not run')),
    busy,
  );
  first.end();
  await one;
  assert.equal(await backlog(async () => 'taken'), 'taken', 'the oldest is the second one now');
  time = 161;
  await assert.rejects(
    backlog(async () => 1),
    busy,
  );
  second.end();
  await two;
  assert.equal(await backlog(async () => 'taken'), 'taken');
});

test('no more wait at once than may, and failures leave no trace', async () => {
  const backlog = createBacklog({ most: 2 });
  const held = [pending(), pending()];
  const waiting = held.map(({ work }) => backlog(work));
  await assert.rejects(
    backlog(async () => 1),
    busy,
  );
  for (const { end } of held) end();
  await Promise.all(waiting);
  for (let i = 0; i < 5; i++)
    await assert.rejects(
      backlog(() => Promise.reject(new Error('broken'))),
      /broken/,
    );
  assert.equal(await backlog(async () => 'taken'), 'taken');
});
