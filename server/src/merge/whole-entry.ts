import type { Core } from '@strapi/strapi';
import { type Attribute, modelOf } from '../util/models';
import type { Row } from './places';

/** Strapi's own values differ between a draft and what is published of it. */
const OWN = ['id', 'documentId', 'locale', 'localizations', 'status', 'createdBy', 'updatedBy'];
const TIMES = ['createdAt', 'updatedAt', 'publishedAt', 'firstPublishedAt'];
const SYSTEM = new Set([...OWN, ...TIMES]);

const contentOf = (strapi: Core.Strapi, uid: string): Array<[string, Attribute]> =>
  Object.entries(modelOf(strapi, uid).attributes)
    .filter(([name, attribute]) => !SYSTEM.has(name) && !(attribute as { unstable_virtual?: boolean }).unstable_virtual)
    .sort(([a], [b]) => (a < b ? -1 : 1));

function populateOf(strapi: Core.Strapi, uid: string): Row {
  const populate: Row = {};
  for (const [name, { type, component, components = [], relation, target }] of contentOf(strapi, uid)) {
    if (type === 'media') populate[name] = { select: ['id'] };
    if (type === 'component') populate[name] = { populate: populateOf(strapi, component as string) };
    if (type === 'dynamiczone') {
      populate[name] = { on: Object.fromEntries(components.map((of) => [of, { populate: populateOf(strapi, of) }])) };
    }
    if (type === 'relation') {
      populate[name] = target && !relation?.startsWith('morph') ? { select: ['id', 'documentId'] } : true;
    }
  }
  return populate;
}

/** One version of an entry with its components, files and relations. */
export const readWhole = (strapi: Core.Strapi, uid: string, id: unknown): Promise<Row | null> =>
  strapi.db.query(uid as never).findOne({ where: { id }, populate: populateOf(strapi, uid) } as never);

/** What the entry says, without what only tells its versions apart: of a draft and of what is published of it, it can be compared. */
export function contentIn(strapi: Core.Strapi, uid: string, row: Row): unknown {
  const each = (value: unknown, of: (one: Row) => unknown): unknown => {
    if (Array.isArray(value)) return value.map(of);
    return value ? of(value as Row) : null;
  };
  return contentOf(strapi, uid).map(([name, { type, component }]) => {
    const value = row[name] ?? null;
    if (type === 'media') return [name, each(value, (file) => file.id ?? file)];
    if (type === 'relation') return [name, each(value, (one) => one.documentId ?? one.id ?? one)];
    if (type === 'component') return [name, each(value, (part) => contentIn(strapi, component as string, part))];
    if (type === 'dynamiczone') {
      return [name, each(value, (part) => [part.__component, contentIn(strapi, part.__component as string, part)])];
    }
    return [name, value instanceof Date ? value.toISOString() : value];
  });
}
