import { packSpots } from '../../plugin/map/pack';
import { measureFrames } from '../lib/map-in-chromium';
import { measureLayout } from '../lib/map-layout';
import { publish } from '../lib/report';
import { median, quantile } from '../lib/stats';

/** Fewer for a quick look: `MAP_PICTURES=1000 npm run bench -- map`. */
const PICTURES = Number(process.env.MAP_PICTURES ?? 10_000);
/** A map that is drawn beside it for comparison. */
const FEW = 100;
const SMOOTH_MS = 1_000 / 30;
const LOOP_MS = 15;

/** What the map of a large library costs: its layout in the background, its way to the browser, and its frames there. */
export async function run(): Promise<void> {
  const laid = await measureLayout(PICTURES);
  const answer = async (count: number) => {
    const spots = new Map([...laid.spots].slice(0, count));
    return { space: 'bench@1', total: count, ...(await packSpots(spots)) };
  };
  const whole = await answer(PICTURES);
  const bytes = JSON.stringify(whole).length;
  const [few, many] = await measureFrames([await answer(FEW), whole]);
  const worst = Math.max(...many.frames.map(({ intervals }) => median(intervals)));
  const rows: Array<Array<string | number>> = [
    ['neighbours of all pictures', `${laid.neighboursSeconds.toFixed(1)} s`],
    ['layout in its process', `${laid.layoutSeconds.toFixed(1)} s`],
    ['peak memory of that process', `${laid.peakMb.toFixed(0)} MiB`],
    ['event-loop delay of the CMS meanwhile, 99 % and largest', delay(laid.loop.busy)],
    ['the same while it is idle', delay(laid.loop.idle)],
    ['nearest 8 on the map of the same cluster', laid.together.toFixed(3)],
    ['1 % new pictures placed', `${laid.placeSeconds.toFixed(1)} s`],
    ['answer to the admin', `${(bytes / 1_000).toFixed(0)} kB, ${(bytes / PICTURES).toFixed(1)} bytes a picture`],
    ...many.frames.map(({ zoom, intervals }, at) => [
      `frame while dragging at zoom ${zoom}, median and 95 %`,
      `${median(intervals).toFixed(1)} ms, ${quantile(intervals, 0.95).toFixed(1)} ms (${FEW} pictures: ${median(few.frames[at].intervals).toFixed(1)} ms)`,
    ]),
    ['thumbnails loaded meanwhile', many.images],
    ['JavaScript heap of the page afterwards', `${many.heapMb.toFixed(0)} MiB`],
  ];
  publish('map', {
    title: `The map of ${PICTURES} pictures`,
    method: `${PICTURES} vectors of 1280 numbers in 100 clusters, the usearch index in its process, UMAP (200 epochs, 15 neighbours) in its own at low priority. Then the admin in Chromium without a GPU at 1280 × 800, the map dragged to and fro; thumbnails of 192 pixels come from the bench.`,
    columns: ['What', 'Measured'],
    rows,
    targets: [
      {
        name: 'frames while dragging, median',
        wanted: '≤ 33 ms',
        measured: `${worst.toFixed(1)} ms`,
        met: worst <= SMOOTH_MS,
      },
      {
        name: 'event-loop delay, 99 %',
        wanted: '≤ 15 ms',
        measured: `${laid.loop.busy.p99.toFixed(1)} ms`,
        met: laid.loop.busy.p99 <= LOOP_MS,
      },
    ],
  });
}

const delay = ({ p99, max }: { p99: number; max: number }) => `${p99.toFixed(1)} ms, ${max.toFixed(1)} ms`;
