import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configSchema } from '../../plugin/contracts/config';
import type { EmbeddingStore, FileId, StoredVector } from '../../plugin/ports';
import { createSpaceSearch } from '../../plugin/search/space-search';
import { createUsearchIndex } from '../../plugin/vector-index/usearch';
import { encodeFloat16 } from '../../plugin/vectors/float16';
import { bytesIn } from '../lib/bytes-in';
import { clusteredVectors } from '../lib/clustered';
import { residentMb } from '../lib/processes';
import { publish } from '../lib/report';
import { median, quantile } from '../lib/stats';

/** `COUNT` makes a smaller trial. */
const COUNT = Number(process.env.COUNT ?? 100_000);
const ADDED = COUNT / 10;
const DIMS = 2_048;
const PER_CLUSTER = 50;
const SEARCHES = 500;
const RECALLED = 100;
const K = 10;
/** Between two searches, as requests come in; without one the next begins when the last has ended. */
const PAUSE_MS = 5;
const PAGE = Math.min(1_000, ADDED);

const logger = { info() {}, warn: console.warn, error: console.error, debug() {} };
const space = { id: 'bench@1/none', model: 'bench', dims: DIMS };

/** Searches by picture among 100,000, at rest and while more are being added, through the index process as a request does it. */
export async function run(): Promise<void> {
  const stateDir = mkdtempSync(path.join(os.tmpdir(), 'similar-search-'));
  const index = createUsearchIndex({ stateDir, config: configSchema.parse({}).index, logger });
  try {
    const { pid } = await index.open(space);
    const draw = clusteredVectors(DIMS, Math.ceil(COUNT / PER_CLUSTER));
    let last = 0;
    const page = (): StoredVector[] =>
      Array.from({ length: PAGE }, () => ({ fileId: ++last, seq: last, vector: encodeFloat16(draw()) }));

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
    const timed = async (i: number, limit: number) => {
      const queries = await search.queries([nth(i)]);
      const start = performance.now();
      await search.neighbours(queries, { limit });
      return performance.now() - start;
    };
    const series = async (limit: number, goesOn: (done: number) => boolean) => {
      const times: number[] = [];
      for (let i = 0; goesOn(i); i++) {
        times.push(await timed(i, limit));
        await sleep(PAUSE_MS);
      }
      return times;
    };
    await series(K, (i) => i < 50);
    const atRest = await series(K, (i) => i < SEARCHES);
    const wide = await series(50, (i) => i < SEARCHES);

    const everyone = Array.from({ length: COUNT }, (_, i) => i + 1);
    const exactTimes: number[] = [];
    let found = 0;
    for (let i = 0; i < RECALLED; i++) {
      const start = performance.now();
      const exact = (await index.searchLike(nth(i), K, { among: everyone })) ?? [];
      exactTimes.push(performance.now() - start);
      const held = new Set((await index.searchLike(nth(i), K))?.map(({ fileId }) => fileId));
      found += exact.filter(({ fileId }) => held.has(fileId)).length / exact.length;
    }
    const recall = found / RECALLED;

    const more = Array.from({ length: ADDED / PAGE }, page);
    let adding = true;
    const added = performance.now();
    const puts = (async () => {
      for (const items of more) await put(items);
      await caughtUp();
      adding = false;
    })();
    const busy = await series(K, () => adding);
    await puts;
    const addSeconds = (performance.now() - added) / 1_000;

    const megabytes = pid ? residentMb(pid) : 0;
    await index.save();
    const row = (what: string, times: number[]) => [
      what,
      median(times).toFixed(2),
      quantile(times, 0.99).toFixed(2),
      Math.max(...times).toFixed(0),
      (median(exactTimes) / median(times)).toFixed(0),
    ];
    const [p50, p99] = [median(busy), quantile(busy, 0.99)];
    publish('search', {
      title: 'Searches in the core',
      method: `${COUNT} unit vectors of ${DIMS} numbers in ${Math.ceil(COUNT / PER_CLUSTER)} clusters (a centre of normal numbers, plus normal noise of 0.7 times its size: cosine about 0.67 within a cluster, 0 between), in the real index process. One search every ${PAUSE_MS} ms by the id of a picture, through the pipeline: ${SEARCHES} at rest, and ${busy.length} while ${ADDED} more are added. Recall of the ${K} nearest against the scan of all vectors, over ${RECALLED} queries.`,
      columns: ['What', 'p50 ms', 'p99 ms', 'max ms', 'times as fast as the scan'],
      rows: [
        row(`${K} nearest`, atRest),
        row(`50 nearest, as a request asks for`, wide),
        row(`${K} nearest while ${ADDED} are added`, busy),
        row('scan of all vectors', exactTimes),
        ['recall', recall.toFixed(4), '', '', ''],
        [`built in`, `${buildSeconds.toFixed(0)} s`, '', '', ''],
        [`${ADDED} added in`, `${addSeconds.toFixed(0)} s`, '', '', ''],
        ['memory of the process', `${megabytes.toFixed(0)} MiB`, '', '', ''],
        ['on disk', `${(bytesIn(stateDir) / 2 ** 20).toFixed(0)} MiB`, '', '', ''],
      ],
      targets: [
        { name: 'p50 while adding', wanted: '≤ 2 ms', measured: p50.toFixed(2), met: p50 <= 2 },
        { name: 'p99 while adding', wanted: '≤ 10 ms', measured: p99.toFixed(2), met: p99 <= 10 },
        { name: `recall@${K}`, wanted: '≥ 0.999', measured: recall.toFixed(4), met: recall >= 0.999 },
      ],
    });
  } finally {
    await index.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}
