import type { Core } from '@strapi/strapi';
import type { FileId } from '../../../plugin/ports';
import { FILE } from '../access/content-api';
import type { Owners, PictureRelations, RowId } from '../search/picture-relations';
import { modelOf } from '../util/models';
import { kindOf } from './places';
import { type SwapFile, traceOf } from './swap';

/** What Strapi notes for itself: files, users of the admin, histories, tokens. It holds copies of rows, and nobody is shown them. */
const STRAPIS_OWN = /^(admin|strapi)::|^plugin::(upload|content-manager|content-releases|i18n|review-workflows)\./;

export interface WhereUsedDeps {
  strapi: Core.Strapi;
  relations: PictureRelations;
}

/** In which rows files are used: in media fields, in relations to files, or by their address in a text. */
export function createWhereUsed({ strapi, relations }: WhereUsedDeps) {
  /** Of this type or component itself, without the components in it. */
  async function rowsWithTexts(uid: string, names: string[], traces: string[]): Promise<RowId[]> {
    const { tableName, attributes } = strapi.db.metadata.get(uid);
    const columns = names.flatMap(
      (name) => (attributes[name] as { columnName?: string } | undefined)?.columnName ?? [],
    );
    if (columns.length === 0) return [];
    // PostgreSQL and MySQL look into JSON as a text only if it is made one.
    const isMysql = String(strapi.db.connection.client.config.client).startsWith('mysql');
    const like = `cast(?? as ${isMysql ? 'char' : 'text'}) like ?`;
    return strapi.db
      .getConnection(tableName)
      .where((query: { orWhereRaw(sql: string, values: unknown[]): void }) => {
        for (const column of columns) for (const trace of traces) query.orWhereRaw(like, [column, `%${trace}%`]);
      })
      .pluck('id');
  }

  async function rowsWithRelation(uid: string, name: string, ids: FileId[]): Promise<RowId[]> {
    const query = { select: ['id'], where: { [name]: { id: { $in: ids } } } };
    return (await strapi.db.query(uid as never).findMany(query as never)).map(({ id }) => id as RowId);
  }

  return {
    /** Rows of content types, by type, in any locale and state. They may hold the files, and have to be looked at. */
    async rows(files: readonly SwapFile[]): Promise<Map<string, RowId[]>> {
      const ids = files.map(({ id }) => id);
      const traces = files.map(traceOf);
      const owners: Owners = await relations.owners(ids);
      const named: Owners = new Map();
      for (const uid of [...Object.keys(strapi.contentTypes), ...Object.keys(strapi.components)]) {
        if (STRAPIS_OWN.test(uid)) continue;
        const attributes = Object.entries(modelOf(strapi, uid).attributes);
        const texts = attributes.filter(([name, attribute]) => (kindOf(name, attribute) ?? 'media') !== 'media');
        const found = await rowsWithTexts(
          uid,
          texts.map(([name]) => name),
          traces,
        );
        for (const [name, { type, target }] of attributes) {
          if (type === 'relation' && target === FILE) found.push(...(await rowsWithRelation(uid, name, ids)));
        }
        if (found.length > 0) named.set(uid, new Map(found.map((id) => [id, []])));
      }
      const all = new Map<string, Set<RowId>>();
      for (const rows of [owners, await relations.entriesAbove(named)]) {
        for (const [uid, own] of rows) all.set(uid, new Set([...(all.get(uid) ?? []), ...own.keys()]));
      }
      return new Map([...all].map(([uid, rows]) => [uid, [...rows].sort((a, b) => a - b)]));
    },
  };
}

export type WhereUsed = ReturnType<typeof createWhereUsed>;
