import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { texture } from '../helpers/pictures';
import { createProduct, PRODUCT, type SimilarAnswer, searchable, similar } from '../helpers/shop';
import { type Playground, startPlayground } from '../helpers/strapi';
import type { UploadedFile } from '../helpers/strapi-client';

/** What copies are there of one photo, and one of another. */
const COPIES = ['original', 'again', 'smaller', 'turned', 'mirrored', 'cut', 'other'] as const;
type Name = (typeof COPIES)[number];

const original = () => texture(11);
const changed = async (change: (picture: sharp.Sharp) => sharp.Sharp) =>
  change(sharp(await original()))
    .jpeg()
    .toBuffer();
const BYTES: Record<Name, () => Promise<Buffer>> = {
  original,
  again: original,
  smaller: () => changed((picture) => picture.resize(120, 120)),
  turned: () => changed((picture) => picture.rotate(90)),
  mirrored: () => changed((picture) => picture.flop()),
  cut: () => changed((picture) => picture.extract({ left: 15, top: 22, width: 160, height: 160 })),
  other: () => texture(4),
};
const VERDICTS: Record<Exclude<Name, 'original'>, string> = {
  again: 'identical',
  smaller: 'same-photo',
  turned: 'same-photo',
  mirrored: 'same-photo',
  cut: 'same-photo',
  other: 'similar',
};

let shop: Playground;
let files: Record<Name, UploadedFile>;

before(async () => {
  shop = await startPlayground();
  const uploads = await Promise.all(COPIES.map(async (name) => ({ name: `${name}.jpg`, bytes: await BYTES[name]() })));
  // First, the one that the others are copies of: the files of one upload get their ids in any order.
  const uploaded = [...(await shop.upload(uploads.slice(0, 1))), ...(await shop.upload(uploads.slice(1)))];
  await searchable(shop, uploaded);
  files = Object.fromEntries(uploaded.map((file) => [file.name.replace('.jpg', ''), file])) as typeof files;
});
after(() => shop?.stop());

const verdictsOf = ({ body }: SimilarAnswer) =>
  Object.fromEntries(body.data.map(({ file, match }) => [String(file?.name).replace('.jpg', ''), match?.verdict]));

test('an answer says what is a copy', async () => {
  assert.deepEqual(verdictsOf(await similar(shop, files.original.id)), VERDICTS);
});

test('also of a picture that is sent, whole and a part', async () => {
  const send = (bytes: Buffer, query = ''): Promise<SimilarAnswer> => {
    const body = new FormData();
    body.append('picture', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), 'sent.jpg');
    return shop.api(`/api/similar/search${query}`, { method: 'POST', body });
  };
  const same = { ...VERDICTS, original: 'identical' };
  // As the library has it: Strapi saves what is uploaded anew.
  const stored = Buffer.from(await (await fetch(`${shop.url}${files.original.url}`)).arrayBuffer());
  assert.deepEqual(verdictsOf(await send(stored)), same);
  const resaved = await sharp(await original())
    .webp({ quality: 70 })
    .toBuffer();
  assert.deepEqual(verdictsOf(await send(resaved)), { ...VERDICTS, original: 'same-photo', again: 'same-photo' });
  const part = verdictsOf(await send(await original(), '?crop=0.05,0.1,0.85,0.85'));
  assert.deepEqual([part.original, part.again, part.other], ['same-photo', 'same-photo', 'similar']);
});

test('copies are a group among duplicates, however alike the model finds them', async () => {
  const { body } = await shop.admin('GET', '/similar/duplicates?samePhoto=true');
  assert.equal(body.total, 1);
  const [group] = body.groups;
  const ids = group.pictures.map(({ id }: UploadedFile) => id);
  assert.deepEqual(
    ids.toSorted(),
    COPIES.filter((name) => name !== 'other')
      .map((name) => files[name].id)
      .toSorted(),
  );
  assert.equal(group.verdict, 'same-photo');
  const judge = { kind: 'same', picture: files.cut.id, samePhoto: true, count: 6 };
  assert.equal((await shop.admin('POST', '/similar/verdicts', judge)).status, 200);
  assert.equal((await shop.admin('GET', '/similar/duplicates?samePhoto=true')).body.total, 0);
  assert.equal((await shop.admin('GET', '/similar/duplicates?samePhoto=true&judged=same')).body.total, 1);
  assert.equal((await shop.admin('GET', '/similar/duplicates?samePhoto=perhaps')).status, 400);
});

test('who uploads a copy is told of the photo', async () => {
  const { body } = await shop.admin('GET', '/similar/notices?within=3600');
  const told = body.notices.map((notice: { uploaded: UploadedFile; verdict: string }) => [
    notice.uploaded.name.replace('.jpg', ''),
    notice.verdict,
  ]);
  const { other: _, ...copies } = VERDICTS;
  // Each of an earlier copy: one that is cut is a copy of the original, too.
  assert.deepEqual(Object.keys(Object.fromEntries(told)).toSorted(), Object.keys(copies).toSorted());
  assert.ok(
    told.every(([, verdict]: string[]) => verdict !== 'similar'),
    JSON.stringify(told),
  );
});

test('collapse lists a photo once, whichever copy matched', async () => {
  for (const name of ['again', 'turned', 'mirrored', 'other'] as const) {
    await createProduct(shop, { name, images: [files[name]] });
  }
  const names = async (query: string) =>
    (await similar(shop, files.original.id, query)).body.data.map(({ entry }) => entry?.name);
  assert.equal((await names(`type=${PRODUCT}`)).length, 4);
  assert.deepEqual((await names(`type=${PRODUCT}&collapse=true`)).toSorted(), ['again', 'other']);
});
