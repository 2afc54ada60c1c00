import { type Comparison, createComparison } from '../compare/comparison';
import type { ComparableModel } from '../contracts/comparison';
import type { SimilarConfig } from '../contracts/config';
import { expected } from '../errors';
import { everyModel, modelEntry } from '../models/registry';
import { textOf } from '../models/text-tower';
import type { EmbeddingStore } from '../ports';
import { createLazyEmbedder, type OpenEmbedderDeps } from './lazy-embedder';
import { mediaFrom } from './media-from';
import { chosenSpace, type ModelSpace, modelsOf } from './model-space';
import type { SpaceRunner } from './space-runner';

export interface SpaceComparisonDeps extends OpenEmbedderDeps {
  store: EmbeddingStore;
  stateDir: string;
  opened(): Promise<void>;
  live(): SpaceRunner;
  /** All spaces that are worked on. */
  runners(): SpaceRunner[];
}

/** A licence that nobody has stated. */
const NOT_STATED = 'not stated';

/** Models that can be compared with the live one: those of the package, those that are published, and those of the configuration. */
function comparableModels({ models }: Pick<SimilarConfig, 'models'>, live: string): ComparableModel[] {
  return everyModel(models)
    .filter(({ name }) => name !== live)
    .map(({ name, dims, licence, isUnverified, source }) => ({
      name,
      dimensions: dims,
      ...(licence !== NOT_STATED && { licence }),
      unverified: isUnverified ?? false,
      custom: Object.hasOwn(models.custom, name),
      bundled: source.kind === 'bundled',
    }));
}

/** Compares the live model with another one, which has an embedder process of its own on this machine. */
export function createSpaceComparison(deps: SpaceComparisonDeps): Comparison {
  const { config, media, live } = deps;

  const models = () => comparableModels(config, live().space.model);

  function named(model: string): ModelSpace {
    const names = models().map(({ name }) => name);
    if (!names.includes(model)) throw expected(`one of ${names.join(', ')}`, 'model', model);
    return chosenSpace(model, config);
  }

  function openModel(other: ModelSpace) {
    const own = mediaFrom(media, other.from);
    // Machines that embed for the live space have its model.
    const embedders = createLazyEmbedder(other, { ...deps, media: own, config: { ...config, embedders: [] } });
    return { media: own, open: () => embedders.open(), close: () => embedders.close() };
  }

  /** A space of words is not refined, nor is a small one. */
  function indexDims({ space, recipe }: ModelSpace, pictures: number): number {
    const { mode, from, dims } = config.refine;
    const entry = modelEntry(recipe.model, modelsOf(recipe, config.models));
    const knowsWords = config.models.custom[recipe.model]?.text ?? textOf(entry);
    const isRefined = mode !== 'off' && pictures >= from && !knowsWords;
    return isRefined ? Math.min(dims, space.dims) : space.dims;
  }

  return createComparison<ModelSpace>({
    ...deps,
    indexing: config.indexing,
    live: () => live().space,
    queues: () => deps.runners().map(({ space }) => space.id),
    async index() {
      const { index, indexed } = await live().progress({ maxAgeMs: 60_000 });
      const { kind, bytesOnDisk } = index;
      return { kind, bytesOnDisk, vectors: indexed, dims: live().search.space.dims };
    },
    indexDims,
    models,
    named,
    openModel,
  });
}
