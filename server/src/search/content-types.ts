import type { Core } from '@strapi/strapi';
import type { SimilarConfig } from '../../../plugin/contracts/config';
import { type Weights, weightsOf } from '../../../plugin/search/weights';
import { readConfig } from '../config';
import { checkTypes, configuredTypes, type PictureType } from '../util/configurable-types';

export type { PictureType };

type Node = Record<string, unknown>;

/**
 * Which content types count, and how their pictures are reached. Private attributes never count: a neighbour found through
 * one would show a picture that the content API hides.
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

interface Step {
  name: string;
  /** In a dynamic zone: the component that is looked into. */
  component?: string;
}

/** `['blocks', 'shared.image', 'picture']` → blocks (shared.image), picture: names of attributes have no dot, those of components have one. */
export function stepsOf(path: readonly string[]): Step[] {
  return path.flatMap((name, at) => {
    if (name.includes('.')) return [];
    const next = path[at + 1];
    return [next?.includes('.') ? { name, component: next } : { name }];
  });
}

/**
 * `[['cover'], ['gallery', 'photo']]` → `{ cover: leaf, gallery: { populate: { photo: leaf } } }`; in a dynamic zone
 * `{ blocks: { on: { 'shared.image': { populate: { picture: leaf } } } } }`.
 */
export function populateOf({ paths }: PictureType, leaf: unknown = true): Node {
  const root: Node = {};
  for (const path of paths) {
    let node = root;
    const steps = stepsOf(path);
    for (const { name, component } of steps.slice(0, -1)) {
      node[name] ??= component ? { on: {} } : { populate: {} };
      let holder = node[name] as Node;
      if (component) {
        const on = holder.on as Node;
        on[component] ??= { populate: {} };
        holder = on[component] as Node;
      }
      node = holder.populate as Node;
    }
    node[steps[steps.length - 1].name] = leaf;
  }
  return root;
}

/** The files of an entry that was read with `populateOf`, in the order of the paths; duplicates removed. */
export function filesOf<File extends { id: number }>(type: PictureType, entry: Node): File[] {
  const files = filesByPath<File>(type, entry).flat();
  return [...new Map(files.map((file) => [file.id, file])).values()];
}

/** How much the files of such an entry count, where the type weighs its paths. */
export function weightsIn(type: PictureType, entry: Node): Weights | undefined {
  const { weights } = type;
  if (!weights) return undefined;
  const byPath = filesByPath<{ id: number }>(type, entry);
  return weightsOf(byPath.flatMap((files, path) => files.map(({ id }) => [id, weights[path]] as const)));
}

const parts = new WeakMap<PictureType, PictureType[]>();

/** The type as it would be with the paths of one weight only, for each weight; the same objects each time. */
export function byWeight(type: PictureType): PictureType[] {
  const { uid, paths, weights } = type;
  if (!weights) return [type];
  let known = parts.get(type);
  if (!known) {
    known = [...new Set(weights)].map((weight) => ({ uid, paths: paths.filter((_, at) => weights[at] === weight) }));
    parts.set(type, known);
  }
  return known;
}

function filesByPath<File>({ paths }: PictureType, entry: Node): File[][] {
  const at = (value: unknown, [step, ...rest]: Step[]): unknown[] => {
    if (Array.isArray(value)) return value.flatMap((item) => at(item, [step, ...rest]));
    if (value === null || value === undefined) return [];
    const inner = [(value as Node)[step.name]].flat().filter((item) => item !== null && item !== undefined);
    if (rest.length === 0) return inner;
    const parts = step.component ? inner.filter((item) => (item as Node).__component === step.component) : inner;
    return parts.flatMap((item) => at(item, rest));
  };
  return paths.map((path) => at(entry, stepsOf(path)) as File[]);
}
