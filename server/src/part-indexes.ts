import { createHash } from 'node:crypto';
import type { Core } from '@strapi/strapi';
import { addMissingIndexes } from '../../plugin/store/indexes';
import { searchOf } from './compose';
import { logOf } from './util/log';

const nameOf = (table: string) => `similar_part_${createHash('sha256').update(table).digest('hex').slice(0, 12)}`;

/**
 * Strapi finds the components of an entry by an index, and the entry of a component by none: each search that finds pictures in
 * components would look at all of them. Strapi drops indexes it does not know when a content type changes, so each start adds
 * them again.
 */
export async function addPartIndexes(strapi: Core.Strapi): Promise<void> {
  const { relations, contentTypes } = searchOf(strapi);
  for (const table of relations.partTables(contentTypes.all().values())) {
    try {
      await addMissingIndexes(strapi.db.connection, table, [{ name: nameOf(table), columns: ['cmp_id'] }]);
    } catch (error) {
      const { message } = error as Error;
      logOf(strapi).warn(`${table} has no index on cmp_id, so searches take longer: ${message}`);
    }
  }
}
