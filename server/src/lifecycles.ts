import type { Core } from '@strapi/strapi';
import type { Change } from '../../plugin/ports';
import { FILE } from './access/content-api';
import { searchOf } from './compose';
import { pictureTypes } from './util/configurable-types';
import { getService } from './util/get-service';
import { logOf } from './util/log';
import { currentRequestId } from './util/request-id';

/** Replacing a file writes these; editing its name, texts or folder does not. (`hash` is no content hash: it stays on replace.) */
const BYTE_KEYS = ['url', 'hash', 'formats', 'size', 'mime'];

interface FileRow {
  id: number;
  mime?: string;
}

interface Event {
  model: { uid: string };
  result?: FileRow | null;
  params: { data?: Record<string, unknown> };
}

interface EntryEvent {
  model: { uid: string };
  result?: { documentId?: string; publishedAt?: string | null } | null;
}

interface SettingEvent {
  result?: { key?: string } | null;
}

const isImage = (file: FileRow) => file.mime?.startsWith('image/');

const afterEach = <Hook>(hook: Hook) => ({ afterCreate: hook, afterUpdate: hook, afterDelete: hook });
const afterMany = <Hook>(hook: Hook) => ({ afterCreateMany: hook, afterUpdateMany: hook, afterDeleteMany: hook });

/**
 * Hooks on the media library and on entries with pictures. Strapi awaits them and turns a throw into a failed upload, so they write one row and swallow
 * every error: the sweep finds whatever a hook could not note down.
 */
export function subscribeToChanges(strapi: Core.Strapi): void {
  // Strapi's type of a hook's event knows neither `result` nor what is in it.
  const subscribe = (hooks: object) => strapi.db.lifecycles.subscribe(hooks as never);
  const indexing = getService('indexing', { strapi });

  async function quietly(problem: string, work: () => Promise<void>): Promise<void> {
    // The request may have been answered when it fails.
    const requestId = currentRequestId(strapi);
    try {
      await work();
    } catch (error) {
      const { message } = error as Error;
      logOf(strapi).warn(`${problem}: ${message}. The next sweep will catch up.`, { requestId });
    }
  }

  /** In a transaction: only after its commit. A second connection would wait for it, on SQLite for ever. */
  async function afterCommit(problem: string, work: () => Promise<void>): Promise<void> {
    if (!strapi.db.inTransaction()) return quietly(problem, work);
    await strapi.db.transaction(({ onCommit }) => onCommit(() => void quietly(problem, work)));
  }

  const entryPictures = searchOf(strapi).entryPictures;
  const changed = getService('changed', { strapi });
  /** Members at once and after the commit: what is read in between is of before. */
  async function afterEntries({ uid }: EntryEvent['model'], changes: Change[]): Promise<void> {
    if (!searchOf(strapi).contentTypes.all().has(uid)) return;
    entryPictures.forget(uid);
    await afterCommit('Changed entries were not recorded', async () => {
      entryPictures.forget(uid);
      await changed.note(changes);
    });
  }
  const entryChanged = ({ model, result }: EntryEvent): Promise<void> =>
    // Drafts are shown to nobody whom a webhook tells of them.
    afterEntries(
      model,
      result?.documentId && result.publishedAt !== null ? [{ type: model.uid, target: result.documentId }] : [],
    );
  const entriesChanged = ({ model }: EntryEvent): Promise<void> => afterEntries(model, [{ type: '*', target: '' }]);
  subscribe({
    // Which of them count can change while Strapi runs.
    models: pictureTypes(strapi, true).map(({ uid }) => uid),
    ...afterEach(entryChanged),
    ...afterMany(entriesChanged),
  });

  const pictureRefs = searchOf(strapi).pictureRefs;
  const forgetFiles = (): Promise<void> => {
    const forget = () => {
      pictureRefs.forget();
      // Entries count only the pictures among their files.
      entryPictures.forget();
    };
    forget();
    return afterCommit('Changed files are still cached', async () => forget());
  };
  subscribe({
    models: [FILE],
    ...afterEach(forgetFiles),
    ...afterMany(forgetFiles),
  });

  const localeChanged = ({ result }: SettingEvent): Promise<void> | undefined => {
    if (result?.key !== 'plugin_i18n_default_locale') return undefined;
    const forget = () => {
      searchOf(strapi).defaultLocale.forget();
      // Remembered of a request that names no locale.
      entryPictures.forget();
    };
    forget();
    return afterCommit('The previous default locale is still cached', async () => forget());
  };
  subscribe({
    models: ['strapi::core-store'],
    afterCreate: localeChanged,
    afterUpdate: localeChanged,
  });

  const webhooksChanged = () => changed.webhooksChanged();
  subscribe({
    models: ['strapi::webhook'],
    ...afterEach(webhooksChanged),
  });

  subscribe({
    models: [FILE],
    async afterCreate({ result }: Event) {
      if (!result || !isImage(result)) return;
      await afterCommit(`New file ${result.id} was not queued`, () => indexing.enqueue([result.id]));
    },
    async afterUpdate({ result, params }: Event) {
      if (!result || !BYTE_KEYS.some((key) => key in (params.data ?? {}))) return;
      // A picture may have become something else: its vector would show bytes that are gone.
      if (result.mime && !isImage(result)) {
        await afterCommit(`File ${result.id} was not removed from the index`, () => indexing.forget([result.id]));
      } else {
        await afterCommit(`Changed file ${result.id} was not queued`, () => indexing.enqueue([result.id]));
      }
    },
    async afterDelete({ result }: Event) {
      if (!result) return;
      await afterCommit(`Deleted file ${result.id} was not removed from the index`, () => indexing.forget([result.id]));
    },
    // Bulk variants carry a count and no ids.
    ...afterMany(() => indexing.sweepSoon()),
  });
}
