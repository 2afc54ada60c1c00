import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import type { DuplicateGroup, DuplicatesResponse } from '../../plugin/contracts/admin';
import type { SimilarResponse } from '../../plugin/contracts/similar';
import { digestOfCopy } from '../../plugin/same-photo/picture-digest';
import { cosine } from '../../plugin/vectors/cosine';
import { startStorage } from '../helpers/object-storage';
import { onePlayground } from '../helpers/one-playground';
import { texture } from '../helpers/pictures';
import { searchable, similarityOf, statusOf, storeOf, vectorSeqs } from '../helpers/shop';
import type { Playground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';
import { until } from '../helpers/until';

const ORIGINALS = 'efficientnet-lite0@1/lanczos3';

const restart = onePlayground();
const storages: Array<Awaited<ReturnType<typeof startStorage>>> = [];
after(() => Promise.all(storages.map((storage) => storage.stop())));

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const [WIDTH, HEIGHT] = [2400, 1800];

/** So large that Strapi makes all its formats; with `noise` above 1 MB even after its optimisation. */
async function photo(seed: number, { noise = false } = {}): Promise<Buffer> {
  const large = sharp(await texture(seed)).resize(WIDTH, HEIGHT, { fit: 'fill' });
  if (!noise) return large.jpeg().toBuffer();
  const grain = {
    width: WIDTH,
    height: HEIGHT,
    channels: 3 as const,
    noise: { type: 'gaussian' as const, mean: 128, sigma: 60 },
  };
  const input = await sharp({ create: { ...grain, background: '#000' } })
    .png()
    .toBuffer();
  return large
    .composite([{ input, blend: 'overlay' }])
    .jpeg({ quality: 95 })
    .toBuffer();
}

interface Row extends UploadedFile {
  formats: Record<string, { url: string; hash: string; width: number; height: number }>;
}
const rowOf = (of: Playground, { id }: UploadedFile): Promise<Row> =>
  of.strapi.db.query('plugin::upload.file').findOne({ where: { id } });
const onDisk = ({ folder }: Playground, { url }: { url: string }) => path.join(folder, 'public', url);
const digestsOf = (of: Playground) => storeOf(of).digests(similarityOf(of).space.id, [...Array(50).keys()]);
const digestOf = async (of: Playground, { id }: UploadedFile) => (await digestsOf(of)).get(id);

async function ask(of: Playground, bytes: Buffer) {
  const form = new FormData();
  form.append('picture', new Blob([new Uint8Array(bytes)]), 'sent.jpg');
  const { status, body } = await of.api<SimilarResponse>('/api/similar/search', { method: 'POST', body: form });
  assert.equal(status, 200, JSON.stringify(body));
  return body.data[0];
}

/** What *Duplicates* calls the group of these two. */
async function duplicateVerdict(of: Playground, files: UploadedFile[]): Promise<string | undefined> {
  const ids = files.map(({ id }) => id).sort((a, b) => a - b);
  let found: string | undefined;
  await until('they are a group', async () => {
    const { body } = await of.admin<DuplicatesResponse>('GET', '/similar/duplicates?least=0.999');
    const isTheirs = ({ pictures }: DuplicateGroup) => String(pictures.map(({ id }) => id)) === String(ids);
    found = body.groups?.find(isTheirs)?.verdict;
    return found !== undefined;
  });
  return found;
}

test('uploads on disk: from the smallest format that is large enough, in a space of its own', async (t) => {
  let now = await restart({});
  const { folder } = now;
  const [first, second] = await now.upload([
    { name: 'first.jpg', bytes: await photo(1) },
    { name: 'second.jpg', bytes: await photo(2) },
  ]);
  await searchable(now, [first, second]);
  const row = await rowOf(now, first);
  const [original, small] = [row, row.formats.small].map((file) => readFileSync(onDisk(now, file)));
  assert.deepEqual(Object.keys(row.formats).sort(), ['large', 'medium', 'small', 'thumbnail']);
  assert.equal(await digestOf(now, first), sha256(original));

  await t.test('the setting builds it beside the live one', async () => {
    now = await restart({ limits: { source: 'derivative' } }, { folder });
    assert.equal(similarityOf(now).space.id, ORIGINALS);
    await until('it is live', () => similarityOf(now).space.id === `${ORIGINALS}/derivative`);
    assert.equal((await similarityOf(now).progress()).previous?.space, ORIGINALS);
    assert.equal(await digestOf(now, first), digestOfCopy(sha256(small), sha256(original)));
  });

  await t.test('its vector is that of the format, and close to that of the original', async () => {
    const { space, search } = similarityOf(now);
    const stored = async (id: string) => (await storeOf(now).vectors(id, [first.id])).get(first.id) as Float32Array;
    const embedded = await search.embed(onDisk(now, row.formats.small));
    assert.ok(embedded.ok);
    const [copy, whole] = [await stored(space.id), await stored(ORIGINALS)];
    assert.ok(cosine(copy, embedded.vector) > 0.9999);
    assert.ok(cosine(copy, whole) < 0.9999, 'they are not the same');
    assert.ok(cosine(copy, whole) > 0.98, String(cosine(copy, whole)));
  });

  await t.test('a picture that is sent is identical to the original, and the same photo as its copy', async () => {
    const [sent, resized] = [await ask(now, original), await ask(now, small)];
    assert.deepEqual([sent.file?.id, sent.match?.verdict], [first.id, 'identical']);
    assert.deepEqual([resized.file?.id, resized.match?.verdict], [first.id, 'same-photo']);
  });

  await t.test('the same bytes uploaded again are identical', async () => {
    const [again] = await now.upload([{ name: 'again.jpg', bytes: await photo(1) }]);
    await searchable(now, [again]);
    const { body } = await now.api<SimilarResponse>(`/api/similar/${again.id}`);
    assert.deepEqual([body.data[0].file?.id, body.data[0].match?.verdict], [first.id, 'identical']);
    assert.equal(await duplicateVerdict(now, [first, again]), 'identical');
  });

  await t.test('a replaced picture is embedded anew, from its new format', async () => {
    const before = (await vectorSeqs(now)).get(second.id) as number;
    await now.replace(second.id, { name: 'second.jpg', bytes: await photo(3) });
    await until('it has another vector', async () => ((await vectorSeqs(now)).get(second.id) as number) > before);
    const replaced = await rowOf(now, second);
    const [whole, copy] = [replaced, replaced.formats.small].map((file) => sha256(readFileSync(onDisk(now, file))));
    await until('of both files', async () => (await digestOf(now, second)) === digestOfCopy(copy, whole));
  });

  await t.test('without the file of the format, and where there is none, from the original', async () => {
    similarityOf(now).pause();
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="900"><circle cx="450" cy="450" r="300" fill="red"/></svg>',
    );
    const files = await now.upload([
      { name: 'lost.jpg', bytes: await photo(4) },
      { name: 'drawn.svg', bytes: svg },
      { name: 'tiny.jpg', bytes: await texture(5) },
    ]);
    rmSync(onDisk(now, (await rowOf(now, files[0])).formats.small));
    similarityOf(now).resume();
    await searchable(now, files);
    for (const file of files) {
      assert.equal(await digestOf(now, file), sha256(readFileSync(onDisk(now, file))), file.name);
    }
  });
});

