import type { TextTowerSource } from '../contracts/custom-model';
import { modelEntry } from '../models/registry';
import { resolveTextTower, textOf } from '../models/text-tower';
import { createTextEmbedder, type LazyTextEmbedder } from '../text/text-embedder';
import type { OpenEmbedderDeps } from './lazy-embedder';
import { type ModelSpace, modelsOf } from './model-space';

export interface SpaceText extends LazyTextEmbedder {
  /** Has the files, downloaded if they have to be, before anybody searches. Never rejects. */
  prepare(): Promise<void>;
}

/** What makes vectors of words in a model's space. @returns undefined for a model that knows only pictures. */
export function createSpaceText(
  { recipe }: ModelSpace,
  { config, logger }: Pick<OpenEmbedderDeps, 'config' | 'logger'>,
): SpaceText | undefined {
  const { models } = config;
  const named = modelsOf(recipe, models);
  // No vector was made with it: what the configuration says now counts, also for a space of earlier.
  const own = models.custom[recipe.model];
  const custom = own?.text && recipe.custom && { [recipe.model]: { ...recipe.custom, text: own.text } };
  const entry = modelEntry(recipe.model, { ...named, ...(custom && { custom }) });
  const source = textOf(entry);
  if (!source) return undefined;
  const ending = new AbortController();
  const options = { ...named, log: logger, onRetry: (why: string) => logger.debug(why), signal: ending.signal };

  async function find(text: TextTowerSource) {
    const found = await resolveTextTower(entry, text, options);
    if (!text.sha256) {
      logger.info(
        `The text tower of ${entry.name} is the file with SHA-256 ${found.sha256}; write it into the configuration to be sure of it on other machines.`,
      );
    }
    return found;
  }

  const embedder = createTextEmbedder({
    model: entry.name,
    tower: () => find(source),
    threads: config.engine.threads,
    logger,
  });
  return {
    ...embedder,
    get isLoaded() {
      return embedder.isLoaded;
    },
    prepare: () =>
      embedder.prepare().catch((error) => {
        if (!ending.signal.aborted) logger.warn(`Words cannot be searched for yet: ${error.message}`);
      }),
    async close() {
      ending.abort();
      await embedder.close();
    },
  };
}
