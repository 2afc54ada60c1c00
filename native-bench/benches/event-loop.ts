import { setTimeout as sleep } from 'node:timers/promises';
import { createFolder } from '../../test/helpers/strapi-folder';
import { spawnPlayground } from '../../test/helpers/strapi-process';
import type { LoopDelay } from '../lib/loop-delay';
import { ordinaryPhotos } from '../lib/photos';
import { probeLoop } from '../lib/probed-loop';
import { publish } from '../lib/report';

const PICTURES = 1_000;
const PER_UPLOAD = 20;
const IDLE_MS = 10_000;
const TARGET_MS = 20;

/** How long the CMS process keeps requests waiting while a whole library is being indexed. */
export async function run(): Promise<void> {
  const folder = createFolder();
  const loop = probeLoop();
  const photos = ordinaryPhotos(PICTURES);
  const filling = await spawnPlayground({ folder, env: { SIMILAR_ENABLED: 'false' } });
  for (let i = 0; i < photos.length; i += PER_UPLOAD) await filling.client.upload(photos.slice(i, i + PER_UPLOAD));
  await filling.kill('SIGTERM');

  const shop = await spawnPlayground({ folder, env: loop.env() });
  try {
    const start = performance.now();
    await loop.read(shop.pid);
    let progress = (await shop.client.admin('GET', '/similar/progress')).body;
    const already = progress.indexed;
    while (progress.indexed < PICTURES) {
      await sleep(1_000);
      progress = (await shop.client.admin('GET', '/similar/progress')).body;
    }
    const seconds = (performance.now() - start) / 1000;
    const busy = await loop.read(shop.pid);
    await sleep(IDLE_MS);
    const idle = await loop.read(shop.pid);
    const row = (name: string, { p50, p99, max, samples }: LoopDelay & { samples: number }) => [
      name,
      p50.toFixed(2),
      p99.toFixed(2),
      max.toFixed(1),
      samples,
    ];
    publish('event-loop', {
      title: 'Event-loop delay of the CMS process',
      method: `A shop with ${PICTURES} photos that the plugin has not seen boots and indexes them (${already} were done when measuring began, ${((PICTURES - already) / seconds).toFixed(0)} pictures/s). perf_hooks.monitorEventLoopDelay inside the Strapi process, resolution 1 ms, which is taken off. Idle: the same process for ${IDLE_MS / 1000} s afterwards.`,
      columns: ['While', 'p50 ms', 'p99 ms', 'max ms', 'samples'],
      rows: [row('indexing', busy), row('idle', idle)],
      targets: [
        {
          name: 'p99 while indexing',
          wanted: `≤ ${TARGET_MS} ms`,
          measured: `${busy.p99.toFixed(2)} ms`,
          met: busy.p99 <= TARGET_MS,
        },
      ],
    });
  } finally {
    await shop.stop();
    loop.remove();
  }
}
