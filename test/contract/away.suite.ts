import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import createKnex, { type Knex } from 'knex';
import type { SimilarConfig } from '../../plugin/contracts/config';
import type { EmbeddingStore, Logger, Match } from '../../plugin/ports';
import { type Answering, createAnswering } from '../../plugin/spaces/answering';
import { createKnexStore } from '../../plugin/store/knex';
import { createExactIndex } from '../../plugin/vector-index/exact';
import type { VectorIndexes } from '../../plugin/vector-index/providers';
import { rememberLikes } from '../../plugin/vector-index/remembering';
import { createFollowingNodes } from '../helpers/following-nodes';
import { createTestLogger } from '../helpers/index-under-test';
import { until } from '../helpers/until';
import { createClusters, createRandom } from '../helpers/vectors';

const DIMS = 16;
const SPACE = { id: 'test@1/lanczos', model: 'test', dims: DIMS };
const COUNT = 200;
/** A server that answers takes less, however busy the machine is. */
const QUICK = { timeoutMs: 5_000 };
/** Float32 sums of the servers and of this process differ by about as much. */
const SAME = 1e-5;

export interface ServerUnderTest {
  /** With an index of its own for each `name`. */
  indexes(name: string, logger: Logger, change: Partial<SimilarConfig['index']>): VectorIndexes;
  halt(): Promise<void>;
  /** From now on, it takes whatever is sent and answers nothing. */
  freeze(): Promise<void>;
  start(): Promise<void>;
}

/** What searches get while the server of an index is away. The vectors are in a database that is not. */
export function awaySuite(kind: string, under: () => ServerUnderTest): void {
  describe(`while the server of ${kind} is away`, () => {
    let knex: Knex;
    let store: EmbeddingStore;
    let logger: ReturnType<typeof createTestLogger>;
    let node: Answering;
    let count = 0;
    const draw = createClusters(DIMS, 5, createRandom(7));
    const { embed } = createFollowingNodes({ space: SPACE, store: () => store, draw });
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

    beforeEach(async () => {
      knex = createKnex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true });
      store = createKnexStore(knex);
      await store.open();
      await embed(...range(1, COUNT));
      logger = createTestLogger();
    });
    afterEach(async () => {
      await node?.stop();
      await knex.destroy();
      await under().start();
    });

    function startNode(change: Partial<SimilarConfig['index']> = {}): void {
      const indexes = under().indexes(`Away${++count}`, logger, change);
      node = createAnswering(SPACE, {
        ...{ store, logger, fallback: indexes.fallback },
        createIndex: (...on) => rememberLikes(indexes.create(...on)),
        embed: () => assert.fail('nothing is embedded'),
      });
      node.start();
    }

    const neighbours = (vector: Float32Array, among?: number[]) =>
      node.search.neighbours([{ fileId: null, vector }], { limit: 10, among });
    const isUnavailable = { code: 'INDEX_UNAVAILABLE', status: 503 };
    function areSame(found: readonly Match[], wanted: readonly Match[]): void {
      assert.deepEqual(
        found.map(({ fileId }) => fileId),
        wanted.map(({ fileId }) => fileId),
      );
      for (const [i, { similarity }] of found.entries()) {
        assert.ok(Math.abs(similarity - wanted[i].similarity) < SAME, `${similarity} is ${wanted[i].similarity}`);
      }
    }

    async function exactly(vector: Float32Array, among?: number[]): Promise<Match[]> {
      const exact = createExactIndex();
      await exact.open(SPACE);
      await exact.put(await store.vectorsSince(SPACE.id, 0, 10_000));
      return exact.search(vector, 10, { among });
    }

    async function answersExactly(): Promise<void> {
      for (const among of [undefined, range(5, 40)]) {
        const queries = Array.from({ length: 10 }, draw);
        const found = await Promise.all(queries.map((query) => neighbours(query, among)));
        for (const [i, query] of queries.entries()) areSame(found[i], await exactly(query, among));
      }
    }

    const levels = () => logger.lines.map((line) => line.split(':')[0]);
    const isBack = () => until('the index answers', async () => (await node.status()).mode === 'graph');

    for (const how of ['halt', 'freeze'] as const) {
      it(`they compare the stored vectors, and the log has one line for each change (${how})`, () => comesAndGoes(how));
    }

    async function comesAndGoes(how: 'halt' | 'freeze'): Promise<void> {
      startNode(QUICK);
      await node.search.neighbours([], { limit: 1 });
      await answersExactly();
      await under()[how]();
      await answersExactly();
      const status = await node.status();
      assert.deepEqual([status.mode, status.state, status.size], ['fallback', 'ready', COUNT]);
      assert.ok(status.problem && status.code, 'the status says why');

      await embed(COUNT + 1);
      await store.forget([1, 2]);
      node.wake();
      await until('searches see the change', async () => {
        const found = await node.search.neighbours([{ fileId: COUNT + 1 }], { limit: 1 });
        return found[0]?.fileId === COUNT + 1 && (await neighbours(draw(), [1, 2])).length === 0;
      });
      await answersExactly();
      assert.ok((await node.search.scoreScale()).scoreOf(2) === 1, 'scores are measured');
      assert.deepEqual(levels(), ['warn'], logger.lines.join('\n'));
      assert.match(logger.lines[0], /does not answer \(.+\)\. Until it is back, searches compare the stored vectors/);

      await under().start();
      await isBack();
      await until('the index has the changes', async () => (await node.status()).size === COUNT - 1);
      await answersExactly();
      assert.deepEqual(levels(), ['warn', 'info'], logger.lines.join('\n'));
    }

    for (const how of ['halt', 'freeze'] as const) {
      it(`they are answered by a node that starts (${how})`, () => starts(how));
    }

    async function starts(how: 'halt' | 'freeze'): Promise<void> {
      await under()[how]();
      startNode(QUICK);
      await until('it is told', () => logger.lines.length > 0);
      await answersExactly();
      await under().start();
      await isBack();
      await answersExactly();
      assert.deepEqual(levels(), ['warn', 'info'], logger.lines.join('\n'));
    }

    it('they get 503 where too many would be compared, unless a filter leaves few', async () => {
      startNode({ fallbackVectors: 50 });
      await node.search.neighbours([], { limit: 1 });
      await under().halt();
      await assert.rejects(neighbours(draw()), isUnavailable);
      await assert.rejects(neighbours(draw(), range(1, 51)), isUnavailable);
      const query = draw();
      const among = range(100, 149);
      areSame(await neighbours(query, among), await exactly(query, among));
      assert.notEqual((await node.status()).state, 'ready');
    });
  });
}
