import type { Core } from '@strapi/strapi';
import type { MergeRights } from '../access/merge-rights';
import { hasDrafts } from '../util/models';
import { type Edit, grouped, isSame, placeOfEdit } from './edits';
import { partialOf, valuesOf } from './partial';
import { placesOf, type Row, valueAt } from './places';
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
      const data = dataOf(strapi, uid, row, own);
      const saved = await rights.savedOf(uid, edited, structuredClone(data), publishes);
      for (const edit of own) if (saved && isSame(valueIn(saved, edit.path), edit.after)) permitted.add(edit);
    }
  }
  return permitted;
}

function dataOf(strapi: Core.Strapi, uid: string, row: Row, edits: readonly Edit[]): Row {
  const places = placesOf(strapi, uid, row);
  const changes = edits.flatMap((edit) => {
    const place = placeOfEdit(places, edit);
    return place && isSame(valueAt(place), edit.before) ? [{ place, value: edit.after }] : [];
  });
  return partialOf(strapi, uid, row, valuesOf(changes));
}

const valueIn = (data: unknown, path: string): unknown =>
  path.split('.').reduce((value: unknown, key) => (value as Row | undefined)?.[key], data);
