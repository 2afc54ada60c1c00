import type { Knex } from 'knex';
import { EMBEDDINGS } from '../../plugin/store/schema';
import { encodeFloat16 } from '../../plugin/vectors/float16';
import { createRandom } from '../../plugin/vectors/random';
import { picture } from '../../test/helpers/pictures';
import type { StrapiClient } from '../../test/helpers/strapi-client';
import { idOf } from './big-shop';
import { clusteredVectors } from './clustered';
import { createRowCopies, type Row, type RowCopies } from './row-copies';
import { ALBUM, FIELDS, PAGE, PARTS, PICTURES } from './scale-project';

const PRODUCT = 'api::product.product';
const LINKS = 'files_related_mph';
const PARTS_OF = 'pages_cmps';
const COMPONENTS = 'components_shared_pictures';
const GRANTED = 'up_permissions';
const GRANTED_TO = 'up_permissions_role_lnk';
/** What others point to comes first. */
const TABLES = ['files', EMBEDDINGS, 'products', 'pages', 'albums', COMPONENTS, PARTS_OF, LINKS, GRANTED, GRANTED_TO];

export const ALBUM_PICTURES = 600;
const PER_CLUSTER = 30;
/** Every so many pictures one is nearly the one before it: what Duplicates is there for. */
const NEAR_COPY_EVERY = 10;
/** One family of flat drawings: each is nearly each other. A part of the library. */
const FAMILY = 0.01;
const WRITE_EVERY = 500;

export interface ScaleShop {
  /** DocumentIds, those with the shared picture at even places. */
  products: string[];
  pages: string[];
  album: string;
}

/** One of each, made as an administrator would: what the many are made after. */
export async function enterOriginals(client: StrapiClient): Promise<void> {
  const [file] = await client.upload([{ name: 'original.jpg', bytes: await picture('disc', '#e00') }]);
  const create = async (uid: string, data: object, publish: boolean) => {
    const path = `/content-manager/collection-types/${uid}${publish ? '/actions/publish' : ''}`;
    const { status, body } = await client.admin('POST', path, data);
    if (status >= 400) throw new Error(`${uid} not created: ${status} ${JSON.stringify(body)}`);
  };
  const pictures = Object.fromEntries(FIELDS.map((field) => [field, file.id]));
  await create(PRODUCT, { name: 'Original', sku: 'ORIGINAL', price: 10, images: [file.id] }, true);
  await create(PAGE, { title: 'Original', ...Object.fromEntries(PARTS.map((part) => [part, pictures])) }, true);
  await create(ALBUM, { title: 'Original', pictures: [file.id] }, false);
}

/**
 * Makes the shop large: `count` pictures and as many products, each with a draft and a published version, half of them with one
 * and the same picture; pages with twenty pictures each, and one album. All files have the bytes of the original, and are known
 * to the plugin with vectors of their own.
 */
export async function fillScaleShop(knex: Knex, count: number): Promise<ScaleShop> {
  return knex.transaction(async (trx) => {
    const copies = await createRowCopies(trx, TABLES);
    const files = await addFiles(trx, copies, count);
    const half = Math.ceil(count / 2);
    const pages = Math.ceil(count / 100);
    const perPage = PARTS.length * FIELDS.length;
    const fileAt = (index: number) => files[index % count];
    const products = await addProducts(trx, copies, count, (at) =>
      at % 2 === 0 ? files[0] : fileAt(1 + (at - 1) / 2),
    );
    const shop = {
      products,
      pages: await addPages(trx, copies, pages, (at) => fileAt(1 + half + at)),
      album: await addAlbum(trx, copies, (at) => fileAt(1 + half + pages * perPage + at)),
    };
    await grant(trx, copies);
    await copies.write();
    await copies.end();
    return shop;
  });
}

