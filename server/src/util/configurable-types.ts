import type { Core } from '@strapi/strapi';
import type { SimilarConfig } from '../../../plugin/contracts/config';
import { expected } from '../../../plugin/errors';
import { type Attribute, isPrivate, type Model, modelOf } from './models';

/** A content type whose entries have pictures. */
export interface PictureType {
  uid: string;
  /**
   * Ways to its pictures: attribute names through components, such as `['gallery', 'photo']`; in a dynamic zone with the
   * component, such as `['blocks', 'shared.image', 'picture']`.
   */
  paths: string[][];
  /** How much the pictures of each path count, in their order: above 0, at most 1. Absent: all the same. */
  weights?: number[];
  /** Attribute of entries of the same type that editors may fill with similar entries. */
  relate?: string;
}

/** Components hold components at most a few levels deep; a cycle would never end. */
const MAX_DEPTH = 6;

const NUMBERS = new Set(['integer', 'biginteger', 'decimal', 'float']);

export const isNumber = ({ type }: Attribute) => NUMBERS.has(type);

const TEXTS = ['string', 'text', 'email', 'uid', 'enumeration'];
const TIMES = ['date', 'time', 'datetime', 'timestamp'];
const SCALARS = new Set([...NUMBERS, ...TEXTS, ...TIMES, 'boolean']);

/** Whether two entries can have the same there. */
export const isComparable = ({ type, relation }: Attribute) =>
  SCALARS.has(type) || (type === 'relation' && !relation?.startsWith('morph'));

const holdsImages = ({ type, allowedTypes }: Attribute) =>
  type === 'media' && (!allowedTypes?.length || allowedTypes.includes('images'));

/** A relation that takes any number of entries of this type. Strapi's own, such as `localizations`, are not for editors. */
const relatesTo =
  (uid: string) =>
  ({ type, relation, target, visible, writable }: Attribute) =>
    type === 'relation' && target === uid && /ToMany$/.test(relation ?? '') && visible !== false && writable !== false;

function picturePaths(strapi: Core.Strapi, model: Model, depth = 0): string[][] {
  return Object.entries(model.attributes).flatMap(([name, attribute]) => {
    if (isPrivate(model, name)) return [];
    if (holdsImages(attribute)) return [[name]];
    if (depth >= MAX_DEPTH) return [];
    const through = (uid: string) => picturePaths(strapi, modelOf(strapi, uid), depth + 1);
    if (attribute.type === 'component') return through(attribute.component as string).map((path) => [name, ...path]);
    if (attribute.type !== 'dynamiczone') return [];
    return (attribute.components ?? []).flatMap((uid) => through(uid).map((path) => [name, uid, ...path]));
  });
}

function existing(strapi: Core.Strapi, uid: string, key: string): Model {
  if (!(uid in strapi.contentTypes)) throw expected('the uid of an existing content type', key, uid, 'INVALID_CONFIG');
  return modelOf(strapi, uid);
}

function configured(strapi: Core.Strapi, uid: string, wanted: '*' | string[] | Record<string, number>): PictureType {
  const key = `contentTypes.${uid}`;
  const all = picturePaths(strapi, existing(strapi, uid, key));
  if (wanted === '*') return { uid, paths: all };
  const names = all.map((path) => path.join('.'));
  const chosen = Array.isArray(wanted) ? wanted : Object.keys(wanted);
  const wrong = chosen.find((name) => !names.includes(name));
  if (wrong !== undefined) {
    const choice = names.length ? `one of ${names.join(', ')}` : 'a public media attribute (this type has none)';
    throw expected(choice, key, wrong, 'INVALID_CONFIG');
  }
  const paths = all.filter((path) => chosen.includes(path.join('.')));
  const weights = Array.isArray(wanted) ? [] : paths.map((path) => wanted[path.join('.')]);
  // Nothing is weighed where it would change nothing.
  return { uid, paths, ...(weights.some((weight) => weight !== 1) && { weights }) };
}

