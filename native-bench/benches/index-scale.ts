import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import createKnex from 'knex';
import { configSchema } from '../../plugin/contracts/config';
import type { StoredVector, VectorIndex } from '../../plugin/ports';
import { createExactIndex } from '../../plugin/vector-index/exact';
import { createPgvectorIndex } from '../../plugin/vector-index/pgvector';
import { createUsearchIndex } from '../../plugin/vector-index/usearch';
import { createWeaviateIndex } from '../../plugin/vector-index/weaviate';
import { encodeFloat16 } from '../../plugin/vectors/float16';
import { pgvectorMissing, startPgvector } from '../../test/helpers/pgvector';
import { startWeaviate, weaviateMissing } from '../../test/helpers/weaviate';
import { bytesIn } from '../lib/bytes-in';
import { clusteredVectors } from '../lib/clustered';
import { publish } from '../lib/report';
import { median, quantile } from '../lib/stats';

const numbers = (text: string) => text.split(',').map(Number);
const SIZES = numbers(process.env.SIZES ?? '10000,100000');
const DIMS = numbers(process.env.DIMS ?? '256');
/** Libraries of so many numbers in all are put into these engines only, e.g. `usearch`. */
const LARGE = Number(process.env.LARGE ?? Number.POSITIVE_INFINITY);
/** And more than so many into none. */
const MOST = Number(process.env.MOST ?? Number.POSITIVE_INFINITY);
const LARGE_ENGINES = (process.env.LARGE_ENGINES ?? 'usearch,weaviate,pgvector').split(',');

/** Vectors from which on there is a graph, and some more. */
const SMALLEST_GRAPH = 5_000;
const PER_CLUSTER = 50;
const PAGE = 1_000;
const WARM = 50;
const SEARCHES = 300;
const RECALLED = 50;
const K = 10;

const logger = { info() {}, warn: console.warn, error: console.error, debug() {} };
const config = configSchema.parse({}).index;

interface Engine {
  index: VectorIndex;
  memoryMb(): Promise<number>;
  diskMb(): Promise<number>;
  stop(): Promise<void>;
}

const ENGINES: Record<string, { missing(): string | undefined; start(): Promise<Engine> }> = {
  usearch: {
    missing: () => undefined,
    async start() {
      const stateDir = mkdtempSync(path.join(os.tmpdir(), 'similar-scale-'));
      const index = createUsearchIndex({ stateDir, config, logger });
      return {
        index,
        memoryMb: async () => shareOf([(await index.status()).pid as number]),
        diskMb: async () => folderMb(stateDir),
        async stop() {
          await index.close();
          rmSync(stateDir, { recursive: true });
        },
      };
    },
  },
  pgvector: {
    missing: pgvectorMissing,
    async start() {
      const server = await startPgvector();
      const knex = createKnex({ client: server.client, connection: server.connection, pool: { min: 0, max: 10 } });
      const index = createPgvectorIndex({ knex, config, logger });
      return {
        index,
        memoryMb: async () => shareOf(pidsOf('postgres')),
        async diskMb() {
          const { rows } = await knex.raw(
            "select sum(pg_total_relation_size(oid)) as bytes from pg_class where relkind = 'r' and relname like 'similar_index_%'",
          );
          return Number(rows[0].bytes) / 2 ** 20;
        },
        async stop() {
          await index.close();
          await knex.destroy();
          await server.stop();
        },
      };
    },
  },
  weaviate: {
    missing: weaviateMissing,
    async start() {
      const server = await startWeaviate();
      const { url, grpcUrl } = server.nodes[0];
      const index = createWeaviateIndex({
        config: { ...config, weaviate: { ...config.weaviate, url, grpcUrl } },
        logger,
      });
      return {
        index,
        memoryMb: async () => shareOf(pidsOf('weaviate-server')),
        diskMb: async () => folderMb(weaviateFolder()),
        async stop() {
          await index.close();
          await server.stop();
        },
      };
    },
  },
};

