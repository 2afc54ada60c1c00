import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { FlatVectors } from '../../../plugin/vector-index/flat';
import type { Graph } from '../../../plugin/vector-index/process/graph';
import { SearchableVectors } from '../../../plugin/vector-index/process/searchable';
import { encodeFloat16 } from '../../../plugin/vectors/float16';

const DIMS = 4;
const QUERY = Float32Array.of(1, 0, 0, 0);

/** Takes longer than a slice for each vector, and finds the first ones. */
function slowGraph(): Graph {
  const slots: number[] = [];
  return {
    covered: 0,
    get size() {
      return slots.length;
    },
    isCurrent: true,
    add(slot: number) {
      const end = performance.now() + 1;
      while (performance.now() < end);
      slots.push(slot);
    },
    search: (_unit: Float32Array, count: number) => slots.slice(0, count),
    remap() {},
  } as unknown as Graph;
}

let graph: Graph;
let vectors: SearchableVectors;
let last = 0;

const put = (count: number) =>
  vectors.put(
    Array.from({ length: count }, () => {
      last++;
      return { fileId: last, seq: last, vector: encodeFloat16(Float32Array.of(1, last / 1000, 0, 0)) };
    }),
  );
const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await turn();
};

beforeEach(async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  graph = slowGraph();
  last = 0;
  vectors = new SearchableVectors(new FlatVectors(DIMS), {
    createGraph: () => graph,
    graphFrom: 10,
    overfetch: 1,
    leastCandidates: 1,
    onComplete() {},
    onGraphFailed(error) {
      throw error;
    },
  });
  put(20);
  await vectors.caughtUp(0);
  while (graph.covered < 20) await turn();
});

afterEach(() => {
  vectors.stop();
  mock.timers.reset();
});

test('without searches the graph is built without rests', async () => {
  put(10);
  await turns(12);
  assert.equal(graph.covered, 30);
});

test('while searches come, it rests after each slice, and nothing is missing meanwhile', async () => {
  vectors.search(QUERY, 1);
  put(10);
  await turns(12);
  assert.equal(graph.covered, 20);
  assert.equal(vectors.search(QUERY, 30).length, 30);
  for (let covered = 21; covered <= 30; covered++) {
    mock.timers.tick(50);
    await turns(3);
    assert.equal(graph.covered, covered);
    vectors.search(QUERY, 1);
  }
});

test('much that is missing comes first: it is scanned by every search', async () => {
  put(300);
  vectors.search(QUERY, 1);
  await turns(50);
  assert.ok(graph.covered > 20, String(graph.covered));
});

test('nothing is built after stop, not after a rest either', async () => {
  vectors.search(QUERY, 1);
  put(10);
  vectors.stop();
  mock.timers.tick(1_000);
  await turns(3);
  assert.equal(graph.covered, 20);
});
