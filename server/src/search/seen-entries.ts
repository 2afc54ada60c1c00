import type { Core } from '@strapi/strapi';
import type { AdminAccess } from '../access/admin';
import { allOf } from '../util/all-of';
import { documents, type Row } from '../util/documents';

/** As the document service takes it. */
interface Reading {
  filters: object;
  fields: string[];
  populate?: object;
  locale?: string;
  sort?: string;
  limit?: number;
}

export interface SeenEntry {
  /** As it is stored: more than the administrator may see. */
  row: Row;
  shown: Record<string, unknown>;
}

/** Entries of a type in the state in which administrators work on them: those that this one may read, with what they may see of them. */
export async function seenEntries(
  strapi: Core.Strapi,
  uid: string,
  { filters, fields, populate, locale, ...others }: Reading,
  access: AdminAccess,
): Promise<SeenEntry[]> {
  const [conditions, needs] = await Promise.all([access.filters(uid, undefined), access.needs(uid)]);
  const rows = await documents(strapi, uid).findMany({
    ...others,
    filters: allOf(filters, conditions),
    status: access.status,
    ...(locale && { locale }),
    // A condition may look at any attribute.
    ...(!needs.conditional && { fields }),
    populate: { ...needs.populate, ...populate },
  });
  const shown = await access.sanitize(uid, rows);
  return rows.map((row, at) => ({ row, shown: shown[at] }));
}
