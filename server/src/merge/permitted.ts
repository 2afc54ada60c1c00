import type { Core } from '@strapi/strapi';
import type { MergeRights } from '../access/merge-rights';
import { hasDrafts } from '../util/models';
import { type Edit, grouped, isSame, placeOfEdit } from './edits';
import { partialOf, valuesOf } from './partial';
import { type Place, placesOf, type Row, valueAt } from './places';
import { versionsOf } from './versions';

/** Which of these edits the administrator could also make in the content manager. */
export async function permittedAmong(
  strapi: Core.Strapi,
  edits: readonly Edit[],
  rights: MergeRights,
): Promise<Set<Edit>> {
  const permitted = new Set<Edit>();
  for (const group of grouped(edits)) {
    const [{ uid }] = group;
    const { draft, published } = await versionsOf(strapi, group[0]);
    const publishes = hasDrafts(strapi, uid) && group.some(({ status }) => status === 'published');
    // Conditions are asked of what would be edited: the draft, also for what is published of it.
    const edited = (draft ?? published)?.id;
    for (const status of ['draft', 'published'] as const) {
      const own = group.filter((edit) => edit.status === status);
      const row = status === 'draft' ? draft : published;
      if (own.length === 0 || !row) continue;
      const pending = pendingIn(strapi, uid, row, own);
      // What somebody has changed in the meantime is left as it is.
      for (const edit of own) if (!pending.has(edit)) permitted.add(edit);
      const changes = [...pending].map(([edit, place]) => ({ place, value: edit.after }));
      const data = partialOf(strapi, uid, row, valuesOf(changes));
      const saved = await rights.savedOf(uid, edited, structuredClone(data), publishes);
      for (const edit of pending.keys())
        if (saved && isSame(valueIn(saved, edit.path), edit.after)) permitted.add(edit);
    }
  }
  return permitted;
}

function pendingIn(strapi: Core.Strapi, uid: string, row: Row, edits: readonly Edit[]): Map<Edit, Place> {
  const places = placesOf(strapi, uid, row);
  const pending = new Map<Edit, Place>();
  for (const edit of edits) {
    const place = placeOfEdit(places, edit);
    if (place && isSame(valueAt(place), edit.before)) pending.set(edit, place);
  }
  return pending;
}

const valueIn = (data: unknown, path: string): unknown =>
  path.split('.').reduce((value: unknown, key) => (value as Row | undefined)?.[key], data);
