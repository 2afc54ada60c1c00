import type { Core } from '@strapi/strapi';
import { contentTypes as contentTypeUtils } from '@strapi/utils';
import { expected } from '../../../plugin/errors';
import { readConfig } from '../config';

type Node = Record<string, unknown>;

interface Attribute {
  type: string;
  allowedTypes?: string[];
  component?: string;
}

interface Model {
  uid: string;
  attributes: Record<string, Attribute>;
}

/** A content type whose entries have pictures. */
export interface PictureType {
  uid: string;
  /** Ways to its pictures: attribute names through components, e.g. `['gallery', 'photo']`. */
  paths: string[][];
}

/** Components hold components at most a few levels deep; a cycle would never end. */
const MAX_DEPTH = 6;

const NUMBERS = new Set(['integer', 'biginteger', 'decimal', 'float']);

const holdsImages = ({ type, allowedTypes }: Attribute) =>
  type === 'media' && (!allowedTypes?.length || allowedTypes.includes('images'));

/**
 * Which content types count, and how their pictures are reached. Private attributes never count: a neighbour found through
 * one would show a picture that the content API hides. Dynamic zones cannot be filtered by Strapi and are left out.
 */
const contentTypesService = ({ strapi }: { strapi: Core.Strapi }) => {
  let known: Map<string, PictureType> | undefined;

  function picturePaths(model: Model, depth = 0): string[][] {
    return Object.entries(model.attributes).flatMap(([name, attribute]) => {
      if (contentTypeUtils.isPrivateAttribute(model as never, name)) return [];
      if (holdsImages(attribute)) return [[name]];
      if (attribute.type !== 'component' || depth >= MAX_DEPTH) return [];
      const inner = picturePaths(strapi.getModel(attribute.component as never) as unknown as Model, depth + 1);
      return inner.map((path) => [name, ...path]);
    });
  }

  function configured(uid: string, wanted: '*' | string[]): PictureType {
    const key = `contentTypes.${uid}`;
    const model = strapi.contentTypes[uid as never] as unknown as Model | undefined;
    if (!model) throw expected('the uid of an existing content type', key, uid, 'INVALID_CONFIG');
    const all = picturePaths(model);
    if (wanted === '*') return { uid, paths: all };
    const names = all.map((path) => path.join('.'));
    const wrong = wanted.find((name) => !names.includes(name));
    if (wrong !== undefined) {
      const choice = names.length ? `one of ${names.join(', ')}` : 'a public media attribute (this type has none)';
      throw expected(choice, key, wrong, 'INVALID_CONFIG');
    }
    return { uid, paths: all.filter((path) => wanted.includes(path.join('.'))) };
  }

  function load(): Map<string, PictureType> {
    const wanted = readConfig(strapi).contentTypes;
    const types =
      wanted === '*'
        ? Object.keys(strapi.contentTypes)
            .filter((uid) => uid.startsWith('api::'))
            .map((uid) => configured(uid, '*'))
            .filter(({ paths }) => paths.length > 0)
        : Object.entries(wanted).map(([uid, paths]) => configured(uid, paths));
    return new Map(types.map((type) => [type.uid, type]));
  }

  /** What other keys say about types has to fit them too. */
  function checkAttributes(): void {
    const { ranking, fallback } = readConfig(strapi);
    for (const [uid, { field }] of Object.entries(ranking.boost)) {
      check(uid, `ranking.boost.${uid}.field`, field, ({ type }) => NUMBERS.has(type), 'an attribute that is a number');
    }
    for (const [uid, { same, sort }] of Object.entries(fallback)) {
      const names = [...(same ? [[`fallback.${uid}.same`, same]] : []), [`fallback.${uid}.sort`, sort.split(':')[0]]];
      for (const [key, name] of names) check(uid, key, name, () => true, 'an attribute of the type');
    }
  }

  function check(uid: string, key: string, name: string, fits: (attribute: Attribute) => boolean, wish: string): void {
    const model = strapi.contentTypes[uid as never] as unknown as Model | undefined;
    if (!model) throw expected('the uid of an existing content type', key, uid, 'INVALID_CONFIG');
    const attribute = model.attributes[name];
    if (!attribute || !fits(attribute)) throw expected(wish, key, name, 'INVALID_CONFIG');
  }

  return {
    /** @throws SimilarError `INVALID_CONFIG` when the configuration names a type or attribute that is not there. */
    all(): Map<string, PictureType> {
      if (!known) {
        checkAttributes();
        known = load();
      }
      return known;
    },
  };
};

/** `[['cover'], ['gallery', 'photo']]` → `{ cover: leaf, gallery: { populate: { photo: leaf } } }`. */
export function populateOf({ paths }: PictureType, leaf: unknown = true): Node {
  const root: Node = {};
  for (const path of paths) {
    let node = root;
    for (const name of path.slice(0, -1)) {
      node[name] ??= { populate: {} };
      node = (node[name] as { populate: Node }).populate;
    }
    node[path.at(-1) as string] = leaf;
  }
  return root;
}

/** Filter for the entries that hold one of these files. */
export function filterOf({ paths }: PictureType, fileIds: readonly number[]): Node {
  const holding = (path: string[]) =>
    path.reduceRight<Node>((inner, name) => ({ [name]: inner }), { id: { $in: fileIds } });
  return { $or: paths.map(holding) };
}

/** The files of an entry that was read with `populateOf`, in the order of the paths; duplicates removed. */
export function filesOf<File extends { id: number }>({ paths }: PictureType, entry: Node): File[] {
  const at = (value: unknown, path: string[]): unknown[] => {
    if (Array.isArray(value)) return value.flatMap((item) => at(item, path));
    if (value === null || value === undefined) return [];
    return path.length === 0 ? [value] : at((value as Node)[path[0]], path.slice(1));
  };
  const files = paths.flatMap((path) => at(entry, path)) as File[];
  return [...new Map(files.map((file) => [file.id, file])).values()];
}

export default contentTypesService;
