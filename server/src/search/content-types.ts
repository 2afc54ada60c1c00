import type { Core } from '@strapi/strapi';
import type { SimilarConfig } from '../../../plugin/contracts/config';
import { readConfig } from '../config';
import { checkTypes, configuredTypes, type PictureType } from '../util/configurable-types';

export type { PictureType };

type Node = Record<string, unknown>;

/**
 * Which content types count, and how their pictures are reached. Private attributes never count: a neighbour found through
 * one would show a picture that the content API hides. Dynamic zones cannot be filtered by Strapi and are left out.
 */
export function createContentTypes({ strapi }: { strapi: Core.Strapi }) {
  let known: { config: SimilarConfig; types: Map<string, PictureType> } | undefined;

  function load(config: SimilarConfig): Map<string, PictureType> {
    checkTypes(strapi, config);
    return new Map(configuredTypes(strapi, config).map((type) => [type.uid, type]));
  }

  return {
    /** @throws SimilarError `INVALID_CONFIG` when the configuration names a type or attribute that is not there. */
    all(): Map<string, PictureType> {
      const config = readConfig(strapi);
      // They change when the configuration does: it can be set in the admin.
      if (known?.config !== config) known = { config, types: load(config) };
      return known.types;
    },
  };
}

export type ContentTypes = ReturnType<typeof createContentTypes>;

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
