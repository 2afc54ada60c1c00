import { createEmbedder } from '../embedder/embedder';
import type { ResolvedModel } from '../models/model';
import type { ModelOptions } from '../models/options';
import { resolveModel } from '../models/resolve';
import { spaceOf } from '../models/space';
import type { Space } from '../ports';
import { createExactIndex } from '../vector-index/exact';
import { createLibrary, type FolderLibrary, type FolderMatch, type FolderProgress } from './library';
import { defaultCacheDir } from './vector-cache';

export type { FolderFailure, FolderLibrary, FolderMatch, FolderProgress } from './library';

/** Needs no download. */
export const DEFAULT_MODEL = 'efficientnet-lite0';

export interface FolderOptions extends Pick<ModelOptions, 'log'> {
  /** Name of a model. Default: the one that comes with the package. */
  model?: string;
  /** Models of one's own, and where models are kept. */
  models?: Pick<ModelOptions, 'custom' | 'cacheDir'>;
  /** Where vectors are kept for the next run, or `false`. Default: the user's cache folder. */
  cacheDir?: string | false;
  onProgress?(progress: FolderProgress): void;
  /** Called while a model is downloaded and converted. */
  onModelProgress?: ModelOptions['onProgress'];
  /** Ends embedding early; what was embedded until then is kept for the next run. */
  signal?: AbortSignal;
}

/**
 * Embeds the pictures of a folder and its subfolders, so that they can be searched without Strapi. Close it after use.
 * @throws SimilarError `FILE_UNREADABLE`, `NO_PICTURES`, `UNKNOWN_MODEL`, `EMBEDDER_UNAVAILABLE`.
 * @example
 * const folder = await openFolder('photos', { onProgress: ({ done, total }) => console.log(`${done} of ${total}`) });
 * const nearest = await folder.fetchMostSimilar('photos/cat.jpg', 7); // [{ path, similarity }], best first
 * await folder.close();
 */
export async function openFolder(dir: string, options: FolderOptions = {}): Promise<FolderLibrary> {
  const { cacheDir = defaultCacheDir(), models, onProgress, onModelProgress, log, signal } = options;
  const resolving = { ...models, onProgress: onModelProgress, log, signal };
  const model = await resolveModel(options.model ?? DEFAULT_MODEL, resolving);
  const embedder = createEmbedder({ model, ...(model.tensors && { space: fileSpace(model) }) });
  const index = createExactIndex();
  try {
    return await createLibrary(dir, { embedder, index, cacheDir, onProgress, signal });
  } catch (error) {
    await Promise.all([embedder.close(), index.close()]);
    throw error;
  }
}

/** Nothing else pins the file of a model of one's own here: vectors of another one must not come out of the cache. */
function fileSpace(model: ResolvedModel): Space {
  const space = spaceOf(model);
  return { ...space, id: `${space.id}#${model.sha256.slice(0, 8)}` };
}

/**
 * The notebook's call: the `n` pictures of `dir` that look most like `image`, a path or the bytes of a picture, with their cosine
 * similarity (−1…1), best first. To ask more than once, keep `openFolder`'s answer.
 * @throws SimilarError as `openFolder` does, and the code of a picture that cannot be embedded.
 * @example
 * for (const { path, similarity } of await fetchMostSimilar('photos', 'photos/cat.jpg', 7)) console.log(similarity.toFixed(3), path);
 */
export async function fetchMostSimilar(dir: string, image: string | Buffer, n = 7): Promise<FolderMatch[]> {
  const library = await openFolder(dir);
  try {
    return await library.fetchMostSimilar(image, n);
  } finally {
    await library.close();
  }
}
