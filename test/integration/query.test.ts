import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { withoutPermission } from '../helpers/permissions';
import { picture } from '../helpers/pictures';
import {
  createProduct,
  fileIds,
  names,
  PRODUCT,
  type SimilarAnswer,
  searchable,
  similar,
  similarityOf,
} from '../helpers/shop';
import { statementsDuring } from '../helpers/statements';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

const CATEGORY = 'api::category.category';

let shop: Playground;
let files: Record<'red' | 'crimson' | 'orange' | 'blue' | 'navy' | 'green', UploadedFile>;
const ids: Record<string, string> = {};

const COLOURS = { red: '#e00', crimson: '#d01', orange: '#f60', blue: '#00e', navy: '#00a', green: '#0a0' };

before(async () => {
  shop = await startPlayground();
  const pictures = await Promise.all(
    Object.entries(COLOURS).map(async ([name, colour]) => ({
      name: `${name}.jpg`,
      bytes: await picture(name === 'blue' || name === 'navy' || name === 'green' ? 'stripes' : 'disc', colour),
    })),
  );
  const uploaded = await shop.upload(pictures);
  await searchable(shop, uploaded);
  files = Object.fromEntries(uploaded.map((file) => [file.name.replace('.jpg', ''), file])) as typeof files;
  const shoes = await shop.strapi
    .documents(CATEGORY as never)
    .create({ data: { name: 'Shoes' }, status: 'published' } as never);
  const products = {
    red: { images: [files.red], stock: 0, category: shoes.documentId },
    crimson: { images: [files.crimson], stock: 5 },
    orange: { images: [files.orange], stock: 50 },
    blue: { images: [files.blue], stock: 3, category: shoes.documentId },
    navy: { images: [files.navy], stock: 0 },
    mixed: { images: [files.green, files.crimson], stock: 1 },
  };
  for (const [name, data] of Object.entries(products))
    ids[name] = (await createProduct(shop, { name, ...data })).documentId;
});
after(() => shop?.stop());

const config = (key: string, value: unknown) => shop.strapi.config.set(`plugin::similar.${key}`, value);

async function withConfig(key: string, value: unknown, check: () => Promise<void>): Promise<void> {
  const before = shop.strapi.config.get(`plugin::similar.${key}`);
  config(key, value);
  try {
    await check();
  } finally {
    config(key, before);
  }
}

const sources = (answer: SimilarAnswer) => answer.body.data.map(({ source }) => source);

describe('filters', () => {
  test('leave the order of what remains as it is', async () => {
    const all = names(await similar(shop, ids.red));
    const some = names(await similar(shop, ids.red, 'filters[stock][$gt]=2'));
    assert.deepEqual(
      some,
      all.filter((name) => name === 'crimson' || name === 'orange' || name === 'blue'),
    );
    assert.equal(some.length, 3);
  });

  test('go through relations, and work on files', async () => {
    assert.deepEqual(names(await similar(shop, ids.red, 'filters[category][name]=Shoes')), ['blue']);
    const found = fileIds(
      await similar(shop, files.red.id, 'filters[name][$in][0]=navy.jpg&filters[name][$in][1]=blue.jpg'),
    );
    assert.deepEqual(new Set(found), new Set([files.navy.id, files.blue.id]));
  });

  test('on a private attribute are refused, also through a relation', async () => {
    for (const query of ['filters[purchasePrice][$gt]=1', 'filters[category][products][purchasePrice][$gt]=1']) {
      const { status, body } = await similar(shop, ids.red, query);
      assert.equal(status, 400, query);
      assert.equal(body.error.details.code, 'INVALID_PARAMETER');
    }
  });
});

