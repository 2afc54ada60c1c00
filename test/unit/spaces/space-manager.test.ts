import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import knexOf, { type Knex } from 'knex';
import type { Int8Rejection } from '../../../plugin/int8/int8-model';
import type { Logger, Records } from '../../../plugin/ports';
import type { MissingModel } from '../../../plugin/spaces/embedding';
import type { ModelSpace } from '../../../plugin/spaces/model-space';
import { createSpaceManager, type SpaceManager } from '../../../plugin/spaces/space-manager';
import type { SpaceRunner } from '../../../plugin/spaces/space-runner';
import { createKnexStore } from '../../../plugin/store/knex';
import { createKnexRecords } from '../../../plugin/store/records';
import { until } from '../../helpers/until';

const named = (id: string): ModelSpace => ({ space: { id, model: id, dims: 4 }, recipe: { model: id } });
const OLD = named('old');
const NEW = named('new');
const BUNDLED = named('bundled');
/** NEW is its int8 space. */
const FP32 = named('fp32');

/** A runner that does what the test says. */
class FakeRunner {
  started = 0;
  stopped = 0;
  missing: MissingModel | undefined;
  isComplete = false;
  int8Rejection: Int8Rejection | undefined;
  constructor(readonly named: ModelSpace) {}
  get space() {
    return this.named.space;
  }
  async start() {
    this.started += 1;
  }
  async stop() {
    this.stopped += 1;
  }
  looks = 0;
  async complete() {
    this.looks += 1;
    return this.isComplete;
  }
}

