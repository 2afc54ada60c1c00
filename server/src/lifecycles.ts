import type { Core } from '@strapi/strapi';
import { getService } from './util/get-service';

const FILE = 'plugin::upload.file';

/** Replacing a file writes these; editing its name, texts or folder does not. (`hash` is no content hash: it stays on replace.) */
const BYTE_KEYS = ['url', 'hash', 'formats', 'size', 'mime'];

interface FileRow {
  id: number;
  mime?: string;
}

interface Event {
  result?: FileRow | null;
  params: { data?: Record<string, unknown> };
}

const isImage = (file: FileRow) => file.mime?.startsWith('image/');

/**
 * Hooks on the media library and on entries with pictures. Strapi awaits them and turns a throw into a failed upload, so they write one row and swallow
 * every error: the sweep finds whatever a hook could not note down.
 */
export function subscribeToChanges(strapi: Core.Strapi): void {
  const indexing = getService(strapi, 'indexing');

  async function quietly(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      strapi.log.warn(`[similar] ${what}: ${(error as Error).message}. The next sweep makes up for it.`);
    }
  }

  /** In a transaction: only after its commit. A second connection would wait for it, on SQLite for ever. */
  async function afterCommit(what: string, work: () => Promise<void>): Promise<void> {
    if (!strapi.db.inTransaction()) return quietly(what, work);
    await strapi.db.transaction(({ onCommit }) => onCommit(() => void quietly(what, work)));
  }

  const members = getService(strapi, 'members');
  /** At once and after the commit: what is read in between is of before. */
  const forgetMembers = (): Promise<void> => {
    members.forget();
    return afterCommit('Remembered entries were not forgotten', async () => members.forget());
  };
  strapi.db.lifecycles.subscribe({
    models: [...getService(strapi, 'content-types').all().keys()],
    afterCreate: forgetMembers,
    afterUpdate: forgetMembers,
    afterDelete: forgetMembers,
    afterCreateMany: forgetMembers,
    afterUpdateMany: forgetMembers,
    afterDeleteMany: forgetMembers,
  } as never);

  strapi.db.lifecycles.subscribe({
    models: [FILE],
    async afterCreate({ result }: Event) {
      if (!result || !isImage(result)) return;
      await afterCommit(`New file ${result.id} was not queued`, () => indexing.enqueue([result.id]));
    },
    async afterUpdate({ result, params }: Event) {
      if (!result || !BYTE_KEYS.some((key) => key in (params.data ?? {}))) return;
      // A picture may have become something else: its vector would show bytes that are gone.
      if (result.mime && !isImage(result)) {
        await afterCommit(`File ${result.id} was not forgotten`, () => indexing.forget([result.id]));
      } else {
        await afterCommit(`Changed file ${result.id} was not queued`, () => indexing.enqueue([result.id]));
      }
    },
    async afterDelete({ result }: Event) {
      if (!result) return;
      await afterCommit(`Deleted file ${result.id} was not forgotten`, () => indexing.forget([result.id]));
    },
    // Bulk variants carry a count and no ids.
    afterCreateMany: () => indexing.sweepSoon(),
    afterUpdateMany: () => indexing.sweepSoon(),
    afterDeleteMany: () => indexing.sweepSoon(),
  } as never);
}