/** What a library of so many vectors costs in each index, put and searched as the plugin does it. */
export async function run(): Promise<void> {
  const rows: Array<Array<string | number>> = [];
  const skipped = Object.entries(ENGINES).flatMap(([name, { missing }]) =>
    missing() ? [`${name}: ${missing()}`] : [],
  );
  for (const dims of DIMS) {
    for (const size of SIZES.filter((one) => one * dims <= MOST)) {
      const vectors = drawn(dims, size);
      for (const [name, { missing, start }] of Object.entries(ENGINES)) {
        if (missing() || (size * dims >= LARGE && !LARGE_ENGINES.includes(name))) continue;
        const engine = await start();
        try {
          rows.push([name, size, dims, ...(await measure(engine, vectors, dims))]);
          console.log(rows.at(-1)?.join(' | '));
        } finally {
          await engine.stop();
        }
      }
    }
  }
  publish('index-scale', {
    title: 'Indexes by size',
    method: `Clustered vectors of unit length, put ${PAGE} at a time and searched for ${K} by one client after the other (${SEARCHES} searches, after ${WARM}), through each provider's own code, servers on the same machine with their default settings (PostgreSQL without fsync). Memory: what the processes of the index hold, shared pages by their share. Recall: of ${RECALLED} searches against all vectors.${skipped.length > 0 ? ` Skipped: ${skipped.join('; ')}.` : ''}`,
    columns: [
      'Index',
      'Vectors',
      'Numbers',
      'Put per second',
      'Memory, MiB',
      'Disk, MiB',
      'p50, ms',
      'p99, ms',
      'Recall@10',
    ],
    rows,
  });
}

function drawn(dims: number, size: number): Float32Array[] {
  const draw = clusteredVectors(dims, Math.ceil(size / PER_CLUSTER));
  return Array.from({ length: size }, draw);
}

async function measure({ index, memoryMb, diskMb }: Engine, vectors: Float32Array[], dims: number) {
  const exact = createExactIndex();
  for (const one of [index, exact]) await one.open({ id: `bench@1/${dims}`, model: 'bench', dims });
  const started = performance.now();
  /** What is put to be compared with takes none of its time. */
  let comparing = 0;
  let last: StoredVector[] = [];
  for (let at = 0; at < vectors.length; at += PAGE) {
    last = vectors
      .slice(at, at + PAGE)
      .map((vector, i) => ({ fileId: at + i + 1, seq: at + i + 1, vector: encodeFloat16(vector) }));
    await index.put(last);
    const start = performance.now();
    await exact.put(last);
    comparing += performance.now() - start;
  }
  while ((await index.status()).mode !== 'graph' && vectors.length >= SMALLEST_GRAPH) await sleep(100);
  // A put, also of what is there already, ends when the graph lags no more.
  await index.put(last.slice(-1));
  const seconds = (performance.now() - started - comparing) / 1_000;
  await index.save();
  const queryOf = (i: number) => vectors[(i * 7_919) % vectors.length];
  const times: number[] = [];
  for (let i = 0; i < WARM + SEARCHES; i++) {
    const start = performance.now();
    await index.search(queryOf(i), K);
    if (i >= WARM) times.push(performance.now() - start);
  }
  let hits = 0;
  for (let i = 0; i < RECALLED; i++) {
    const found = new Set((await index.search(queryOf(i), K)).map(({ fileId }) => fileId));
    hits += (await exact.search(queryOf(i), K)).filter(({ fileId }) => found.has(fileId)).length;
  }
  await exact.close();
  return [
    Math.round(vectors.length / seconds),
    Math.round(await memoryMb()),
    Math.round(await diskMb()),
    median(times).toFixed(2),
    quantile(times, 0.99).toFixed(2),
    (hits / (K * RECALLED)).toFixed(4),
  ];
}

/** Processes of a program. Linux. */
function pidsOf(program: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0].includes(program);
      } catch {
        return false;
      }
    });
}

/** MiB of their memory, shared pages by their share. */
function shareOf(pids: readonly number[]): number {
  let kb = 0;
  for (const pid of pids) {
    try {
      kb += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return kb / 1_024;
}

const folderMb = (folder: string) => bytesIn(folder) / 2 ** 20;

/** That of the server which has just been started. */
function weaviateFolder(): string {
  const folders = readdirSync(os.tmpdir()).filter((name) => name.startsWith('similar-weaviate-'));
  const dated = folders.map((name) => path.join(os.tmpdir(), name));
  return dated.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}
