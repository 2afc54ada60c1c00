import { setTimeout as sleep } from 'node:timers/promises';
import { startCore } from '../lib/core';
import { folderMedia } from '../lib/folder-media';
import { ordinaryPhotos } from '../lib/photos';
import { childrenOf, residentMb } from '../lib/processes';
import { publish } from '../lib/report';
import { median, slope } from '../lib/stats';

const PICTURES = 5_000;
const STEP = 250;
const WARM = 500;
/** Growth of the median of the last thousand over that of the first thousand after the warm-up. */
const TARGET = 1.05;
/** float16 in the flat file's memory and bf16 in the graph, for 1,280 dimensions. */
const INDEX_MB_PER_1000 = (1_000 * 1_280 * 4) / 2 ** 20;

/** Memory of every process while a library grows. */
export async function run(): Promise<void> {
  let size = 0;
  const { core, close } = await startCore(folderMedia(ordinaryPhotos(PICTURES), () => size));
  const samples: Array<{ pictures: number; cms: number; embedder: number; index: number }> = [];
  while (size < PICTURES) {
    const ids = Array.from({ length: STEP }, (_, i) => size + 1 + i);
    size += STEP;
    await core.enqueue(ids);
    while ((await core.progress()).indexed < size) await sleep(50);
    global.gc?.();
    const children = childrenOf(process.pid);
    const mb = (room: string) => residentMb(children.get(room)!);
    samples.push({ pictures: size, cms: residentMb(process.pid), embedder: mb('embedder'), index: mb('vector-index') });
    console.log(samples.at(-1));
  }
  await close();

  const after = samples.filter(({ pictures }) => pictures > WARM);
  const growth = (key: 'cms' | 'embedder' | 'index') => {
    const values = after.map((sample) => sample[key]);
    const four = 1_000 / STEP;
    const [first, last] = [median(values.slice(0, four)), median(values.slice(-four))];
    const perThousand = slope(
      after.map(({ pictures }) => pictures / 1_000),
      values,
    );
    return { first, last, ratio: last / first, perThousand };
  };
  const parts = { cms: growth('cms'), embedder: growth('embedder'), index: growth('index') };
  const indexExtra = parts.index.perThousand - INDEX_MB_PER_1000;
  publish('soak', {
    title: 'Memory over 5,000 pictures',
    method: `The core without Strapi indexes ${PICTURES} photos, ${STEP} at a time; resident memory of the using process (after a garbage collection), the embedder and the index after each step. First and last: medians over 1,000 pictures, the first ones after a warm-up of ${WARM}. SQLite's page cache is set to 2 MB. The index holds the vectors, so it grows by about ${INDEX_MB_PER_1000.toFixed(1)} MiB per 1,000 pictures by design.`,
    columns: ['Process', 'first MiB', 'last MiB', 'last / first', 'MiB per 1,000 pictures'],
    rows: Object.entries(parts).map(([name, { first, last, ratio, perThousand }]) => [
      name,
      first.toFixed(0),
      last.toFixed(0),
      ratio.toFixed(3),
      perThousand.toFixed(2),
    ]),
    targets: [
      ...(['cms', 'embedder'] as const).map((key) => ({
        name: `${key}: last / first`,
        wanted: `≤ ${TARGET}`,
        measured: parts[key].ratio.toFixed(3),
        met: parts[key].ratio <= TARGET,
      })),
      {
        name: 'index: growth beyond its vectors',
        wanted: '≤ 3 MiB per 1,000',
        measured: `${indexExtra.toFixed(2)} MiB`,
        met: indexExtra <= 3,
      },
    ],
  });
}
