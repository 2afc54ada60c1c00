import type { Knex } from 'knex';
import { EMBEDDINGS, isMysql } from './schema';

/** Whose columns, after those that have one value, are the order of a walk. */
export type Walk = 'page' | 'state' | 'order' | 'seq';

/**
 * The rows in the order of an index, a few at a time. MariaDB and MySQL are told which one: they go by estimates, and now and then
 * sort all that a space has in one state for a page of it.
 */
export function along(knex: Knex, walk: Walk): Knex.QueryBuilder {
  if (!isMysql(knex)) return knex(EMBEDDINGS);
  return knex.from(knex.raw('?? force index (??)', [EMBEDDINGS, `similar_embeddings_${walk}`]));
}
