import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { decodePicture } from '../../plugin/embedder/process/decode';
import { type Copies, enlarged } from '../lib/enlarged';
import { readPhotos, retrievalSets } from '../lib/photos';
import { publish } from '../lib/report';
import { median } from '../lib/stats';

const [WIDTH, HEIGHT] = [4000, 3000];
const PHOTOS = 12;
const ROUNDS = 5;
/** Levels of brightness up and down: about as many bytes as a camera's photo has. */
const GRAIN = 40;

const DECODING = {
  ...{ size: 224, resize: 'lanczos3' as const, admit: async () => () => {} },
  ...{ maxBytes: 200_000_000, maxPixels: 100_000_000, timeoutMs: 60_000, memoryMb: 512 },
};

/** CPU milliseconds of all threads: others who use the cores do not count. */
async function costOf(file: string): Promise<number> {
  const before = process.cpuUsage();
  const decoded = await decodePicture(file, DECODING);
  if (!decoded.ok) throw new Error(decoded.reason);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function grain(): Buffer {
  const one = Buffer.allocUnsafe(WIDTH * HEIGHT * 3);
  // Random numbers of a few pixels, again and again from other places: as many of their own would take a minute.
  const some = Buffer.from(Array.from({ length: 65_537 }, () => 128 + randomInt(-GRAIN, GRAIN + 1)));
  for (let at = 0; at < one.length; at += some.length) {
    const from = randomInt(some.length);
    some.copy(one, some.copy(one, at, from) + at);
  }
  return one;
}

/** What a photo of 12 megapixels costs to decode, and what Strapi's format of it does. */
export async function run(): Promise<void> {
  const all = Object.values(retrievalSets(readPhotos(), { nearDuplicates: false })).flat();
  const photos = Array.from({ length: PHOTOS }, (_, at) => all[Math.floor((at * all.length) / PHOTOS)]);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'similar-bench-'));
  const sizes = { folder, width: WIDTH, height: HEIGHT, grain: grain() };
  const costs = { original: [] as number[], derivative: [] as number[] };
  const bytes = { original: [] as number[], derivative: [] as number[] };
  try {
    const copies: Copies[] = [];
    for (const photo of photos) copies.push(await enlarged(photo.path, sizes));
    await costOf(copies[0].original);
    for (let round = 0; round < ROUNDS; round++) {
      for (const copy of copies) {
        for (const kind of ['original', 'derivative'] as const) costs[kind].push(await costOf(copy[kind]));
      }
    }
    for (const copy of copies) {
      for (const kind of ['original', 'derivative'] as const) bytes[kind].push(statSync(copy[kind]).size);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const row = (kind: 'original' | 'derivative') => [
    kind,
    median(costs[kind]).toFixed(1),
    (median(costs.original) / median(costs[kind])).toFixed(1),
    Math.round(median(bytes[kind]) / 1000),
    (median(bytes.original) / median(bytes[kind])).toFixed(0),
  ];
  publish('derivative-cost', {
    title: 'Smaller copies: what they cost',
    method: `The embedder's decoder on ${PHOTOS} photos of ${WIDTH} × ${HEIGHT} pixels (JPEG of quality 80, enlarged, with grain) and on Strapi's format \`small\` of each (500 pixels), which took turns in one process, ${ROUNDS} times. CPU time of all threads; medians.`,
    columns: ['file', 'CPU ms', 'times as fast', 'kB', 'times as small'],
    rows: [row('original'), row('derivative')],
  });
}
