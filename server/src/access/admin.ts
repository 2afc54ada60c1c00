import type { Core } from '@strapi/strapi';
import { errors, validate } from '@strapi/utils';
import type { Context } from 'koa';
import { SimilarError } from '../../../plugin/errors';
import { allOf } from '../util/all-of';
import { compileFilters } from './compile-filters';
import { type Access, FILE } from './content-api';

type Row = Record<string, unknown>;

/** Strapi's managers around casl's ability, as far as they are needed here. */
interface PermissionsManager {
  isAllowed: boolean;
  /** Null where no rule allows anything, empty where one allows everything. */
  getQuery(): object | null;
  sanitizeOutput(row: Row): Promise<Row>;
}

/** The content manager's: what a filter names is read with an entry. */
type PopulateBuilder = (uid: string) => { populateFromQuery(query: object): { build(): Promise<Row> } };

export interface AdminAccess extends Access {
  /** Whether this administrator may see the attribute of any entry. */
  mayRead(uid: string, attribute: string): boolean;
  /** Whether this administrator may fill the attribute of new or existing entries. */
  mayWrite(uid: string, attribute: string): boolean;
  /** What has to be read with an entry, so that `sanitize` can tell whether the conditions of a role hold for it. */
  needs(uid: string): Promise<{ conditional: boolean; populate: Row }>;
}

const READ_FILES = 'plugin::upload.read';
const READ_ENTRIES = 'plugin::content-manager.explorer.read';

/** What the document service would refuse in the middle of a search. */
const STRUCTURE = ['nonAttributesOperators', 'dynamicZones', 'morphRelations'];

const NOTHING = { documentId: { $in: [] } };

/** `admin::is-creator` looks at who made an entry, `admin::has-same-role-as-creator` at their roles. */
const CREATOR = { createdBy: { populate: { roles: true } } };

/**
 * Reads what the content manager and the media library would let this administrator read; drafts, since editors work on them.
 * A role may be limited by conditions (own entries only, some locales, a tenant): they are filters on all that is read.
 */
export function adminAccess(strapi: Core.Strapi, { state: { userAbility } }: Pick<Context, 'state'>): AdminAccess {
  const files = (): PermissionsManager =>
    strapi
      .service('admin::permission')
      .createPermissionsManager({ ability: userAbility, action: READ_FILES, model: FILE });

  const checker = (uid: string) =>
    strapi.plugin('content-manager').service('permission-checker').create({ userAbility, model: uid });

  const getModel = (uid: string) => strapi.getModel(uid as never);
  const about = (uid: string) => ({ schema: getModel(uid), getModel });

  /** What was decided about entries outlives their content type, and a file of decisions may name others. */
  const isType = (uid: string): boolean => uid in strapi.contentTypes;

  const can = (uid: string): boolean => (uid === FILE ? files().isAllowed : isType(uid) && checker(uid).can.read());

  /** Strapi's own controllers leave the filter out where nothing is allowed: they have refused by then. */
  async function ask(uid: string): Promise<object | undefined> {
    if (!can(uid)) return NOTHING;
    const found = uid === FILE ? files().getQuery() : (await checker(uid).sanitizedQuery.read({})).filters;
    return found && Object.keys(found).length > 0 ? found : undefined;
  }

  /** One response needs them again and again. */
  const known = new Map<string, Promise<object | undefined>>();
  function conditions(uid: string): Promise<object | undefined> {
    const found = known.get(uid) ?? ask(uid);
    known.set(uid, found);
    return found;
  }

  /** As the content manager's list takes them. Those of files are made here, of a folder. */
  async function filters(uid: string, own: unknown): Promise<object | undefined> {
    const limits = await conditions(uid);
    if (own === undefined || own === null) return limits;
    if (uid !== FILE) {
      try {
        await checker(uid).validateQuery({ filters: own });
        await validate.validators.validateFilters(about(uid), own, STRUCTURE);
      } catch (error) {
        if (!(error instanceof errors.ValidationError)) throw error;
        throw new SimilarError('INVALID_PARAMETER', `filters: ${error.message}`, { name: 'filters' });
      }
    }
    compileFilters(strapi, uid, own);
    return limits ? allOf(limits, own) : own;
  }

  return {
    status: 'draft',
    can: async (uid) => can(uid),
    scopeOf: (uid) => (uid === FILE ? READ_FILES : READ_ENTRIES),
    mayRead: (uid, attribute) => checker(uid).can.read(undefined, attribute),
    mayWrite(uid, attribute) {
      const { can } = checker(uid);
      return can.update(undefined, attribute) || can.create(undefined, attribute);
    },
    selection: async (_uid, wanted) => wanted,
    filters,

    async needs(uid) {
      const limits = await conditions(uid);
      if (!limits) return { conditional: false, populate: {} };
      const builder = strapi.plugin('content-manager').service('populate-builder') as unknown as PopulateBuilder;
      const named = await builder(uid).populateFromQuery({ filters: limits }).build();
      return { conditional: true, populate: { ...named, ...CREATOR } };
    },

    sanitize(uid, rows) {
      const sanitizer = uid === FILE ? files() : checker(uid);
      return Promise.all(rows.map((row) => sanitizer.sanitizeOutput(row) as Promise<Row>));
    },
  };
}