describe('what is looked for', () => {
  test('entries that look like a picture, with those that hold it', async () => {
    const answer = await similar(shop, files.crimson.id, `type=${PRODUCT}`);
    assert.deepEqual(new Set(names(answer).slice(0, 2)), new Set(['crimson', 'mixed']));
    assert.equal(answer.body.data[0].similarity, 1);
  });

  test('pictures that look like an entry, without its own', async () => {
    const found = fileIds(await similar(shop, ids.mixed, 'type=file'));
    assert.ok(found.includes(files.red.id));
    assert.ok(!found.includes(files.green.id) && !found.includes(files.crimson.id));
  });

  test('a type that the caller may not read is a 403', async () => {
    await withoutPermission(shop, `${PRODUCT}.find`, async () => {
      assert.equal((await similar(shop, files.red.id, `type=${PRODUCT}`)).status, 403);
    });
  });

  test('exclude takes pictures and entries, whatever is looked for', async () => {
    const all = names(await similar(shop, ids.red));
    for (const picture of [files.crimson.id, files.crimson.documentId]) {
      const without = names(await similar(shop, ids.red, `exclude=${picture}`));
      assert.deepEqual(
        without,
        all.filter((name) => name !== 'crimson' && name !== 'mixed'),
        String(picture),
      );
    }
    const pictures = fileIds(await similar(shop, files.red.id));
    const without = fileIds(await similar(shop, files.red.id, `exclude=${ids.mixed},${files.navy.id}`));
    const gone = [files.green.id, files.crimson.id, files.navy.id];
    assert.deepEqual(
      without,
      pictures.filter((id) => !gone.includes(id)),
    );
    assert.ok(without.length < pictures.length);
  });

  test('minScore cuts the list, exclude takes items out', async () => {
    const all = await similar(shop, ids.red);
    const least = all.body.data[1].score as number;
    const some = await similar(shop, ids.red, `minScore=${least - 0.0001}`);
    assert.deepEqual(names(some), names(all).slice(0, names(some).length));
    assert.ok(names(some).length >= 2 && names(some).length < names(all).length);
    const without = await similar(shop, ids.red, `exclude=${ids.crimson},${ids.mixed}`);
    assert.deepEqual(
      names(without),
      names(all).filter((name) => name !== 'crimson' && name !== 'mixed'),
    );
  });

  test('likeness cuts the list at the configured cosine', async () => {
    const all = (await similar(shop, ids.red)).body.data;
    const least = all[1].similarity as number;
    await withConfig('thresholds', { identical: 1, nearDuplicate: least - 0.0006, similar: 0 }, async () => {
      const { data } = (await similar(shop, ids.red, 'likeness=near-duplicate')).body;
      assert.ok(data.length >= 2 && data.length < all.length, String(data.length));
      assert.ok(data.every(({ similarity }) => (similarity as number) >= least - 0.001));
    });
    assert.equal((await similar(shop, ids.red, 'likeness=equal')).status, 400);
  });

  test('drafts only where the configuration permits it', async () => {
    const draft = await createProduct(shop, { name: 'draft', images: [files.crimson], status: 'draft' });
    const refused = await similar(shop, ids.red, 'status=draft');
    assert.equal(refused.status, 403);
    // It is no permission that is lacking.
    assert.match(refused.body.error.details.remedy ?? '', /api\.drafts/);
    await withConfig('api.drafts', true, async () => {
      assert.ok(names(await similar(shop, ids.red, 'status=draft')).includes('draft'));
      assert.ok(!names(await similar(shop, ids.red)).includes('draft'));
    });
    await shop.strapi.documents(PRODUCT as never).delete({ documentId: draft.documentId } as never);
  });
});

