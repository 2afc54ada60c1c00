import { setTimeout as sleep } from 'node:timers/promises';
import { type PlaygroundProcess, spawnPlayground } from '../../test/helpers/strapi-process';
import { ordinaryPhotos } from '../lib/photos';
import { publish } from '../lib/report';
import { median, quantile } from '../lib/stats';

const PAIRS = 60;
const WARM_UP = 6;
const BURST = 60;
const BURST_ROUNDS = 3;
const TARGET = 1.05;

async function idle({ client }: PlaygroundProcess): Promise<void> {
  for (;;) {
    const { body } = await client.admin('GET', '/similar/progress');
    if (body.pending === 0 && body.indexed >= body.ready) return;
    await sleep(20);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** What an upload costs with the plugin and without it, on two shops side by side. */
export async function run(): Promise<void> {
  const withPlugin = await spawnPlayground();
  const without = await spawnPlayground({ env: { SIMILAR_ENABLED: 'false' } });
  const photos = ordinaryPhotos(WARM_UP + PAIRS + BURST);
  const pairs: Array<[with_: number, without: number]> = [];
  const bursts: Array<[with_: number, without: number]> = [];
  try {
    for (const [i, photo] of photos.slice(0, WARM_UP + PAIRS).entries()) {
      const ours = () => timed(() => withPlugin.client.upload([photo]));
      const theirs = () => timed(() => without.client.upload([photo]));
      const pair: [number, number] = [0, 0];
      if (i % 2 === 0) {
        pair[0] = await ours();
        await idle(withPlugin);
        pair[1] = await theirs();
      } else {
        pair[1] = await theirs();
        pair[0] = await ours();
        await idle(withPlugin);
      }
      if (i >= WARM_UP) pairs.push(pair);
    }
    for (let round = 0; round < BURST_ROUNDS; round++) {
      const burst = async ({ client }: PlaygroundProcess) => {
        for (const photo of photos.slice(-BURST)) await client.upload([photo]);
      };
      const ours = await timed(() => burst(withPlugin));
      await idle(withPlugin);
      bursts.push([ours, await timed(() => burst(without))]);
    }
  } finally {
    await Promise.all([withPlugin.stop(), without.stop()]);
  }
  const ratio = median(pairs.map(([a, b]) => a / b));
  const row = (name: string, values: number[], of: string) => [
    name,
    median(values).toFixed(1),
    quantile(values, 0.9).toFixed(1),
    of,
  ];
  const burstRatio = median(bursts.map(([a, b]) => a / b));
  publish('upload', {
    title: 'Upload latency',
    method: `Two playground shops (Strapi, SQLite) side by side, one with the plugin and one without. ${PAIRS} photos uploaded to each in turn, the order changing, the next one when the queue is empty; then ${BURST_ROUNDS} × ${BURST} uploads one right after the other, while the earlier ones are being embedded on the same cores. Ratio: median of the pairs' ratios.`,
    columns: ['What', 'median ms', 'p90 ms', 'ratio'],
    rows: [
      row(
        'one upload, without the plugin',
        pairs.map(([, b]) => b),
        '1',
      ),
      row(
        'one upload, with the plugin',
        pairs.map(([a]) => a),
        ratio.toFixed(3),
      ),
      row(
        `${BURST} uploads in a row, without`,
        bursts.map(([, b]) => b),
        '1',
      ),
      row(
        `${BURST} uploads in a row, with`,
        bursts.map(([a]) => a),
        burstRatio.toFixed(3),
      ),
    ],
    targets: [
      {
        name: 'upload latency with / without',
        wanted: `≤ ${TARGET}`,
        measured: ratio.toFixed(3),
        met: ratio <= TARGET,
      },
    ],
  });
}
