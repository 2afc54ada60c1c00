import { setTimeout as sleep } from 'node:timers/promises';
import type { PlaygroundProcess } from '../../test/helpers/strapi-process';
import type { LoopDelay } from './loop-delay';
import type { ProbedLoop } from './probed-loop';
import { residentMb } from './processes';
import { ALBUM_PICTURES, type ScaleShop } from './scale-shop';

export const ENTRIES = 1_000;
export const CLIENTS = 20;
export const PER_CLIENT = 50;
export const BATCH = 72;
export const BATCHES = 7;
const WARM_UP = 30;
const PAGES = 100;
const ALBUMS = 20;

/** In milliseconds, unless said otherwise. */
export interface Measured {
  similar: number[];
  plain: number[];
  batches: number[];
  singles: number[];
  /** Or why there is no answer. */
  pages: number[] | string;
  albums: number[] | string;
  duplicates: { compared: number; first: number; second: number; groups: number; longestHold: number };
  busy: LoopDelay;
  sweepSeconds: number;
  memoryMb: number;
}

/** The same without the plugin. */
export interface Bare {
  busy: LoopDelay;
  memoryMb: number;
}

const IMAGES = '&populate=images';
const similarTo = (id: string, more = '') => `/api/similar/${id}?${more}`;
const plainOf = (id: string) => `/api/products/${id}?populate=images`;

/** Every measurement of one database, one after the other; each asks about entries that were not asked about before. */
export async function measure(process: PlaygroundProcess, shop: ScaleShop, loop: ProbedLoop): Promise<Measured> {
  const timed = timing(process);
  const next = walk(shop.products);
  for (let round = 0; round < WARM_UP; round++) {
    const id = next();
    await timed(similarTo(id, `${IMAGES}&pagination[limit]=25`));
    await timed(plainOf(id));
  }

  const similar: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < Math.min(ENTRIES, shop.products.length / 2); round++) {
    const id = next();
    const ours = async () => similar.push(await timed(similarTo(id, IMAGES)));
    const theirs = async () => plain.push(await timed(plainOf(id)));
    for (const ask of round % 4 < 2 ? [ours, theirs] : [theirs, ours]) await ask();
  }
  console.log(`  ${similar.length} entries asked about`);

  const batches: number[] = [];
  const singles: number[] = [];
  for (let round = 0; round < BATCHES; round++) {
    const batch = async () => {
      const body = JSON.stringify({ ids: Array.from({ length: BATCH }, next) });
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      batches.push(await timed('/api/similar/batch?populate=images', init));
    };
    const single = async () => {
      const start = performance.now();
      for (let at = 0; at < BATCH; at++) await timed(similarTo(next(), IMAGES));
      singles.push(performance.now() - start);
    };
    for (const ask of round % 2 === 0 ? [batch, single] : [single, batch]) await ask();
  }
  console.log('  batches asked');

  const nextPage = walk(shop.pages);
  const pages = await unlessRefused(PAGES, () => timed(similarTo(nextPage())));
  // Other numbers of results are other searches: nothing is remembered of the ones before.
  const albums = await unlessRefused(ALBUMS, (at) =>
    timed(similarTo(shop.album, `&type=file&pagination[limit]=${7 + at}`)),
  );
  console.log(`  pages, and an album of ${ALBUM_PICTURES} pictures`);

  await loop.read(process.pid);
  const sweeping = sweep(process);
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let at = 0; at < PER_CLIENT; at++) await timed(similarTo(next(), IMAGES));
    }),
  );
  const sweepSeconds = await sweeping;
  const busy = await loop.read(process.pid);
  console.log(`  ${CLIENTS} clients beside a sweep of ${sweepSeconds.toFixed(1)} s`);
  const duplicates = await duplicatesOf(process, loop);
  return {
    ...{ similar, plain, batches, singles, pages, albums, duplicates, busy, sweepSeconds },
    memoryMb: residentMb(process.pid),
  };
}

/** As much of what Strapi does by itself. */
export async function measureBare(process: PlaygroundProcess, shop: ScaleShop, loop: ProbedLoop): Promise<Bare> {
  const timed = timing(process);
  const next = walk(shop.products);
  for (let round = 0; round < WARM_UP + ENTRIES; round++) await timed(plainOf(next()));
  await loop.read(process.pid);
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let at = 0; at < PER_CLIENT; at++) await timed(plainOf(next()));
    }),
  );
  return { busy: await loop.read(process.pid), memoryMb: residentMb(process.pid) };
}

/** From the first request on: it starts the comparison of all pictures. */
async function duplicatesOf({ client, pid }: PlaygroundProcess, loop: ProbedLoop): Promise<Measured['duplicates']> {
  await loop.read(pid);
  const page = async (number: number) => {
    const start = performance.now();
    const { status, body } = await client.admin('GET', `/similar/duplicates?page=${number}&pageSize=20`);
    if (status !== 200) throw new Error(`Duplicates: ${status} ${JSON.stringify(body)}`);
    return { ms: performance.now() - start, body };
  };
  const start = performance.now();
  let last = await page(1);
  while (last.body.compared.done < last.body.compared.total) {
    await sleep(1_000);
    last = await page(1);
  }
  const compared = performance.now() - start;
  const [first, second] = [await page(1), await page(2)];
  console.log(`  ${first.body.total} groups of duplicates, compared in ${(compared / 1000).toFixed(0)} s`);
  const { max } = await loop.read(pid);
  return { compared, first: first.ms, second: second.ms, groups: first.body.total, longestHold: max };
}

/** @returns seconds. */
async function sweep({ client }: PlaygroundProcess): Promise<number> {
  const start = performance.now();
  const { status, body } = await client.admin('POST', '/similar/sweep');
  if (status !== 200 || body.stale + body.missing > 0) throw new Error(`Sweep: ${status} ${JSON.stringify(body)}`);
  return (performance.now() - start) / 1000;
}

function timing({ client }: PlaygroundProcess) {
  return async (path: string, init?: RequestInit): Promise<number> => {
    const start = performance.now();
    const { status, body } = await client.api(path, init);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return performance.now() - start;
  };
}

/** A kind of request that always fails is a result, too. */
async function unlessRefused(count: number, work: (at: number) => Promise<number>): Promise<number[] | string> {
  const times: number[] = [];
  try {
    for (let at = 0; at < count; at++) times.push(await work(at));
    return times;
  } catch (error) {
    console.log(`  ${error instanceof Error ? error.message : error}`);
    return 'fails';
  }
}

/** All of them in a mixed order, then again. */
function walk(ids: readonly string[]): () => string {
  let at = 0;
  // A prime, so that it comes by all of them; and odd, so that both halves take turns.
  return () => ids[(at++ * 7_919) % ids.length];
}