describe('the order', () => {
  test('follows examples: more like these, less like those, while similarity stays the plain cosine', async () => {
    const plain = await similar(shop, ids.mixed);
    const steered = await similar(shop, ids.mixed, `like=${ids.blue}&unlike=${ids.red}`);
    const place = (answer: SimilarAnswer, name: string) => names(answer).indexOf(name);
    const others = names(plain).filter((name) => !['blue', 'red'].includes(name as string));
    assert.deepEqual(new Set(names(steered)), new Set(others), 'examples are left out');
    assert.ok(place(steered, 'navy') < others.indexOf('navy'), `${names(steered)} after ${others}`);
    const cosines = (answer: SimilarAnswer) =>
      Object.fromEntries(
        answer.body.data.map(({ entry, match, similarity }) => [`${entry?.name}${match?.query?.id}`, similarity]),
      );
    const [before, now] = [cosines(plain), cosines(steered)];
    const both = Object.keys(now).filter((key) => key in before);
    assert.ok(both.length >= 2);
    for (const key of both) assert.equal(now[key], before[key], key);
  });

  test('examples that are gone are said, and the others steer', async () => {
    const steered = await similar(shop, ids.red, `like=${ids.blue}`);
    const { status, body } = await similar(shop, ids.red, `like=nosuchthing,${ids.blue}&unlike=99999`);
    assert.equal(status, 200);
    assert.deepEqual(body.meta.missingExamples, ['nosuchthing', '99999']);
    assert.deepEqual(body.data, steered.body.data);
    assert.equal('missingExamples' in steered.body.meta, false);
    const none = await similar(shop, ids.red, 'like=nosuchthing');
    assert.deepEqual(none.body.data, (await similar(shop, ids.red)).body.data);
  });

  test('examples and what is excluded are looked for in as many queries, however many ids there are', async () => {
    const count = async (query: string) => {
      const statements = await statementsDuring(shop.strapi.db.connection, async () => {
        const { status } = await shop.api(`/api/similar/batch?${query}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ ids: [ids.red, ids.blue, ids.navy, ids.orange] }),
        });
        assert.equal(status, 200);
      });
      return statements.length;
    };
    await count('');
    const gone = Array.from({ length: 40 }, (_, at) => `gone${at}`);
    const few = await count(`like=gone-a&exclude=gone-b`);
    assert.ok((await count(`like=${gone.join()}&exclude=${gone.map((id) => `not${id}`).join()}`)) <= few);
  });

  test('diversify moves what is alike apart', async () => {
    const alike = names(await similar(shop, ids.blue));
    const diverse = names(await similar(shop, ids.blue, 'diversify=0.7'));
    assert.deepEqual(new Set(diverse), new Set(alike));
    assert.equal(diverse[0], alike[0]);
    assert.notDeepEqual(diverse, alike);
  });

  test('match=mean prefers what resembles all pictures', async () => {
    const both = await createProduct(shop, { name: 'both', images: [files.orange, files.navy] });
    const asked = await createProduct(shop, { name: 'asked', images: [files.red, files.blue] });
    assert.deepEqual(new Set(names(await similar(shop, asked.documentId)).slice(0, 2)), new Set(['red', 'blue']));
    const mean = names(await similar(shop, asked.documentId, 'match=mean'));
    assert.deepEqual(new Set(mean.slice(0, 2)), new Set(['both', 'mixed']));
    for (const { documentId } of [both, asked])
      await shop.strapi.documents(PRODUCT as never).delete({ documentId } as never);
  });

  test('a boost lifts what has more of a number, and never lists an item twice', async () => {
    const boost = { [PRODUCT]: { field: 'stock', weight: 1, halfAt: 1 } };
    await withConfig('ranking.boost', boost, async () => {
      const found = names(await similar(shop, ids.red));
      assert.equal(found[0], 'orange');
      assert.equal(new Set(found).size, found.length);
    });
  });
});

describe('scores', () => {
  test('grow with similarity, from 0 to 1', async () => {
    const { data } = (await similar(shop, ids.red)).body;
    const scores = data.map(({ score }) => score as number);
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    );
    for (const score of scores) assert.ok(score >= 0 && score <= 1);
  });
});

describe('editorial rules', () => {
  const rules = () => shop.strapi.plugin('similar').service('rules');

  test('a pin stands at its place and says so; the item is not listed twice', async () => {
    const pin = { kind: 'pin', type: PRODUCT, source: ids.red, target: ids.navy, place: 1 };
    await rules().set(pin);
    const answer = await similar(shop, ids.red);
    assert.equal(names(answer)[0], 'navy');
    assert.deepEqual(sources(answer), ['pinned', 'visual', 'visual', 'visual', 'visual']);
    assert.equal(names(answer).filter((name) => name === 'navy').length, 1);
    assert.notEqual(names(await similar(shop, ids.orange))[0], 'navy', 'only beside the item it was pinned to');
    assert.deepEqual(
      names(await similar(shop, ids.red, 'filters[name]=crimson')),
      ['crimson'],
      'filters hold for pins',
    );
    await rules().remove(pin);
  });

  test('what is hidden here, or everywhere, is gone', async () => {
    const here = { kind: 'hide', type: PRODUCT, source: ids.red, target: ids.crimson };
    await rules().set(here);
    assert.ok(!names(await similar(shop, ids.red)).includes('crimson'));
    assert.ok(names(await similar(shop, ids.orange)).includes('crimson'));
    const everywhere = { kind: 'hide', type: PRODUCT, target: ids.crimson };
    await rules().set(everywhere);
    assert.ok(!names(await similar(shop, ids.orange)).includes('crimson'));
    assert.equal((await rules().list(['hide'])).length, 2);
    for (const rule of [here, everywhere]) assert.equal(await rules().remove(rule), true);
    assert.ok(names(await similar(shop, ids.red)).includes('crimson'));
  });

  test('the fallback fills what is missing, when configured, and says so', async () => {
    const query = 'minScore=1';
    assert.deepEqual(sources(await similar(shop, ids.red, query)), []);
    await withConfig('fallback', { [PRODUCT]: { same: 'category', sort: 'createdAt:desc' } }, async () => {
      const answer = await similar(shop, ids.red, query);
      assert.deepEqual(names(answer), ['blue']);
      assert.deepEqual(sources(answer), ['fallback']);
      assert.equal(answer.body.data[0].similarity, null);
      assert.equal(answer.body.data[0].match, undefined);
    });
  });
});

test('of an entry with hundreds of pictures, twenty are searched with, here and in the side panel', async () => {
  const row = await shop.strapi.db.query('plugin::upload.file').findOne({ where: { id: files.red.id } });
  const { id, documentId, createdAt, updatedAt, ...copied } = row;
  const album: number[] = [];
  for (let at = 0; at < 600; at++) {
    const data = { ...copied, documentId: `album${at}`, name: `album-${at}.jpg` };
    album.push((await shop.strapi.db.query('plugin::upload.file').create({ data })).id);
  }
  const images = [...album, files.blue.id].map((id) => ({ id }) as UploadedFile);
  const { documentId: entry } = await createProduct(shop, { name: 'album', images });
  await searchable(shop, album);
  const { search } = similarityOf(shop) as unknown as { search: Record<'neighbours', (...args: unknown[]) => unknown> };
  const { neighbours } = search;
  const counts: number[] = [];
  search.neighbours = (queries, ...rest) => {
    counts.push((queries as unknown[]).length);
    return neighbours(queries, ...rest);
  };
  try {
    const { status, body } = await similar(shop, entry);
    assert.equal(status, 200);
    assert.equal(body.meta.status, 'ready');
    assert.ok(names({ body } as SimilarAnswer).includes('red'));
    const panel = await shop.admin('POST', '/similar/items', {
      type: PRODUCT,
      documentId: entry,
      pictures: images.map(({ id }) => id),
    });
    assert.equal(panel.status, 200);
    assert.equal(panel.body.pictures.length, 601);
    assert.deepEqual([...new Set(counts)], [20]);
  } finally {
    search.neighbours = neighbours;
    await shop.strapi.documents(PRODUCT as never).delete({ documentId: entry } as never);
    await shop.strapi.db.query('plugin::upload.file').deleteMany({ where: { id: { $in: album } } });
  }
});

describe('HTTP', () => {
  test('the same answer gets 304, another one does not', async () => {
    const first = await similar(shop, ids.red);
    const etag = first.headers.get('etag') as string;
    assert.equal(first.headers.get('cache-control'), 'private, no-cache');
    const again = await shop.api(`/api/similar/${ids.red}`, { headers: { 'if-none-match': etag } });
    assert.equal(again.status, 304);
    assert.equal(again.body, '');
    const other = await shop.api(`/api/similar/${ids.red}?pagination[limit]=1`, { headers: { 'if-none-match': etag } });
    assert.equal(other.status, 200);
  });
});
