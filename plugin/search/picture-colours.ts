import { setImmediate as breathe } from 'node:timers/promises';
import { NAMED_COLOURS } from '../colour/named';
import type { Oklab } from '../colour/oklab';
import { NOT_ALIKE, paletteOf } from '../colour/palette';
import { PaletteTable } from '../colour/palette-table';
import type { ColourCount } from '../contracts/similar';
import { SimilarError } from '../errors';
import type { EmbeddingStore, FileId, Logger, Space } from '../ports';

export interface PictureColoursDeps {
  /** The model's space, also where a refined one answers searches: it has the miniatures. */
  space: Space;
  store: Pick<EmbeddingStore, 'miniaturesSince'>;
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

/** Finds the colours of each picture once, when a colour is first asked for, and then of what is new. */
export function createPictureColours(deps: PictureColoursDeps): PictureColours {
  const { space, store, logger, patienceMs = 5_000 } = deps;
  const table = new PaletteTable();
  const remembered = new Map<string, ReadonlySet<FileId>>();
  let seenSeq = 0;
  let reading: Promise<void> | undefined;
  let stopped = false;

  async function readNew(): Promise<void> {
    while (!stopped) {
      const rows = await store.miniaturesSince(space.id, seenSeq, PAGE);
      for (const [at, { fileId, seq, miniature }] of rows.entries()) {
        if (at % AT_ONCE === 0) await breathe();
        if (stopped) return;
        remembered.clear();
        if (miniature) table.set(fileId, paletteOf(miniature));
        else table.delete(fileId);
        seenSeq = seq;
      }
      if (rows.length < PAGE) return;
    }
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
