import { setImmediate as breathe } from 'node:timers/promises';
import { NAMED_COLOURS } from '../colour/named';
import type { Oklab } from '../colour/oklab';
import { NOT_ALIKE, paletteOf } from '../colour/palette';
import { decodePalette, encodePalette } from '../colour/palette-bytes';
import { PaletteTable } from '../colour/palette-table';
import type { ColourCount } from '../contracts/similar';
import { SimilarError } from '../errors';
import type { EmbeddingStore, FileId, Logger, Space, StoredPalette } from '../ports';

export interface PictureColoursDeps {
  /** The model's space, also where a refined one answers searches: it has the miniatures. */
  space: Space;
  store: Pick<EmbeddingStore, 'palettesSince' | 'keepPalettes' | 'photos'>;
  logger: Logger;
  /** Longest time a search waits for colours that have not been read yet. */
  patienceMs?: number;
}

/** Which pictures of the library have which colours. */
export interface PictureColours {
  /** All that have a colour near this one; those that have no miniature have none. @throws SimilarError `COLOURS_UNREAD` */
  having(colour: Oklab): Promise<ReadonlySet<FileId>>;
  /** How much each picture has the colour: 1 exactly, 0.5 where `having` ends, 0 another colour. @throws as `having` */
  likenessTo(colour: Oklab): Promise<(fileId: FileId) => number>;
  /** How many of these have each named colour, which `having` would find; those that none has are left out. @throws as `having` */
  count(fileIds: readonly FileId[]): Promise<ColourCount[]>;
  removed(fileIds: readonly FileId[]): void;
  stop(): void;
}

const PAGE = 500;
/** Pictures whose colours are found before others have their turn: a millisecond or two. */
const AT_ONCE = 8;
/** Colours whose pictures are remembered until one changes: a shop offers a few, and a batch asks for one again and again. */
const MOST_REMEMBERED = 16;

/** Finds the colours of each picture once, when a colour is first asked for after it came, and keeps them beside its vector. */
export function createPictureColours(deps: PictureColoursDeps): PictureColours {
  const { space, store, logger, patienceMs = 5_000 } = deps;
  const table = new PaletteTable();
  const remembered = new Map<string, ReadonlySet<FileId>>();
  let seenSeq = 0;
  let reading: Promise<void> | undefined;
  let stopped = false;

  async function readNew(): Promise<void> {
    while (!stopped) {
      const rows = await store.palettesSince(space.id, seenSeq, PAGE);
      const found = await read(rows);
      if (stopped) return;
      seenSeq = rows.at(-1)?.seq ?? seenSeq;
      await keep(found);
      if (rows.length < PAGE) return;
    }
  }

  /** @returns the palettes that were not known */
  async function read(rows: readonly StoredPalette[]): Promise<Required<StoredPalette>[]> {
    const palettes = new Map(rows.map(({ fileId, palette }) => [fileId, palette && decodePalette(palette)]));
    const unknown = rows.filter(({ fileId }) => !palettes.get(fileId));
    const photos = await store.photos(
      space.id,
      unknown.map(({ fileId }) => fileId),
    );
    const found: Required<StoredPalette>[] = [];
    for (const [at, { fileId, seq }] of unknown.entries()) {
      if (at % AT_ONCE === 0) await breathe();
      if (stopped) return [];
      const miniature = photos.get(fileId)?.miniature;
      if (!miniature) continue;
      const palette = paletteOf(miniature);
      palettes.set(fileId, palette);
      found.push({ fileId, seq, palette: encodePalette(palette) });
    }
    remembered.clear();
    for (const [fileId, palette] of palettes) {
      if (palette) table.set(fileId, palette);
      else table.delete(fileId);
    }
    return found;
  }

  /** Without it they are found again after the next start. */
  async function keep(found: readonly Required<StoredPalette>[]): Promise<void> {
    if (found.length === 0) return;
    await store
      .keepPalettes(space.id, found)
      .catch((error) => logger.debug(`The colours of ${found.length} pictures could not be kept: ${error.message}`));
  }

  async function current(): Promise<void> {
    reading ??= readNew().finally(() => {
      reading = undefined;
    });
    // It goes on when nobody waits any more.
    reading.catch((error) => logger.debug(`Colours could not be read: ${error.message}`));
    let timer: NodeJS.Timeout | undefined;
    const impatient = new Promise<never>((_, reject) => {
      const text = `The colours of ${table.size} pictures have been read so far; try again in a few seconds`;
      timer = setTimeout(() => reject(new SimilarError('COLOURS_UNREAD', text)), patienceMs);
    });
    await Promise.race([reading, impatient]).finally(() => clearTimeout(timer));
  }

  return {
    async having(colour) {
      await current();
      const key = colour.join();
      const found = remembered.get(key) ?? table.having(colour);
      if (remembered.size === MOST_REMEMBERED) remembered.clear();
      remembered.set(key, found);
      return found;
    },

    async likenessTo(colour) {
      await current();
      return (fileId) => Math.max(0, 1 - table.distance(fileId, colour) / NOT_ALIKE);
    },

    async count(fileIds) {
      await current();
      const counts = table.count(
        fileIds,
        NAMED_COLOURS.map(({ colour }) => colour),
      );
      return NAMED_COLOURS.map(({ name, hex }, at) => ({ name, hex, count: counts[at] })).filter(
        ({ count }) => count > 0,
      );
    },

    // One that another node removed, or that is being read just now, stays: it is in no index, and so in no result.
    removed(fileIds) {
      remembered.clear();
      for (const fileId of fileIds) table.delete(fileId);
    },

    stop() {
      stopped = true;
    },
  };
}
