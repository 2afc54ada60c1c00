import type { Core } from '@strapi/strapi';
import { hasDrafts } from '../util/models';
import type { Edit } from './edits';
import type { Row } from './places';
import { readWhole } from './whole-entry';

export interface Versions {
  draft?: Row;
  /** Also of a type without drafts: its only one. */
  published?: Row;
}

/** The versions of an entry in one language, as wholes. */
export async function versionsOf(
  strapi: Core.Strapi,
  { uid, documentId, locale }: Pick<Edit, 'uid' | 'documentId' | 'locale'>,
): Promise<Versions> {
  const where = { documentId, locale: locale === null ? { $null: true } : locale };
  const query = { select: ['id', 'publishedAt'], where };
  const select = hasDrafts(strapi, uid) ? query : { ...query, select: ['id'] };
  const found: Versions = {};
  for (const { id, publishedAt } of await strapi.db.query(uid as never).findMany(select as never)) {
    const row = await readWhole(strapi, uid, id);
    if (!row) continue;
    if (hasDrafts(strapi, uid) && !publishedAt) found.draft = row;
    else found.published = row;
  }
  return found;
}
