import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configSchema } from '../../plugin/contracts/config';
import type { EmbeddingStore, FileId, StoredVector } from '../../plugin/ports';
import { createSpaceSearch } from '../../plugin/search/space-search';
import { createLocalIndex } from '../../plugin/vector-index/process/usearch-in-process';
import { createUsearchIndex } from '../../plugin/vector-index/usearch';
import { decodeFloat16, encodeFloat16 } from '../../plugin/vectors/float16';
import { bareUsearch } from '../lib/bare-usearch';
import { bytesIn } from '../lib/bytes-in';
import { clusteredVectors } from '../lib/clustered';
import { hnswlib } from '../lib/hnswlib';
import { residentMb } from '../lib/processes';
import { publish } from '../lib/report';
import { median, quantile } from '../lib/stats';

/** `COUNT` makes a smaller trial. */
const COUNT = Number(process.env.COUNT ?? 100_000);
const ADDED = COUNT / 10;
const DIMS = 2_048;
const PER_CLUSTER = 50;
const SEARCHES = 1_000;
/** Of them, before the next takes its turn. */
const TURN = 50;
/**
 * Before anything is timed, of each kind: until then V8 compiles in threads of its own what is called often, on a core that a search
 * waits for. Without it the slowest hundredth are those searches.
 */
const WARM_UP = 5_000;
/** One right after the other. */
const UNPAUSED = 2_000;
const RECALLED = 100;
const K = 10;
/** Between two searches, as requests come in; without one the next begins when the last has ended. */
const PAUSE_MS = 5;
const PAGE = Math.min(1_000, ADDED);

const logger = { info() {}, warn: console.warn, error: console.error, debug() {} };
const space = { id: 'bench@1/none', model: 'bench', dims: DIMS };

/**
 * Searches by picture among 100,000, at rest and while more are being added, through the index process as a request does it, beside
 * the same graph in usearch alone, hnswlib-node (where it is installed) and a scan.
 */
