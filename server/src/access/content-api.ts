import type { Core } from '@strapi/strapi';
import { errors } from '@strapi/utils';
import type { Context } from 'koa';
import { SimilarError } from '../../../plugin/errors';
import { readConfig } from '../config';
import { allOf } from '../util/all-of';
import { compileFilters } from './compile-filters';

export const FILE = 'plugin::upload.file';

export interface Selection {
  fields?: unknown;
  populate?: unknown;
}

/** On whose behalf entries and files are read: what may be read, in which state, and what of it may be shown. */
export interface Access {
  status: 'published' | 'draft';
  /** Whether this caller may read the files or entries of a model. */
  can(uid: string): Promise<boolean>;
  /** The permission that guards it. */
  scopeOf(uid: string): string;
  /** Checks `fields` and `populate` as the content API does and takes out what the caller may not see. */
  selection(uid: string, wanted: Selection): Promise<Selection>;
  /** Likewise for `filters`: nothing can be learnt about an attribute that the caller may not see. Conditions of a role are added. */
  filters(uid: string, filters: unknown): Promise<object | undefined>;
  sanitize(uid: string, rows: Record<string, unknown>[]): Promise<Record<string, unknown>[]>;
}

const scopeOf = (uid: string) => (uid === FILE ? 'plugin::upload.content-api.find' : `${uid}.find`);

/** @param uid absent where it would tell the caller what an id belongs to. */
export const forbidden = (access: Access, uid?: string) =>
  new SimilarError(
    'FORBIDDEN',
    uid
      ? `Reading similar items of ${uid} also requires the permission ${access.scopeOf(uid)}`
      : 'Reading what is similar to this also requires permission to read it',
  );

/** Reads all that is published, for programs of the operator. */
export function everythingPublished(): Access {
  return {
    status: 'published',
    can: async () => true,
    scopeOf,
    selection: async (_uid, wanted) => wanted,
    filters: async (_uid, filters) => filters as object | undefined,
    sanitize: async (_uid, rows) => rows,
  };
}

/** Reads what Strapi's content API would let this request read, and shows it as the content API would. */
export function contentApiAccess(strapi: Core.Strapi, ctx: Context, status: Access['status']): Access {
  const { auth } = ctx.state;
  const model = (uid: string) => strapi.getModel(uid as never);
  const answers = new Map<string, Promise<boolean>>();

  async function ask(uid: string): Promise<boolean> {
    try {
      await strapi.get('auth').verify(auth, { scope: [scopeOf(uid)] });
      return true;
    } catch (error) {
      if (error instanceof errors.ForbiddenError || error instanceof errors.UnauthorizedError) return false;
      throw error;
    }
  }

  async function checked(uid: string, query: Record<string, unknown>): Promise<Record<string, unknown>> {
    try {
      await strapi.contentAPI.validate.query(query, model(uid), { auth });
    } catch (error) {
      if (!(error instanceof errors.ValidationError)) throw error;
      const name = (error.details as { param?: string } | undefined)?.param ?? Object.keys(query).join(' or ');
      throw new SimilarError('INVALID_PARAMETER', `${name}: ${error.message}`, { name });
    }
    return strapi.contentAPI.sanitize.query(query, model(uid), { auth }) as Promise<Record<string, unknown>>;
  }

  const narrowings = new Map<string, Promise<object | false | undefined>>();

  /** What the project adds for this request (`api.filtersFor`); false: nothing may be read. */
  function narrowing(uid: string): Promise<object | false | undefined> {
    const { filtersFor } = readConfig(strapi).api;
    const known = narrowings.get(uid) ?? Promise.resolve(filtersFor?.(ctx as never, uid));
    narrowings.set(uid, known);
    return known;
  }

  return {
    status,
    scopeOf,

    can(uid) {
      const known = answers.get(uid) ?? ask(uid).then(async (may) => may && (await narrowing(uid)) !== false);
      answers.set(uid, known);
      return known;
    },

    selection: async (uid, { fields, populate }) =>
      fields === undefined && populate === undefined
        ? {}
        : checked(uid, { ...(fields !== undefined && { fields }), ...(populate !== undefined && { populate }) }),

    async filters(uid, filters) {
      const limits = (await narrowing(uid)) || undefined;
      if (filters === undefined) return limits;
      const own = (await checked(uid, { filters })).filters as object;
      compileFilters(strapi, uid, own);
      return limits ? allOf(limits, own) : own;
    },

    sanitize: (uid, rows) =>
      strapi.contentAPI.sanitize.output(rows, model(uid), { auth }) as Promise<Record<string, unknown>[]>,
  };
}