async function addFiles(trx: Knex, copies: RowCopies, count: number): Promise<number[]> {
  const original: Row = await trx('files').first();
  const row: Row & { vector: Buffer } = await trx(EMBEDDINGS).first();
  if (row?.vector == null) throw new Error('The original picture has no vector');
  let { seq } = (await trx(EMBEDDINGS).max('seq as seq').first()) as { seq: number };
  seq = Number(seq);
  const dims = row.vector.length / 2;
  const next = clusteredVectors(dims, Math.ceil(count / PER_CLUSTER));
  const random = createRandom(2);
  const family = next();
  let last = family;
  const files: number[] = [];
  for (let at = 0; at < count; at++) {
    const file = { document_id: idOf(`file ${at}`), name: `many-${at}.jpg` };
    files.push(copies.add('files', original, file));
    if (at % 100 < FAMILY * 100) last = nearlyAs(family, random);
    else last = at % NEAR_COPY_EVERY === 5 ? nearlyAs(last, random) : next();
    const half = encodeFloat16(last);
    const vector = Buffer.from(half.buffer, half.byteOffset, half.byteLength);
    copies.add(EMBEDDINGS, row, { file_id: files[at], seq: ++seq, digest: idOf(`digest ${at}`), vector });
    if (at % WRITE_EVERY === 0) await copies.write();
  }
  await copies.write();
  await trx('similar_counters').where({ name: 'seq' }).update({ value: seq });
  return files;
}

/** With a cosine of about 0.97. */
function nearlyAs(vector: Float32Array, random: () => number): Float32Array {
  const noise = (0.25 * Math.sqrt(12)) / Math.sqrt(vector.length);
  const other = vector.map((value) => value + noise * (random() - 0.5));
  const length = Math.sqrt(other.reduce((sum, value) => sum + value * value, 0));
  return other.map((value) => value / length);
}

async function addProducts(trx: Knex, copies: RowCopies, count: number, fileOf: (at: number) => number) {
  const versions: Row[] = await trx('products').orderBy('id');
  const link: Row = await trx(LINKS).where({ related_type: PRODUCT }).first();
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    ids.push(idOf(`product ${at}`));
    for (const version of versions) {
      const about = { document_id: ids[at], name: `Product ${at}`, sku: `MANY-${at}` };
      const related_id = copies.add('products', version, about);
      copies.add(LINKS, link, { file_id: fileOf(at), related_id });
    }
    if (at % WRITE_EVERY === 0) await copies.write();
  }
  return ids;
}

async function addPages(trx: Knex, copies: RowCopies, count: number, fileOf: (at: number) => number) {
  const versions: Row[] = await trx('pages').orderBy('id');
  const component: Row = await trx(COMPONENTS).first();
  const parts: Row[] = await trx(PARTS_OF).orderBy('id');
  const link: Row = await trx(LINKS).where({ related_type: PICTURES }).first();
  const ids: string[] = [];
  for (let at = 0; at < count; at++) {
    ids.push(idOf(`page ${at}`));
    for (const version of versions) {
      const entity_id = copies.add('pages', version, { document_id: ids[at], title: `Page ${at}` });
      for (const part of parts.filter((row) => row.entity_id === version.id)) {
        const cmp_id = copies.add(COMPONENTS, component, {});
        copies.add(PARTS_OF, part, { entity_id, cmp_id });
        const first = (at * PARTS.length + PARTS.indexOf(part.field as string)) * FIELDS.length;
        FIELDS.forEach((field, place) => {
          copies.add(LINKS, link, { file_id: fileOf(first + place), related_id: cmp_id, field });
        });
      }
    }
    if (at % 50 === 0) await copies.write();
  }
  return ids;
}

async function addAlbum(trx: Knex, copies: RowCopies, fileOf: (at: number) => number) {
  const link: Row = await trx(LINKS).where({ related_type: ALBUM }).first();
  const documentId = idOf('album');
  const related_id = copies.add('albums', await trx('albums').first(), { document_id: documentId, title: 'Album' });
  for (let at = 0; at < ALBUM_PICTURES; at++) {
    copies.add(LINKS, link, { file_id: fileOf(at), related_id, order: at + 1 });
  }
  return documentId;
}

/** Visitors may read pages and albums as they may read products. */
async function grant(trx: Knex, copies: RowCopies) {
  const original: Row = await trx(GRANTED)
    .where({ action: `${PRODUCT}.findOne` })
    .first();
  const link: Row = await trx(GRANTED_TO).where({ permission_id: original.id }).first();
  for (const uid of [PAGE, ALBUM]) {
    for (const action of ['find', 'findOne']) {
      const document_id = idOf(`${uid}.${action}`);
      const permission_id = copies.add(GRANTED, original, { action: `${uid}.${action}`, document_id });
      copies.add(GRANTED_TO, link, { permission_id });
    }
  }
}
