import type { SimilarConfig } from '../contracts/config';
import type { CustomModel } from '../contracts/custom-model';
import { publicUrl } from '../models/download';
import { modelEntry } from '../models/registry';
import { describe } from '../models/resolve';
import { spaceFrom, spaceOf } from '../models/space';
import type { PictureSource, Space } from '../ports';

/** How to have a space's model again, also when the configuration names another one by now. */
export interface ModelRecipe {
  model: string;
  path?: string;
  /** It is stored, and shown: without user, password and query. */
  mirror?: string;
  sha256?: string;
  resize?: SimilarConfig['models']['resize'];
  precision?: 'int8';
  /** What the configuration says of a model of one's own; its address is stored as the mirror's is. */
  custom?: CustomModel;
  /** Absent: originals are embedded. */
  source?: PictureSource['kind'];
}

export interface ModelSpace {
  space: Space;
  recipe: ModelRecipe;
  /** Where its vectors are not made of originals. */
  from?: PictureSource;
}

type ModelsConfig = SimilarConfig['models'];
type SpaceConfig = Pick<SimilarConfig, 'model' | 'models' | 'limits'>;

/** The configured space. @throws SimilarError `UNKNOWN_MODEL` */
export function configuredSpace({ model, models, limits }: SpaceConfig): ModelSpace {
  // A recipe knows no other models: what is wrong is said with the names of all.
  modelEntry(model, models);
  const { path, mirror, sha256, resize, precision } = models;
  const source = sourceOf(limits);
  if (Object.hasOwn(models.custom, model)) {
    return name({ model, custom: withoutSecrets(models.custom[model]), ...source }, models);
  }
  const weights = { path, mirror: mirror && publicUrl(mirror), sha256 };
  return name({ model, ...weights, resize, ...(precision === 'int8' && { precision }), ...source }, models);
}

/**
 * The space of whatever model there is, in fp32: what `models` says of one file, and of resizing, is about the configured model and
 * about those that it can be said of.
 * @throws SimilarError `UNKNOWN_MODEL`
 */
export function chosenSpace(name: string, { model, models, limits }: SpaceConfig): ModelSpace {
  const files = name === model ? {} : { path: undefined, mirror: undefined, sha256: undefined };
  const known = { ...models, ...files };
  const resize = modelEntry(name, known).source.kind === 'onnx' ? undefined : models.resize;
  return configuredSpace({ model: name, models: { ...known, resize, precision: 'fp32' }, limits });
}

/** The space of the same model in fp32. */
export function fp32Space(
  { recipe: { precision: _, ...recipe } }: ModelSpace,
  { models }: Pick<SimilarConfig, 'models'>,
) {
  return name(recipe, models);
}

/** The space of the model that comes with the package and needs no download. */
export function bundledSpace({ models, limits }: Omit<SpaceConfig, 'model'>): ModelSpace {
  return name({ model: 'efficientnet-lite0', resize: models.resize, ...sourceOf(limits) }, models);
}

/** Without the file that its pictures are read from: what makes the vectors, here or on other machines, knows nothing of it. */
export const modelsOwnSpace = ({ space, recipe: { source } }: ModelSpace): Space =>
  source ? { ...space, id: space.id.slice(0, -`/${source}`.length) } : space;

const sourceOf = ({ source }: SpaceConfig['limits']): Pick<ModelRecipe, 'source'> =>
  source === 'original' ? {} : { source };

/** The `models` section as the recipe has it; a mirror's secrets, which the recipe leaves out, come from the configuration. */
export function modelsOf(
  { model, path, mirror, sha256, resize, custom }: ModelRecipe,
  models: ModelsConfig,
): ModelsConfig {
  const isSame = models.mirror && publicUrl(models.mirror) === mirror;
  return {
    ...models,
    path,
    mirror: isSame ? models.mirror : mirror,
    sha256,
    resize,
    custom: custom ? { [model]: { ...custom, url: configuredUrl(custom, models.custom[model]) } } : {},
  };
}

/** No vector is made with the text tower: that of the configuration counts. */
const withoutSecrets = ({ text: _, ...custom }: CustomModel): CustomModel => ({
  ...custom,
  url: custom.url && publicUrl(custom.url),
});

function configuredUrl({ url }: CustomModel, now: CustomModel | undefined): string | undefined {
  return now?.url && publicUrl(now.url) === url ? now.url : url;
}

function name(recipe: ModelRecipe, models: ModelsConfig): ModelSpace {
  const options = modelsOf(recipe, models);
  const model = describe(modelEntry(recipe.model, options), options);
  const space = spaceFrom(spaceOf({ ...model, precision: recipe.precision }), recipe.source);
  const { size, shortestEdge = size } = model.preprocessing;
  return { space, recipe, ...(recipe.source && { from: { kind: recipe.source, leastEdge: shortestEdge } }) };
}
