import { allIndexed, fillShop } from '../../test/helpers/catalogue';
import { spawnPlayground } from '../../test/helpers/strapi-process';
import { publish } from '../lib/report';
import { median, quantile } from '../lib/stats';

const ENTRIES = '/content-manager/collection-types/api::product.product';
/** All of the catalogue, each product with two pictures that become two products here. */
const PER_FAMILY = 9;
const ROUNDS = 300;
const WARM_UP = 30;
const BATCHES = 7;
const BATCH = 100;
const EDITS = 100;

/** What `GET /api/similar/:id` costs beside Strapi's own `GET /api/products/:id`, and a batch beside single calls. */
export async function run(): Promise<void> {
  const shop = await spawnPlayground();
  try {
    const products = await fillShop(shop.client, PER_FAMILY, ['front', 'scene']);
    await allIndexed(shop.client);
    const timed = async (path: string, init?: RequestInit) => {
      const start = performance.now();
      const { status } = await shop.client.api(path, init);
      if (status !== 200) throw new Error(`${path}: ${status}`);
      return performance.now() - start;
    };
    const plain: number[] = [];
    const first: number[] = [];
    const again: number[] = [];
    for (let round = 0; round < WARM_UP + products.length + ROUNDS; round++) {
      const { documentId } = products[round % products.length];
      // Other numbers of results are other searches: what is measured first has not been searched for yet.
      const warmUp = round < WARM_UP ? '&pagination[limit]=25' : '';
      const ours = () => timed(`/api/similar/${documentId}?populate=images${warmUp}`);
      const theirs = () => timed(`/api/products/${documentId}?populate=images`);
      const order = round % 2 === 0 ? [ours, theirs] : [theirs, ours];
      const [a, b] = [await order[0](), await order[1]()];
      if (round < WARM_UP) continue;
      (round < WARM_UP + products.length ? first : again).push(round % 2 === 0 ? a : b);
      plain.push(round % 2 === 0 ? b : a);
    }

    // After an edit nothing is remembered of entries.
    const fresh: number[] = [];
    for (let round = 0; round < EDITS; round++) {
      const { documentId, name } = products[round % products.length];
      const { status } = await shop.client.admin('PUT', `${ENTRIES}/${documentId}`, { name });
      if (status !== 200) throw new Error(`Not edited: ${status}`);
      fresh.push(await timed(`/api/similar/${documentId}?populate=images`));
    }

    const ids = products.slice(0, BATCH).map(({ documentId }) => documentId);
    const body = JSON.stringify({ ids });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const batches: number[] = [];
    const singles: number[] = [];
    for (let round = 0; round < BATCHES; round++) {
      batches.push(await timed('/api/similar/batch?populate=images', init));
      const start = performance.now();
      for (const id of ids) await timed(`/api/similar/${id}?populate=images`);
      singles.push(performance.now() - start);
    }

    const ratio = median(again) / median(plain);
    const cheaper = median(singles.map((single, at) => single / batches[at]));
    const row = (name: string, values: number[], of: string) => [
      name,
      median(values).toFixed(1),
      quantile(values, 0.99).toFixed(1),
      of,
    ];
    publish('request', {
      title: 'HTTP requests',
      method: `The playground shop (Strapi, SQLite) with ${products.length} products of one picture each. Pairs of requests in turn, the order changing: one product with its images, and its 7 look-alikes with theirs. First each product once, then ${ROUNDS} pairs with those products again, whose nearest pictures are remembered until a vector comes or goes. ${EDITS} requests each right after an edit of an entry, when nothing is remembered of entries. Then ${BATCHES} rounds of one batch of ${ids.length} ids and the same ids one by one.`,
      columns: ['What', 'p50 ms', 'p99 ms', 'ratio'],
      rows: [
        row('GET /api/products/:id', plain, '1'),
        row('GET /api/similar/:id, first time', first, (median(first) / median(plain)).toFixed(2)),
        row('GET /api/similar/:id', again, ratio.toFixed(2)),
        row('GET /api/similar/:id after an edit', fresh, (median(fresh) / median(plain)).toFixed(2)),
        row(`${ids.length} single calls`, singles, '1'),
        row(`one batch of ${ids.length}`, batches, `1 / ${cheaper.toFixed(1)}`),
      ],
      targets: [
        { name: 'similar / plain, p50', wanted: '≤ 1.5', measured: ratio.toFixed(2), met: ratio <= 1.5 },
        { name: 'single calls / batch', wanted: '≥ 10', measured: cheaper.toFixed(1), met: cheaper >= 10 },
      ],
    });
  } finally {
    await shop.stop();
  }
}