/** Every type of the project with public pictures; of plugins' types too when `everywhere`, e.g. the avatars of users. */
export function pictureTypes(strapi: Core.Strapi, everywhere = false): PictureType[] {
  return Object.keys(strapi.contentTypes)
    .filter((uid) => uid.startsWith('api::') || (everywhere && uid.startsWith('plugin::')))
    .map((uid) => configured(strapi, uid, '*'))
    .filter(({ paths }) => paths.length > 0);
}

/** Entries that are added here go from where they were, such as the children of a category: only for those who ask for it. */
const takesAway = ({ relation, mappedBy }: Attribute) => relation === 'oneToMany' && mappedBy !== undefined;

/** What `relate` can name of a type, and what is filled where it says nothing. */
export function relationsOf(strapi: Core.Strapi, uid: string): { all: string[]; first?: string } {
  const model = existing(strapi, uid, `relate.${uid}`);
  const all = Object.keys(model.attributes).filter((name) => relatesTo(uid)(model.attributes[name]));
  return { all, first: all.find((name) => !isPrivate(model, name) && !takesAway(model.attributes[name])) };
}

function relationOf(strapi: Core.Strapi, uid: string, { relate }: SimilarConfig): string | undefined {
  const wanted = relate[uid];
  return wanted === undefined ? relationsOf(strapi, uid).first : wanted || undefined;
}

/** @throws SimilarError `INVALID_CONFIG` when a type or attribute is not there. */
export function configuredTypes(strapi: Core.Strapi, config: SimilarConfig): PictureType[] {
  const { contentTypes } = config;
  const types =
    contentTypes === '*'
      ? pictureTypes(strapi)
      : Object.entries(contentTypes).map(([uid, paths]) => configured(strapi, uid, paths));
  return types.map((type) => ({ ...type, relate: relationOf(strapi, type.uid, config) }));
}

/** The attributes that filters begin with. */
function filtered(filters: unknown): string[] {
  if (Array.isArray(filters)) return filters.flatMap(filtered);
  if (typeof filters !== 'object' || filters === null) return [];
  return Object.entries(filters).flatMap(([key, value]) => (key.startsWith('$') ? filtered(value) : [key]));
}

/**
 * Whether the types and attributes that the configuration names are there.
 * @throws SimilarError `INVALID_CONFIG`
 */
export function checkTypes(strapi: Core.Strapi, config: SimilarConfig): void {
  const { ranking, results, fallback, relate } = config;
  function check(uid: string, key: string, name: string, fits: (attribute: Attribute) => boolean, wish: string): void {
    const { attributes } = existing(strapi, uid, key);
    if (!Object.hasOwn(attributes, name) || !fits(attributes[name])) throw expected(wish, key, name, 'INVALID_CONFIG');
  }
  for (const [uid, { field }] of Object.entries(ranking.boost)) {
    check(uid, `ranking.boost.${uid}.field`, field, isNumber, 'an attribute that is a number');
  }
  for (const [uid, { same, sort }] of Object.entries(fallback)) {
    const names = [...(same ? [[`fallback.${uid}.same`, same]] : []), [`fallback.${uid}.sort`, sort.split(':')[0]]];
    for (const [key, name] of names) check(uid, key, name, () => true, 'an attribute of the type');
  }
  for (const [uid, { same, within, exclude, groupBy }] of Object.entries(results)) {
    const comparable = 'an attribute or a relation that two entries can have in common';
    for (const [at, name] of same.entries()) check(uid, `results.${uid}.same[${at}]`, name, isComparable, comparable);
    if (groupBy) check(uid, `results.${uid}.groupBy`, groupBy, isComparable, comparable);
    const number = 'an attribute that is a number';
    for (const name of Object.keys(within)) check(uid, `results.${uid}.within`, name, isNumber, number);
    const known = 'an attribute of the type';
    for (const name of filtered(exclude)) check(uid, `results.${uid}.exclude`, name, () => true, known);
  }
  for (const [uid, name] of Object.entries(relate)) {
    if (name) check(uid, `relate.${uid}`, name, relatesTo(uid), 'a relation to many entries of the type itself');
  }
  configuredTypes(strapi, config);
}
