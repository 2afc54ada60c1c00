import { publish } from './report';
import { BATCH, BATCHES, type Bare, CLIENTS, type Measured, PER_CLIENT } from './scale-measure';
import { ALBUM_PICTURES } from './scale-shop';
import { median, quantile } from './stats';

type Results = Map<string, Measured & { bare: Bare }>;

const whole = (value: number) => value.toFixed(0);
const tenths = (value: number) => value.toFixed(1);
const both = (values: number[] | string) =>
  typeof values === 'string' ? values : `${tenths(median(values))} / ${tenths(quantile(values, 0.99))}`;
const delay = ({ p99, max }: { p99: number; max: number }) => `${tenths(p99)} / ${whole(max)}`;

const tail = ({ similar }: Measured) => quantile(similar, 0.99) / median(similar);
const memory = ({ memoryMb, bare }: Measured & { bare: Bare }) => memoryMb - bare.memoryMb;
const beside = ({ similar, plain }: Measured) => median(similar) / median(plain);
const cheaper = ({ singles, batches }: Measured) => median(singles.map((single, at) => single / batches[at]));

export function publishScale(count: number, results: Results, note = ''): void {
  const all = [...results.values()];
  const asked = all[0].similar.length;
  const row = (name: string, of: (measured: Measured & { bare: Bare }) => string) => [name, ...all.map(of)];
  const number = count.toLocaleString('en');
  publish('scale', {
    title: 'A large shop',
    method:
      `The playground shop with ${number} files and ${number} products (each a draft and a published version), made in its database: vectors in clusters, one file in ten nearly another one, one in a hundred of one family of near copies. Half of the products share one picture, the others have one of their own; ${Math.ceil(count / 100).toLocaleString('en')} pages have 20 media paths through components, one album has ${ALBUM_PICTURES} pictures. Ranked as the model sees them (refine.mode off). ${asked} products and their look-alikes in turn, the order changing, each entry asked about once; ${BATCHES} rounds of one batch of ${BATCH} ids and ${BATCH} single calls with other ids; then ${CLIENTS} clients at once with ${PER_CLIENT} requests each, beside a sweep. perf_hooks.monitorEventLoopDelay inside the CMS process. Bare: the same project and database without the plugin, after as many of Strapi’s own requests. ${note}`.trim(),
    columns: ['What', ...results.keys()],
    rows: [
      row('GET /api/products/:id, p50 / p99 ms', ({ plain }) => both(plain)),
      row('GET /api/similar/:id, p50 / p99 ms', ({ similar }) => both(similar)),
      row(`${BATCH} single calls, p50 / p99 ms`, ({ singles }) => both(singles)),
      row(`one batch of ${BATCH}, p50 / p99 ms`, ({ batches }) => both(batches)),
      row('a page with 20 media paths, p50 / p99 ms', ({ pages }) => both(pages)),
      row(`an album of ${ALBUM_PICTURES} pictures, p50 / p99 ms`, ({ albums }) => both(albums)),
      row(`event-loop delay, ${CLIENTS} clients and a sweep, p99 / max ms`, ({ busy }) => delay(busy)),
      row(`event-loop delay, bare, ${CLIENTS} clients, p99 / max ms`, ({ bare }) => delay(bare.busy)),
      row('the sweep meanwhile, s', ({ sweepSeconds }) => tenths(sweepSeconds)),
      row('memory of the CMS process, MiB', ({ memoryMb }) => whole(memoryMb)),
      row('memory, bare, MiB', ({ bare }) => whole(bare.memoryMb)),
      row('duplicates: groups', ({ duplicates }) => String(duplicates.groups)),
      row('duplicates: all compared after, s', ({ duplicates }) => tenths(duplicates.compared / 1000)),
      row(
        'duplicates: first / second page, ms',
        ({ duplicates: { first, second } }) => `${whole(first)} / ${whole(second)}`,
      ),
      row('duplicates: longest hold of the event loop, ms', ({ duplicates }) => whole(duplicates.longestHold)),
    ],
    targets: [...results].flatMap(([name, measured]) => [
      atMost(`${name}: similar, p99 / p50`, tail(measured), 4, tenths),
      atMost(`${name}: event-loop delay p99, ms`, measured.busy.p99, 50, tenths),
      atMost(`${name}: memory above bare, MiB`, memory(measured), 150, whole),
      atMost(`${name}: similar / plain, p50`, beside(measured), 1.5, (value) => value.toFixed(2)),
      {
        name: `${name}: single calls / batch`,
        wanted: '≥ 10',
        measured: tenths(cheaper(measured)),
        met: cheaper(measured) >= 10,
      },
    ]),
  });
}

const atMost = (name: string, value: number, limit: number, show: (value: number) => string) => ({
  name,
  wanted: `≤ ${limit}`,
  measured: show(value),
  met: value <= limit,
});
