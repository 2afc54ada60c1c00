import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { FILE, type Reader } from './reader';

type Row = Record<string, unknown>;

/** Casl's ability and Strapi's managers around it, as far as they are needed here. */
interface PermissionsManager {
  isAllowed: boolean;
  sanitizeOutput(row: Row): Promise<Row>;
}

export interface AdminReader extends Reader {
  /** Whether this administrator may fill the attribute of new or existing entries. */
  mayWrite(uid: string, attribute: string): boolean;
}

/** Reads what the content manager and the media library would let this administrator read; drafts, since editors work on them. */
export function adminReader(strapi: Core.Strapi, ctx: Context): AdminReader {
  const { userAbility } = ctx.state;

  const files = (): PermissionsManager =>
    strapi
      .service('admin::permission')
      .createPermissionsManager({ ability: userAbility, action: 'plugin::upload.read', model: FILE });

  const checker = (uid: string) =>
    strapi.plugin('content-manager').service('permission-checker').create({ userAbility, model: uid });

  return {
    status: 'draft',
    may: async (uid) => (uid === FILE ? files().isAllowed : checker(uid).can.read()),
    mayWrite(uid, attribute) {
      const { can } = checker(uid);
      return can.update(undefined, attribute) || can.create(undefined, attribute);
    },
    selection: async (_uid, wanted) => wanted,
    filters: async () => undefined,
    sanitize(uid, rows) {
      const sanitizer = uid === FILE ? files() : checker(uid);
      return Promise.all(rows.map((row) => sanitizer.sanitizeOutput(row) as Promise<Row>));
    },
  };
}
