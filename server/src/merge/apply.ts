import type { Core } from '@strapi/strapi';
import { sanitize } from '@strapi/utils';
import { documents } from '../util/documents';
import { hasDrafts } from '../util/models';
import { type Edit, isSame, placeOfEdit } from './edits';
import { partialOf, valuesOf } from './partial';
import { type Place, placesOf, type Row, valueAt } from './places';
import { versionsOf } from './versions';
import { contentIn } from './whole-entry';

/** What is to be written into one version of an entry. */
interface Pending {
  row: Row;
  changes: Array<{ place: Place; value: unknown }>;
}

export interface Editor {
  id: number | null;
}

/** Writes edits into entries, each group (one entry in one language) as a whole or not at all. */
export function createApply({ strapi }: { strapi: Core.Strapi }) {
  function pendingOf(uid: string, row: Row, edits: readonly Edit[]): Pending {
    const places = placesOf(strapi, uid, row);
    const changes = edits.flatMap((edit) => {
      const place = placeOfEdit(places, edit);
      return place && isSame(valueAt(place), edit.before) ? [{ place, value: edit.after }] : [];
    });
    return { row, changes };
  }

  /** Those that neither had to be made nor could be: somebody has changed the attribute, or the entry is gone. */
  function leftOf(uid: string, row: Row | undefined, edits: readonly Edit[]): Edit[] {
    const places = row ? placesOf(strapi, uid, row) : [];
    return edits.filter((edit) => {
      const place = placeOfEdit(places, edit);
      return !place || ![edit.before, edit.after].some((value) => isSame(valueAt(place), value));
    });
  }

  /** The content as it will be. */
  function contentAfter(uid: string, { row, changes }: Pending): unknown {
    const before = changes.map(({ place: { holder, name } }) => [holder, name, holder[name]] as const);
    for (const { place, value } of changes) place.holder[place.name] = value;
    try {
      return contentIn(strapi, uid, row);
    } finally {
      for (const [holder, name, value] of before) holder[name] = value;
    }
  }

  /**
   * Into what is published, and nothing else of the entry: publishing would also publish the changes that somebody is still making
   * to the draft. So its rows are changed themselves. They keep their time, since one later than the draft's would hide from the
   * content manager that the draft has changes.
   */
  async function writeDirectly(uid: string, { row, changes }: Pending, editor: Editor): Promise<void> {
    for (const { place, value } of changes) {
      const query = { where: { id: place.holder.id }, data: { [place.name]: value } };
      await strapi.db.query(place.uid as never).update(query as never);
    }
    const { id, updatedAt } = row;
    await strapi.db.query(uid as never).update({ where: { id }, data: { updatedBy: editor.id } } as never);
    await strapi.db
      .queryBuilder(uid)
      .where({ id })
      .update({ updatedAt: new Date(updatedAt as string) })
      .execute();
    await strapi.db.transaction(({ onCommit }) => onCommit(() => tell(uid, id)));
  }

  /** As the document service does after an update: webhooks and caches of a site hear of it. */
  async function tell(uid: string, id: unknown): Promise<void> {
    const row = await strapi.db.query(uid as never).findOne({ where: { id }, populate: true } as never);
    if (!row) return;
    const schema = strapi.getModel(uid as never) as unknown as { modelName: string };
    const getModel = (other: string) => strapi.getModel(other as never);
    const entry = await sanitize.sanitizers.defaultSanitizeOutput({ schema, getModel } as never, row);
    await strapi.eventHub.emit('entry.update', { model: schema.modelName, uid, entry });
  }

  /** @returns edits that were not made, as their values are neither those before nor those after. */
  async function write(edits: readonly Edit[], editor: Editor): Promise<Edit[]> {
    const [{ uid, documentId, locale }] = edits;
    const drafts = edits.filter(({ status }) => status === 'draft');
    const publisheds = edits.filter(({ status }) => status === 'published');
    const { draft, published } = await versionsOf(strapi, edits[0]);
    const left = [...leftOf(uid, draft, drafts), ...leftOf(uid, published, publisheds)];
    const inDraft = draft && pendingOf(uid, draft, drafts);
    const inPublished = published && pendingOf(uid, published, publisheds);
    const update = async ({ row, changes }: Pending) => {
      const data = { ...partialOf(strapi, uid, row, valuesOf(changes)), updatedBy: editor.id };
      await documents(strapi, uid).update({ documentId, data, ...(locale && { locale }) });
    };
    if (!hasDrafts(strapi, uid)) {
      if (inPublished?.changes.length) await update(inPublished);
      return left;
    }
    const isPublishedAsItIs =
      inDraft && inPublished && isSame(contentAfter(uid, inDraft), contentAfter(uid, inPublished));
    if (inDraft?.changes.length) await update(inDraft);
    if (!inPublished?.changes.length) return left;
    if (isPublishedAsItIs) await documents(strapi, uid).publish({ documentId, ...(locale && { locale }) });
    else await writeDirectly(uid, inPublished, editor);
    return left;
  }

  /** @throws what Strapi or the project's own hooks say: then nothing of these was written. */
  return async (edits: readonly Edit[], editor: Editor): Promise<Edit[]> =>
    strapi.db.transaction(() => write(edits, editor)) as unknown as Promise<Edit[]>;
}

export type Apply = ReturnType<typeof createApply>;