export async function run(): Promise<void> {
  const stateDir = mkdtempSync(path.join(os.tmpdir(), 'similar-search-'));
  const config = configSchema.parse({}).index;
  const index = createUsearchIndex({ stateDir, config, logger });
  const local = createLocalIndex({ stateDir, config, logger: { ...logger, warn() {} }, lockWaitMs: 0 });
  try {
    const { pid } = await index.open(space);
    const draw = clusteredVectors(DIMS, Math.ceil(COUNT / PER_CLUSTER));
    let last = 0;
    /** By file id. */
    const vectors: Uint16Array[] = [];
    const page = (): StoredVector[] =>
      Array.from({ length: PAGE }, () => {
        const vector = encodeFloat16(draw());
        vectors[++last] = vector;
        return { fileId: last, seq: last, vector };
      });

    let lastPut: StoredVector | undefined;
    const put = (items: StoredVector[]) => {
      lastPut = items.at(-1);
      return index.put(items);
    };
    /** Until the graph has what was put. */
    const caughtUp = async () => {
      while ((await index.status()).mode !== 'graph') await sleep(100);
      // A put, also of what is there already, ends when the graph lags no more.
      if (lastPut) await index.put([lastPut]);
    };

    let drawing = 0;
    const built = performance.now();
    while (last < COUNT) {
      const start = performance.now();
      const items = page();
      drawing += performance.now() - start;
      await put(items);
    }
    await caughtUp();
    const buildSeconds = (performance.now() - built - drawing) / 1_000;
    await index.save();

    const search = createSpaceSearch({
      ...{ space, index, ready: async () => {} },
      // By file id nothing is read from the database.
      store: {} as EmbeddingStore,
      embed: () => Promise.reject(new Error('nothing is embedded here')),
    });
    const nth = (i: number): FileId => 1 + ((i * 7_919) % COUNT);
    const bare = bareUsearch(stateDir, space, config);
    await local.open(space);

    type Search = (fileId: FileId, k: number) => unknown;
    const unitOf = (fileId: FileId) => {
      const numbers = decodeFloat16(vectors[fileId]);
      const length = Math.sqrt(numbers.reduce((sum, n) => sum + n * n, 0));
      return numbers.map((n) => n / length);
    };
    // Those alone are given a vector: it is not what is measured.
    const units = new Map(Array.from({ length: SEARCHES }, (_, i) => [nth(i), unitOf(nth(i))]));
    const ours: Search = async (fileId, k) => search.neighbours(await search.queries([fileId]), { limit: k });
    /** From inside out: each does what the one before does, and more. */
    const stages: Array<[name: string, search: Search, times: number[]]> = [
      ['usearch alone, in the process of who asks', (id, k) => bare.search(units.get(id) as Float32Array, k), []],
      ['ranked by the stored vectors', (id, k) => local.searchLike(id, k), []],
      ['in a process of its own', (id, k) => index.searchLike(id, k), []],
      ['through the pipeline', ours, []],
    ];
    const timed = async (searchFor: Search, i: number, k: number) => {
      const fileId = nth(i);
      const start = performance.now();
      await searchFor(fileId, k);
      return performance.now() - start;
    };
    const series = async (searchFor: Search, k: number, goesOn: (done: number) => boolean, pauseMs = PAUSE_MS) => {
      const times: number[] = [];
      for (let i = 0; goesOn(i); i++) {
        times.push(await timed(searchFor, i, k));
        if (pauseMs > 0) await sleep(pauseMs);
      }
      return times;
    };
    for (const [, searchFor] of stages) {
      for (let i = 0; i < WARM_UP; i++) await searchFor(nth(i % SEARCHES), K);
    }
    for (let from = 0; from < SEARCHES; from += TURN) {
      for (const [, searchFor, times] of stages) {
        for (let i = from; i < from + TURN; i++) {
          times.push(await timed(searchFor, i, K));
          await sleep(PAUSE_MS);
        }
      }
    }
    const [alone, , , atRest] = stages.map(([, , times]) => times);
    const wide = await series(ours, 50, (i) => i < SEARCHES);
    const rate = async (goesOn: (done: number) => boolean) => {
      const start = performance.now();
      const times = await series(ours, K, goesOn, 0);
      return (1_000 * times.length) / (performance.now() - start);
    };
    const restRate = await rate((i) => i < UNPAUSED);

    const everyone = Array.from({ length: COUNT }, (_, i) => i + 1);
    const exactTimes: number[] = [];
    const nearest = new Map<FileId, Set<FileId>>();
    let found = 0;
    let bareFound = 0;
    for (let i = 0; i < RECALLED; i++) {
      const start = performance.now();
      const exact = (await index.searchLike(nth(i), K, { among: everyone })) ?? [];
      exactTimes.push(performance.now() - start);
      const held = new Set((await index.searchLike(nth(i), K))?.map(({ fileId }) => fileId));
      found += exact.filter(({ fileId }) => held.has(fileId)).length / exact.length;
      // Its keys are the numbers of the vectors, from 0.
      const points = new Set(bare.search(unitOf(nth(i)), K));
      bareFound += exact.filter(({ fileId }) => points.has(fileId - 1)).length / exact.length;
      nearest.set(nth(i), new Set(exact.map(({ fileId }) => fileId)));
    }
    const recall = found / RECALLED;

    /** @returns seconds, and what `work` gave that goes on in the meantime */
    const whileAdding = async <T>(
      work: (goesOn: () => boolean) => Promise<T>,
    ): Promise<[seconds: number, result: T]> => {
      const more = Array.from({ length: ADDED / PAGE }, page);
      let adding = true;
      const start = performance.now();
      const puts = (async () => {
        for (const items of more) await put(items);
        await caughtUp();
        adding = false;
      })();
      const result = await work(() => adding);
      await puts;
      return [(performance.now() - start) / 1_000, result];
    };
    const [addSeconds, busy] = await whileAdding((goesOn) => series(ours, K, goesOn));
    const [addUnpausedSeconds, busyRate] = await whileAdding(rate);
    const [addQuietSeconds] = await whileAdding(async () => {});

    const besideHnswlib = async () => {
      const library = hnswlib(DIMS, COUNT, config);
      if (!library) return undefined;
      const start = performance.now();
      for (let id = 1; id <= COUNT; id++) library.add(id, unitOf(id));
      const buildSeconds = (performance.now() - start) / 1_000;
      let found = 0;
      const times: number[] = [];
      for (let i = 0; i < SEARCHES; i++) {
        const query = Array.from(unitOf(nth(i)));
        const start = performance.now();
        const ids = library.search(query, K);
        times.push(performance.now() - start);
        const exact = nearest.get(nth(i));
        if (exact) found += ids.filter((id) => exact.has(id)).length / exact.size;
        await sleep(PAUSE_MS);
      }
      return { buildSeconds, times, recall: found / nearest.size };
    };
    const megabytes = pid ? residentMb(pid) : 0;
    await index.save();
    const other = await besideHnswlib();
    const row = (what: string, times: number[]) => [
      what,
      median(times).toFixed(2),
      quantile(times, 0.99).toFixed(2),
      Math.max(...times).toFixed(0),
      (median(times) / median(alone)).toFixed(2),
      (median(exactTimes) / median(times)).toFixed(0),
    ];
    const [p50, p99] = [median(busy), quantile(busy, 0.99)];
    const against = (name: string, most: number, times: number[], of: (times: number[]) => number) => {
      const times_ = of(times) / of(alone);
      return { name, wanted: `≤ ${most}`, measured: times_.toFixed(2), met: times_ <= most };
    };
    const p99Of = (times: number[]) => quantile(times, 0.99);
    publish('search', {
      title: 'Searches in the core',
      method: `${COUNT} unit vectors of ${DIMS} numbers in ${Math.ceil(COUNT / PER_CLUSTER)} clusters (a centre of normal numbers, plus normal noise of 0.7 times its size: cosine about 0.67 within a cluster, 0 between), in the real index process. One search every ${PAUSE_MS} ms by the id of a picture: ${SEARCHES} of each kind at rest, ${TURN} in turn, after ${WARM_UP} of each that are not timed, and ${busy.length} while ${ADDED} more are added. usearch alone: the graph that the index has saved, with the same settings, asked for ${K}. Recall of the ${K} nearest against the scan of all vectors, over ${RECALLED} queries. Rates: one search right after the other, ${UNPAUSED} at rest.${other ? '' : ' hnswlib-node was not installed.'}`,
      columns: ['What', 'p50 ms', 'p99 ms', 'max ms', 'p50 / usearch alone', 'times as fast as the scan'],
      rows: [
        ...stages.map(([name, , times]) => row(`${K} nearest, ${name}`, times)),
        row(`50 nearest, as a request asks for`, wide),
        row(`${K} nearest while ${ADDED} are added`, busy),
        row('scan of all vectors', exactTimes),
        ...(other ? [row(`${K} nearest, hnswlib-node alone`, other.times)] : []),
        ...figures({
          recall: recall.toFixed(4),
          'recall of usearch alone': (bareFound / RECALLED).toFixed(4),
          ...(other && { 'recall of hnswlib-node': other.recall.toFixed(4) }),
          'searches/s at rest': restRate.toFixed(0),
          [`searches/s while ${ADDED} are added`]: busyRate.toFixed(0),
          'built in': `${buildSeconds.toFixed(0)} s`,
          ...(other && { 'hnswlib-node built in': `${other.buildSeconds.toFixed(0)} s` }),
          [`${ADDED} added in, without searches`]: `${addQuietSeconds.toFixed(0)} s`,
          [`${ADDED} added in, beside a search every ${PAUSE_MS} ms`]: `${addSeconds.toFixed(0)} s`,
          [`${ADDED} added in, beside one search after the other`]: `${addUnpausedSeconds.toFixed(0)} s`,
          'memory of the process': `${megabytes.toFixed(0)} MiB`,
          'on disk': `${(bytesIn(stateDir) / 2 ** 20).toFixed(0)} MiB`,
        }),
      ],
      targets: [
        { name: 'p50 while adding', wanted: '≤ 2 ms', measured: p50.toFixed(2), met: p50 <= 2 },
        { name: 'p99 while adding', wanted: '≤ 10 ms', measured: p99.toFixed(2), met: p99 <= 10 },
        { name: `recall@${K}`, wanted: '≥ 0.999', measured: recall.toFixed(4), met: recall >= 0.999 },
        against('p50 at rest / usearch alone', 1.1, atRest, median),
        against('p99 at rest / usearch alone', 2, atRest, p99Of),
        against('p99 while adding / usearch alone at rest', 4, busy, p99Of),
        {
          name: 'searches/s while adding / at rest',
          wanted: '≥ 0.5',
          measured: (busyRate / restRate).toFixed(2),
          met: busyRate >= restRate / 2,
        },
      ],
    });
  } finally {
    await local.close();
    await index.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** Rows of one number each. */
const figures = (named: Record<string, string>) =>
  Object.entries(named).map(([name, value]) => [name, value, '', '', '', '']);
