import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { createBudget } from '../../../plugin/budget';
import { boundedDownload } from '../../../server/src/media/bounded-download';
import { listen } from '../../helpers/listen';
import { until } from '../../helpers/until';

const BYTES = Buffer.alloc(50_000, 'picture');

let asked = 0;
/** Whether the server says how many bytes there are. */
let announces = true;
const server = createServer((_request, response) => {
  asked++;
  if (announces) response.setHeader('content-length', BYTES.length);
  response.write(BYTES.subarray(0, 30_000));
  response.end(BYTES.subarray(30_000));
});
let port: number;
before(async () => {
  port = await listen(server);
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const addresses = async () => [new URL(`http://127.0.0.1:${port}/`)];

/** What a budget is asked for, beside what it does. */
function watched(all: number) {
  const budget = createBudget(all);
  const taken: number[] = [];
  function take(bytes: number, now?: boolean) {
    taken.push(bytes);
    return budget.take(bytes, now);
  }
  return { taken, take };
}

test('a second file waits until the copy of the first is deleted', async () => {
  asked = 0;
  const budget = createBudget(80_000);
  const options = { maxBytes: 100_000, expected: 50_000, budget };
  const first = await boundedDownload(addresses, options);
  const second = boundedDownload(addresses, options);
  const third = boundedDownload(addresses, { ...options, now: true });
  await (await third).close();
  assert.equal(asked, 2, 'the first, and the one that does not wait');
  await first.close();
  await (await second).close();
  assert.equal(asked, 3);
});

for (const said of [true, false]) {
  test(`a file larger than its row says starts anew with more room; ${said ? 'announced' : 'seen while it comes'}`, async () => {
    announces = said;
    const budget = watched(1_000_000);
    const copy = await boundedDownload(addresses, { maxBytes: 60_000, expected: 10_000, budget });
    assert.equal(copy.bytes, BYTES.length);
    assert.deepEqual(budget.taken, [10_000, 60_000]);
    await copy.close();
  });
}

test('a row that says nothing counts as the largest file', async () => {
  const budget = watched(1_000_000);
  await (await boundedDownload(addresses, { maxBytes: 60_000, budget })).close();
  assert.deepEqual(budget.taken, [60_000]);
});

test('what fails gives its room back', async () => {
  const budget = createBudget(60_000);
  const tooSmall = { maxBytes: 40_000, budget };
  await assert.rejects(() => boundedDownload(addresses, tooSmall), { code: 'TOO_LARGE' });
  await assert.rejects(() => boundedDownload(() => Promise.reject(new Error('no address')), tooSmall), /no address/);
  let room = false;
  void budget.take(60_000).then(() => {
    room = true;
  });
  await until('all of the room is free', () => room);
});