test('uploads at a provider: only the format is fetched', async (t) => {
  const storage = await startStorage();
  storages.push(storage);
  storage.isPrivate = true;
  let now = await restart({ limits: { source: 'derivative' }, sweep: { intervalMs: 0 } });
  const { folder } = now;
  storage.install(now.strapi);
  const fetched = () => storage.asked.splice(0).map((asked) => asked.slice(1).split('?')[0]);
  const bytesOf = (keys: string[]) => keys.reduce((sum, key) => sum + (storage.objects.get(key)?.length ?? 0), 0);
  const keysOf = ({ hash, ext }: UploadedFile) => ({ original: `${hash}${ext}`, small: `small_${hash}${ext}` });

  await t.test('by a signature of its own, and at a fraction of the bytes', async () => {
    const [file] = await now.upload([{ name: 'a.jpg', bytes: await photo(1, { noise: true }) }]);
    await searchable(now, [file]);
    const { original, small } = keysOf(file);
    const keys = fetched();
    assert.deepEqual(keys, [small]);
    assert.ok(bytesOf(keys) * 4 < bytesOf([original]), `${bytesOf(keys)} of ${bytesOf([original])}`);
    const sent = await ask(now, storage.objects.get(original) as Buffer);
    assert.deepEqual([sent.file?.id, sent.match?.verdict], [file.id, 'same-photo'], 'nobody has read the original');
    const [again] = await now.upload([{ name: 'again.jpg', bytes: await photo(7) }]);
    const [other] = await now.upload([{ name: 'other.jpg', bytes: await photo(7) }]);
    await searchable(now, [again, other]);
    assert.equal(await digestOf(now, again), await digestOf(now, other));
    assert.equal(await duplicateVerdict(now, [again, other]), 'same-photo');
    fetched();
  });

  await t.test('a replaced picture is embedded anew', async () => {
    const [file] = await now.upload([{ name: 'b.jpg', bytes: await photo(2) }]);
    await searchable(now, [file]);
    await now.replace(file.id, { name: 'b.jpg', bytes: await photo(3) });
    const { small } = keysOf(file);
    await until('it is that of the new format', async () => {
      const copy = storage.objects.get(small) as Buffer;
      return (await digestOf(now, file)) === digestOfCopy(sha256(copy), undefined);
    });
    assert.ok(fetched().every((key) => key === small));
  });

  await t.test('a format that the store has lost, or does not give: the original', async () => {
    similarityOf(now).pause();
    const [file] = await now.upload([{ name: 'c.jpg', bytes: await photo(4) }]);
    const { original, small } = keysOf(file);
    storage.objects.delete(small);
    similarityOf(now).resume();
    await searchable(now, [file]);
    assert.deepEqual([...new Set(fetched())], [small, original]);
    assert.equal((await statusOf(now, [file.id])).get(file.id)?.state, 'ready');
  });

  await t.test('auto: of a small original itself, of a large one the format', async () => {
    now = await restart({ limits: { source: 'auto' }, sweep: { intervalMs: 0 } }, { folder });
    storage.install(now.strapi);
    await until('its space is live', () => similarityOf(now).space.id === `${ORIGINALS}/auto`);
    fetched();
    const [little, large] = await now.upload([
      { name: 'little.jpg', bytes: await photo(5) },
      { name: 'large.jpg', bytes: await photo(6, { noise: true }) },
    ]);
    assert.ok(little.size <= 1_000 && large.size > 1_000, `${little.size} and ${large.size} kB`);
    await searchable(now, [little, large]);
    assert.deepEqual(new Set(fetched()), new Set([keysOf(little).original, keysOf(large).small]));
  });
});
