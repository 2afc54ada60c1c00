import { MOST_GROUPS, packGroups } from '../../plugin/map/groups';
import { packSpots } from '../../plugin/map/pack';
import { measureFrames } from '../lib/map-in-chromium';
import { measureLayout } from '../lib/map-layout';
import { publish } from '../lib/report';
import { quantile } from '../lib/stats';

/** Fewer for a quick look: `MAP_PICTURES=1000 npm run bench -- map`. */
const PICTURES = Number(process.env.MAP_PICTURES ?? 10_000);
/** A map that is drawn beside it for comparison. */
const FEW = 100;
const SMOOTH = 30;
const LOOP_MS = 15;

/** What the map of a large library costs: its layout in the background, its way to the browser, and its frames there. */
export async function run(): Promise<void> {
  const laid = await measureLayout(PICTURES);
  const answer = async (count: number) => {
    const spots = new Map([...laid.spots].slice(0, count));
    // As many groups as the map has colours for, mixed: each dot has another colour than the one before.
    const groupOf = new Map([...spots.keys()].map((id): [number, string] => [id, String(id % (MOST_GROUPS + 2))]));
    const groups = await packGroups(spots.keys(), { groupOf });
    return { map: { space: 'bench@1', total: count, ...(await packSpots(spots)) }, groups };
  };
  const whole = await answer(PICTURES);
  const [bytes, groupBytes] = [JSON.stringify(whole.map).length, JSON.stringify(whole.groups).length];
  const [few, many] = await measureFrames([await answer(FEW), whole]);
  const worst = Math.min(...many.frames.map(({ intervals }) => perSecond(intervals)));
  const rows: Array<Array<string | number>> = [
    ['neighbours of all pictures', `${laid.neighboursSeconds.toFixed(1)} s`],
    ['layout in its process', `${laid.layoutSeconds.toFixed(1)} s`],
    ['peak memory of that process', `${laid.peakMb.toFixed(0)} MiB`],
    ['event-loop delay of the CMS meanwhile, 99 % and largest', delay(laid.loop.busy)],
    ['the same while it is idle', delay(laid.loop.idle)],
    ['nearest 8 on the map of the same cluster', laid.together.toFixed(3)],
    ['1 % new pictures placed', `${laid.placeSeconds.toFixed(1)} s`],
    ['answer to the admin', `${(bytes / 1_000).toFixed(0)} kB, ${(bytes / PICTURES).toFixed(1)} bytes a picture`],
    ['groups of all pictures for the admin', `${(groupBytes / 1_000).toFixed(0)} kB`],
    ...many.frames.map(({ what, intervals }, at) => [
      `${what}: frames a second, 95 % of frames within, number of frames`,
      `${perSecond(intervals).toFixed(0)}, ${quantile(intervals, 0.95).toFixed(1)} ms, n = ${intervals.length} (${FEW} pictures: ${perSecond(few.frames[at].intervals).toFixed(0)})`,
    ]),
    ['thumbnails loaded meanwhile', many.images],
    ['JavaScript heap of the page afterwards', `${many.heapMb.toFixed(0)} MiB`],
  ];
  publish('map', {
    title: `The map of ${PICTURES} pictures`,
    method: `${PICTURES} vectors of 1280 numbers in 100 clusters, the usearch index in its process, UMAP (200 epochs, 15 neighbours) in its own at low priority. Then the admin in Chromium without a GPU at 1280 × 800, the map coloured by groups, dragged to and fro and zoomed with the wheel; thumbnails of 192 pixels come from the bench.`,
    columns: ['What', 'Measured'],
    rows,
    targets: [
      {
        name: 'frames a second, the fewest',
        wanted: `≥ ${SMOOTH}`,
        measured: worst.toFixed(0),
        met: worst >= SMOOTH,
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

/** Of all frames together: a single long one counts. */
const perSecond = (intervals: number[]) => (1_000 * intervals.length) / intervals.reduce((sum, one) => sum + one, 0);

const delay = ({ p99, max }: { p99: number; max: number }) => `${p99.toFixed(1)} ms, ${max.toFixed(1)} ms`;