describe('SpaceManager', () => {
  let knex: Knex;
  let records: Records;
  let store: ReturnType<typeof createKnexStore>;
  let log: string[];
  let boards: SpaceManager[];
  let filesRemoved: string[];

  beforeEach(async () => {
    knex = knexOf({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true });
    records = createKnexRecords(knex);
    store = createKnexStore(knex);
    await store.open();
    log = [];
    boards = [];
    filesRemoved = [];
  });

  afterEach(async () => {
    await Promise.all(boards.map((board) => board.stop()));
    await knex.destroy();
  });

  function board(wanted: ModelSpace, { indexing = true, awayMs = 3_600_000 } = {}) {
    const runners = new Map<string, FakeRunner>();
    const note = (message: string) => void log.push(message);
    const logger: Logger = { info: note, warn: note, error: note, debug: note };
    const created = createSpaceManager({
      wanted,
      fallback: BUNDLED,
      fp32: FP32,
      store,
      records,
      indexing,
      awayMs,
      logger,
      pollMs: 5,
      removeFiles: async (space) => void filesRemoved.push(space),
      createSpaceRunner(space) {
        const runner = new FakeRunner(space);
        runners.set(space.space.id, runner);
        return runner as unknown as SpaceRunner;
      },
    });
    boards.push(created);
    return { board: created, runner: (space: ModelSpace) => runners.get(space.space.id) as FakeRunner };
  }

  async function storeVectors(space: ModelSpace, count: number): Promise<void> {
    const { id } = space.space;
    await store.enqueue(
      id,
      Array.from({ length: count }, (_, i) => i + 1),
    );
    const claims = await store.claim(id, count, 60_000);
    const vector = Float32Array.of(1, 0, 0, 0);
    await store.complete(claims.map((claim) => ({ claim, digest: 'd', stamp: 's', vector })));
  }

  const liveIs = (of: SpaceManager, { space }: ModelSpace) =>
    until(`${space.id} is live`, () => of.live.space.id === space.id);

  /** A library that lives in `old`, and a node that is configured for `new`. */
  async function changedModel(options?: { awayMs: number }) {
    const first = board(OLD);
    await first.board.start();
    await storeVectors(OLD, 10);
    await first.board.stop();
    const second = board(NEW, options);
    await second.board.start();
    return second;
  }

  it('starts in the configured space', async () => {
    const { board: of, runner } = board(OLD);
    await of.start();
    assert.equal(of.live.space.id, 'old');
    assert.equal(of.next, undefined);
    assert.equal(runner(OLD).started, 1);
  });

  it('keeps answering in the old space while the new one is built, and swaps when it is complete', async () => {
    const { board: of, runner } = await changedModel();
    assert.equal(of.live.space.id, 'old');
    assert.equal(of.next?.space.id, 'new');
    await storeVectors(NEW, 10);
    runner(NEW).isComplete = true;
    await liveIs(of, NEW);
    await until('the old runner to stop', () => runner(OLD).stopped === 1);
    assert.equal(of.next, undefined);
    assert.equal(of.previous?.space.id, 'old');
    assert.equal(runner(NEW).started, 1, 'the runner that built the space serves it');
    assert.equal((await store.counts('old')).vectors, 10, 'the old vectors are kept for a roll-back');
  });

  it('does not swap to a space that refused the pictures', async () => {
    const { board: of, runner } = await changedModel();
    await storeVectors(NEW, 5);
    runner(NEW).isComplete = true;
    await until('the refusal', () => log.some((line) => line.includes('new is not used')));
    assert.equal(of.live.space.id, 'old');
  });

  /** They are known, and on no node that runs. */
  async function missBytes(count: number): Promise<void> {
    const ids = Array.from({ length: count }, (_, i) => 100 + i);
    await store.enqueue('new', ids);
    const reason = 'on no node';
    for (const claim of await store.claim('new', count, 1_000))
      await store.unseen(claim, { state: 'failed', code: 'BYTES_MISSING', reason }, undefined, 'missing');
  }

  it('waits for pictures of a node that is away, and swaps when they are there', async () => {
    const { board: of, runner } = await changedModel();
    await storeVectors(NEW, 9);
    await missBytes(1);
    runner(NEW).isComplete = true;
    await until('it is told', () =>
      log.some((line) => /has every picture but 1 whose bytes are on no node/.test(line)),
    );
    const { looks } = runner(NEW);
    await until('it has looked again', () => runner(NEW).looks > looks + 2);
    assert.equal(of.live.space.id, 'old');
    assert.equal(log.filter((line) => line.includes('on no node')).length, 1, log.join('\n'));
    await store.retry('new', [100]);
    const claims = await store.claim('new', 1, 1_000);
    await store.complete(
      claims.map((claim) => ({ claim, digest: 'd', stamp: 's', vector: Float32Array.of(1, 0, 0, 0) })),
    );
    await liveIs(of, NEW);
  });

  it('swaps without them when the node stays away, also when they are many', async () => {
    const { board: of, runner } = await changedModel({ awayMs: 0 });
    await storeVectors(NEW, 6);
    await missBytes(4);
    runner(NEW).isComplete = true;
    await liveIs(of, NEW);
  });

  it('never swaps to a space that has seen less than half of the pictures', async () => {
    const { board: of, runner } = await changedModel({ awayMs: 0 });
    await storeVectors(NEW, 4);
    await missBytes(6);
    runner(NEW).isComplete = true;
    await until('the refusal', () => log.some((line) => line.includes('new is not used')));
    assert.equal(of.live.space.id, 'old');
  });

  it('goes on after a restart in between', async () => {
    const { board: of } = await changedModel();
    await storeVectors(NEW, 4);
    await of.stop();
    const again = board(NEW);
    await again.board.start();
    assert.equal(again.board.live.space.id, 'old');
    assert.equal(again.board.next?.space.id, 'new');
    assert.equal((await store.counts('new')).vectors, 4);
  });

  it('cancels for good, also over a restart, until it is asked to build again', async () => {
    const { board: of } = await changedModel();
    await storeVectors(NEW, 4);
    await of.cancel();
    assert.equal(of.next, undefined);
    assert.equal((await store.counts('new')).vectors, 0);
    assert.deepEqual(filesRemoved, ['new']);
    await of.stop();

    const again = board(NEW);
    await again.board.start();
    assert.equal(again.board.next, undefined);
    assert.equal(again.board.declined, 'new');
    await again.board.build();
    assert.deepEqual((again.board.next as SpaceRunner | undefined)?.space, NEW.space);
    await again.board.cancel();
    await assert.rejects(again.board.cancel(), { code: 'NOT_SWITCHING' });
  });

  it('rolls back to the space that was live before, and stays there', async () => {
    const { board: of, runner } = await changedModel();
    await assert.rejects(of.rollBack(), { code: 'NOT_SWITCHING' });
    await storeVectors(NEW, 10);
    runner(NEW).isComplete = true;
    await liveIs(of, NEW);
    await of.rollBack();
    assert.equal(of.live.space.id, 'old');
    await of.stop();
    const again = board(NEW);
    await again.board.start();
    assert.equal(again.board.live.space.id, 'old');
    assert.equal(again.board.next, undefined);
  });

  /** A node that is configured for `old`, on which somebody chose `new`. */
  async function choseModel() {
    const { board: of, runner } = board(OLD);
    await of.start();
    await storeVectors(OLD, 10);
    await of.choose(NEW);
    return { board: of, runner };
  }

  it('builds a space that was chosen and keeps it, also over a restart, until the configuration changes', async () => {
    const { board: of, runner } = await choseModel();
    assert.equal(of.live.space.id, 'old');
    assert.equal(of.next?.space.id, 'new');
    await of.stop();

    const again = board(OLD);
    await again.board.start();
    assert.equal(again.board.next?.space.id, 'new', 'goes on after a restart');
    assert.equal(again.board.chosen, true);
    await storeVectors(NEW, 10);
    again.runner(NEW).isComplete = true;
    await liveIs(again.board, NEW);
    assert.equal(again.board.declined, undefined);
    await again.board.stop();
    assert.equal(runner(NEW).stopped, 1);

    const kept = board(OLD);
    await kept.board.start();
    assert.equal(kept.board.live.space.id, 'new');
    assert.equal(kept.board.next, undefined);
    await kept.board.stop();

    const configured = board(named('third'));
    await configured.board.start();
    assert.equal(configured.board.next?.space.id, 'third');
    assert.equal(configured.board.chosen, false);
    await configured.board.stop();

    const back = board(OLD);
    await back.board.start();
    assert.equal(back.board.next?.space.id, 'old', 'a choice that was given up does not come back');
  });

  it('gives up a choice that is cancelled', async () => {
    const { board: of } = await choseModel();
    await of.cancel();
    assert.equal(of.next, undefined);
    assert.equal(of.declined, undefined, 'nothing that is configured was declined');
    assert.equal(of.chosen, false);
    await of.stop();
    const again = board(OLD);
    await again.board.start();
    assert.equal(again.board.next, undefined);
    assert.equal(again.board.live.space.id, 'old');
  });

  it('goes back from a choice to the configured space', async () => {
    const { board: of, runner } = await choseModel();
    await storeVectors(NEW, 10);
    runner(NEW).isComplete = true;
    await liveIs(of, NEW);
    await of.rollBack();
    assert.equal(of.live.space.id, 'old');
    assert.equal(of.declined, undefined);
    await of.choose(NEW);
    assert.equal(of.next?.space.id, 'new');
    await of.build();
    assert.equal(of.next, undefined, 'the configured space is live');
    assert.equal(of.chosen, false);
  });

  it('takes the configured space for no choice, and builds it although it was declined', async () => {
    const { board: of } = await changedModel();
    await of.cancel();
    assert.equal(of.declined, 'new');
    await of.choose(NEW);
    assert.equal(of.next?.space.id, 'new');
    assert.equal(of.declined, undefined);
    assert.equal(of.chosen, false);
  });

  it('does not build the configured space again when somebody chose another one instead and cancelled it', async () => {
    const { board: of } = await changedModel();
    await of.choose(named('third'));
    assert.equal(of.next?.space.id, 'third');
    await of.cancel();
    await of.stop();
    const again = board(NEW);
    await again.board.start();
    assert.equal(again.board.next, undefined);
    assert.equal(again.board.declined, 'new');
  });

  it('stops building when the configuration goes back to the live space', async () => {
    const { board: of } = await changedModel();
    await of.stop();
    const again = board(OLD);
    await again.board.start();
    assert.equal(again.board.next, undefined);
  });

  it('follows what another node decides', async () => {
    const { board: of, runner } = await changedModel();
    const serving = board(OLD, { indexing: false });
    await serving.board.start();
    assert.equal(serving.board.next?.space.id, 'new', 'a node that only serves has no say');
    await storeVectors(NEW, 10);
    runner(NEW).isComplete = true;
    await liveIs(of, NEW);
    await liveIs(serving.board, NEW);
    await of.rollBack();
    await liveIs(serving.board, OLD);
  });

  it('uses the bundled model while the wanted one cannot be had, and switches by itself later', async () => {
    const { board: of, runner } = board(NEW);
    await of.start();
    runner(NEW).missing = { why: 'No network.' };
    await liveIs(of, BUNDLED);
    assert.deepEqual(
      log.filter((line) => line.includes('No network')),
      ['The bundled model bundled is used until new is available. No network.'],
    );
    assert.equal(of.next?.space.id, 'new');
    await storeVectors(BUNDLED, 10);
    runner(NEW).missing = undefined;
    await storeVectors(NEW, 10);
    runner(NEW).isComplete = true;
    await liveIs(of, NEW);
    assert.equal(runner(NEW).started, 1, 'the same runner all the time');
  });

  it('does not wait for the last attempt to fetch a model, and says why only when that has failed', async () => {
    const { board: of, runner } = board(NEW);
    await of.start();
    runner(NEW).missing = {};
    await liveIs(of, BUNDLED);
    const said = () => log.filter((line) => line.includes('is available'));
    assert.deepEqual(said(), []);
    runner(NEW).missing = { why: 'No network.' };
    await until('the reason is said', () => said().length > 0);
    const looks = runner(NEW).looks;
    await until('it has looked again and again', () => runner(NEW).looks > looks + 5);
    assert.deepEqual(said(), ['Searches use bundled until new is available. No network.']);
  });

  it('does not fall back while there are vectors that answer', async () => {
    const { board: of, runner } = board(NEW);
    await of.start();
    await storeVectors(NEW, 3);
    runner(NEW).missing = { why: 'No network.' };
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(of.live.space.id, 'new');
  });

  it('uses fp32 while there are too few pictures for an int8 model, and switches by itself later', async () => {
    const { board: of, runner } = board(NEW);
    await of.start();
    runner(NEW).int8Rejection = { pending: true, reason: 'too few' };
    await liveIs(of, FP32);
    assert.equal(of.next?.space.id, 'new');
    assert.equal(of.declined, undefined);
    runner(NEW).int8Rejection = undefined;
    await storeVectors(NEW, 3);
    runner(NEW).isComplete = true;
    await liveIs(of, NEW);
  });

  it('stays at fp32 when the int8 model is refused, says why, over a restart, and tries again when asked to', async () => {
    const { board: of, runner } = board(NEW);
    await of.start();
    runner(NEW).int8Rejection = { pending: false, reason: 'it loses too much' };
    await liveIs(of, FP32);
    assert.deepEqual([of.next, of.declined, of.declinedBecause], [undefined, 'new', 'it loses too much']);
    await until('the int8 runner to stop', () => runner(NEW).stopped === 1);
    await of.stop();

    const again = board(NEW);
    await again.board.start();
    assert.equal(again.board.live.space.id, 'fp32');
    assert.deepEqual([again.board.next, again.board.declinedBecause], [undefined, 'it loses too much']);
    await again.board.build();
    assert.deepEqual((again.board.next as SpaceRunner | undefined)?.space, NEW.space);
    assert.equal(again.board.declinedBecause, undefined);
  });

  it('answers with the int8 vectors until fp32 is built, on a machine that refuses the model later', async () => {
    const { board: of, runner } = board(NEW);
    await of.start();
    await storeVectors(NEW, 10);
    runner(NEW).int8Rejection = { pending: false, reason: 'another CPU' };
    await until('fp32 is built', () => of.next?.space.id === 'fp32');
    assert.equal(of.live.space.id, 'new');
    await storeVectors(FP32, 10);
    runner(FP32).isComplete = true;
    await liveIs(of, FP32);
    assert.deepEqual([of.declined, of.declinedBecause], ['new', 'another CPU']);
  });

  it('builds the fp32 space of another model when its int8 model is refused', async () => {
    const { board: of, runner } = await changedModel();
    runner(NEW).int8Rejection = { pending: true, reason: 'too few' };
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(of.next?.space.id, 'new', 'the live space answers until there are enough pictures');
    runner(NEW).int8Rejection = { pending: false, reason: 'it loses too much' };
    await until('fp32 is built', () => of.next?.space.id === 'fp32');
    assert.equal(of.live.space.id, 'old');
    await storeVectors(FP32, 10);
    runner(FP32).isComplete = true;
    await liveIs(of, FP32);
  });

  it('keeps one earlier space', async () => {
    const { board: of, runner } = await changedModel();
    await storeVectors(named('older'), 2);
    await storeVectors(NEW, 10);
    runner(NEW).isComplete = true;
    await liveIs(of, NEW);
    await until('the older space to go', async () => !(await store.spaces()).includes('older'));
    assert.deepEqual(await store.spaces(), ['new', 'old']);
  });
});
