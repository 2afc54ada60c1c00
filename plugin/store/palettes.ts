import type { Knex } from 'knex';
import type { SpaceId, StoredPalette } from '../ports';
import { along } from './along';
import { chunksInTurn } from './chunks';
import type { Row } from './rows';
import { EMBEDDINGS } from './schema';
import { write } from './write';

/** As `EmbeddingStore.palettesSince`. */
export async function palettesSince(
  knex: Knex,
  space: SpaceId,
  afterSeq: number,
  limit: number,
): Promise<StoredPalette[]> {
  const query = along(knex, 'seq').where({ space }).where('seq', '>', afterSeq).orderBy('seq').limit(limit);
  const found: Row[] = await query.select('file_id', 'seq', 'palette');
  return found.map(({ file_id, seq, palette }) => ({
    ...{ fileId: file_id, seq: Number(seq) },
    ...(palette && { palette: Uint8Array.from(palette) }),
  }));
}

/** As `EmbeddingStore.keepPalettes`. */
export async function keepPalettes(knex: Knex, space: SpaceId, found: readonly Required<StoredPalette>[]) {
  for await (const some of chunksInTurn(found)) {
    await write(() =>
      knex.transaction(async (trx) => {
        for (const { seq, palette } of some) {
          // A picture that was replaced meanwhile has another number.
          await trx(EMBEDDINGS)
            .where({ space, seq })
            .update({ palette: Buffer.from(palette) });
        }
      }),
    );
  }
}
