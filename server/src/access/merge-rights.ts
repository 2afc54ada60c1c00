import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import type { FileId } from '../../../plugin/ports';
import { FILE } from './content-api';

type Row = Record<string, unknown>;

const DELETE_FILES = 'plugin::upload.assets.update';
/** Conditions look at who made an entry or a file, and at their roles. */
const CREATOR = { createdBy: { populate: { roles: true } } };

/** What the content manager asks before it saves. */
interface Checker {
  can: Record<'update' | 'publish', (entity?: object) => boolean>;
  sanitizedQuery: { update(query: object): Promise<Row> };
  sanitizeUpdateInput(entity: object): (data: Row) => Promise<Row>;
}

interface Manager {
  action: string;
  ability: { can(action: string, subject: unknown): boolean };
  toSubject(row: object): unknown;
}

type PopulateBuilder = (uid: string) => { populateFromQuery(query: object): { build(): Promise<Row | undefined> } };

export interface MergeRights {
  /** Those of these files that this administrator may not delete. */
  undeletable(ids: readonly FileId[]): Promise<FileId[]>;
  /**
   * What the content manager would save of this data, for this row of a draft (or of the entry, where there are no drafts).
   * @returns undefined if it would save, or where asked publish, nothing.
   */
  savedOf(uid: string, rowId: unknown, data: Row, publishes: boolean): Promise<Row | undefined>;
}

/** What an administrator may change, asked as Strapi's own controllers ask it: roles, fields, locales and conditions. */
export function mergeRights(strapi: Core.Strapi, { state: { userAbility } }: Pick<Context, 'state'>): MergeRights {
  return {
    async undeletable(ids) {
      const manager: Manager = strapi
        .service('admin::permission')
        .createPermissionsManager({ ability: userAbility, action: DELETE_FILES, model: FILE });
      const rows = await strapi.db.query(FILE).findMany({ where: { id: { $in: ids } }, populate: CREATOR as never });
      const allowed = rows.filter((row) => manager.ability.can(manager.action, manager.toSubject(row)));
      return ids.filter((id) => !allowed.some((row) => row.id === id));
    },

    async savedOf(uid, rowId, data, publishes) {
      const checker: Checker = strapi
        .plugin('content-manager')
        .service('permission-checker')
        .create({ userAbility, model: uid });
      if (!checker.can.update()) return undefined;
      const query = await checker.sanitizedQuery.update({});
      const builder = strapi.plugin('content-manager').service('populate-builder') as unknown as PopulateBuilder;
      const named = await builder(uid).populateFromQuery(query).build();
      const { populate } = strapi
        .get('query-params')
        .transform(uid as never, { populate: { ...named, ...CREATOR } as never });
      const where = { id: rowId };
      const entity = await strapi.db.query(uid as never).findOne({ where, populate } as never);
      if (!entity || !checker.can.update(entity)) return undefined;
      if (publishes && !checker.can.publish(entity)) return undefined;
      return checker.sanitizeUpdateInput(entity)(data);
    },
  };
}
