import { createHash } from 'node:crypto';
import path from 'node:path';
import knexOf, { type Knex } from 'knex';
import { EMBEDDINGS } from '../../plugin/store/schema';
import { decodeFloat16, encodeFloat16 } from '../../plugin/vectors/float16';

type Row = Record<string, unknown> & { id: number };

/** How far a copy's vector lies from its original's: a cosine of about 0.9, as between pictures of one kind. */
const NOISE = 0.48;
/** Rows of one statement: SQLite takes 32,766 values. */
const CHUNK = 200;

/**
 * Makes a shop that is not running larger, in its database: products with a picture each, as the demo's, under new names. The
 * picture files are the originals'; the stored vectors are theirs with noise, so that no two are the same.
 * @returns documentIds of the products that were added.
 */
export async function enlarge(folder: string, products: number): Promise<string[]> {
  const filename = path.join(folder, 'data.db');
  const knex = knexOf({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true });
  try {
    return await knex.transaction((trx) => fill(trx, products));
  } finally {
    await knex.destroy();
  }
}

async function fill(knex: Knex, products: number): Promise<string[]> {
  const originals: Row[] = await knex('products').whereNotNull('name').orderBy('id');
  const drafts = originals.filter(({ published_at }) => published_at === null);
  const links: Row[] = await knex('files_related_mph').where({ related_type: 'api::product.product' });
  const files = new Map((await knex('files')).map((row: Row) => [row.id, row]));
  const embeddings = new Map((await knex(EMBEDDINGS)).map((row: Row) => [row.file_id as number, row]));
  const next = new Map<string, number>();
  for (const table of ['products', 'files', 'files_related_mph', EMBEDDINGS]) {
    const { last } = (await knex(table).max('id as last').first()) as { last: number };
    next.set(table, last + 1);
  }
  let { seq } = (await knex(EMBEDDINGS).max('seq as seq').first()) as { seq: number };
  const added: Record<string, object[]> = { products: [], files: [], files_related_mph: [], [EMBEDDINGS]: [] };

  function add(table: string, original: Row, change: object): number {
    const id = next.get(table) as number;
    next.set(table, id + 1);
    added[table].push({ ...original, ...change, id });
    return id;
  }

  const documentIds: string[] = [];
  for (let count = 0; count < products; count++) {
    const original = drafts[count % drafts.length];
    const documentId = idOf(`product ${count}`);
    const versions = originals.filter(({ document_id }) => document_id === original.document_id);
    const pictures = new Map<unknown, number>();
    for (const version of versions) {
      const about = { document_id: documentId, name: `${original.name} ${count}`, sku: `MANY-${count}` };
      const productId = add('products', version, about);
      for (const link of links.filter(({ related_id }) => related_id === version.id)) {
        const file = files.get(link.file_id as number) as Row;
        const known = pictures.get(file.id);
        const fileId = known ?? add('files', file, { document_id: idOf(`file ${count}`), name: `many-${count}.jpg` });
        if (known === undefined) {
          const row = embeddings.get(file.id) as Row;
          add(EMBEDDINGS, row, { file_id: fileId, seq: ++seq, vector: varied(row.vector as Buffer, count) });
        }
        pictures.set(file.id, fileId);
        add('files_related_mph', link, { file_id: fileId, related_id: productId });
      }
    }
    documentIds.push(documentId);
  }
  for (const [table, rows] of Object.entries(added)) await knex.batchInsert(table, rows, CHUNK);
  await knex('similar_counters').where({ name: 'seq' }).update({ value: seq });
  return documentIds;
}

/** As Strapi's: 24 lower-case letters and digits. */
export const idOf = (name: string) => `m${createHash('sha1').update(name).digest('hex').slice(0, 23)}`;

/** The stored vector turned by noise that depends on the seed, of unit length again. */
function varied(stored: Buffer, seed: number): Buffer {
  const vector = decodeFloat16(new Uint16Array(new Uint8Array(stored).buffer));
  const noise = NOISE / Math.sqrt(vector.length);
  let state = seed + 1;
  for (let at = 0; at < vector.length; at++) {
    // A linear congruential generator is random enough, and the same everywhere.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    vector[at] += noise * Math.sqrt(12) * (state / 2 ** 32 - 0.5);
  }
  const length = Math.hypot(...vector);
  const halves = encodeFloat16(vector.map((value) => value / length));
  return Buffer.from(halves.buffer, halves.byteOffset, halves.byteLength);
}
