import type { SimilarConfig } from '../contracts/config';
import { capacityOf, createEmbedder } from '../embedder/embedder';
import { createRemoteEmbedder } from '../embedder/remote/remote-embedder';
import { SimilarError } from '../errors';
import { CALIBRATION_PICTURES, int8Model } from '../int8/int8-model';
import { startQuantiser } from '../int8/process-client';
import { INT8_ENGINE } from '../int8/quantiser';
import type { ResolvedModel } from '../models/model';
import { modelEntry } from '../models/registry';
import { resolveModel } from '../models/resolve';
import type { Embedder, FileId, Logger, MediaSource, Records } from '../ports';
import { type ModelSpace, modelsOf, modelsOwnSpace } from './model-space';
import { isUnpinned, pinned } from './pinned-file';

export interface OpenEmbedderDeps {
  config: SimilarConfig;
  media: MediaSource;
  records: Records;
  logger: Logger;
}

/** A space's embedder, which is there once its model is. */
export interface LazyEmbedder {
  /**
   * Downloads or makes the model and starts the process, once. After a failure the next call tries again.
   * @param onDelay called when the model takes long: an attempt to download it has failed and others follow, or time has passed.
   */
  open(onDelay?: () => void): Promise<Embedder>;
  status(): ReturnType<Embedder['status']> | undefined;
  /** Ends what `open` waits for. */
  abort(): void;
  close(): Promise<void>;
}

/** A model that is not here by then takes long. */
const PATIENCE_MS = 20_000;

export function createLazyEmbedder(named: ModelSpace, deps: OpenEmbedderDeps, patienceMs = PATIENCE_MS): LazyEmbedder {
  const { config, media, records, logger } = deps;
  const { recipe } = named;
  const { limits, models } = config;
  const space = modelsOwnSpace(named);
  const { name: engine, ...sizes } = config.engine;
  const ending = new AbortController();
  const { signal } = ending;
  const harmful = new Set<FileId>();
  let embedder: Embedder | undefined;
  let opening: Promise<Embedder> | undefined;

  async function toInt8(model: ResolvedModel): Promise<ResolvedModel> {
    if (model.tensors) throw new SimilarError('NOT_QUANTISABLE', 'Only the package’s own models are made int8');
    const { threads } = sizes;
    const open = () => startQuantiser({ model, engine, threads, limits, calibration: CALIBRATION_PICTURES, signal });
    const { cacheDir } = models;
    return int8Model(model, { space: space.id, media, records, cacheDir, logger, signal, harmful, open });
  }

  async function start(onDelay?: () => void): Promise<Embedder> {
    const onRetry = (why: string) => {
      logger.debug(why);
      onDelay?.();
    };
    const options = { ...modelsOf(recipe, models), log: logger, onRetry, signal };
    const late = setTimeout(() => onDelay?.(), patienceMs).unref();
    const resolve = (pinned?: string) => resolveModel(recipe.model, { ...options, pinned });
    let model = await (isUnpinned(modelEntry(recipe.model, options))
      ? pinned({ space, records, logger, resolve })
      : resolve()
    ).finally(() => clearTimeout(late));
    if (recipe.precision === 'int8') model = await toInt8(model);
    if (signal.aborted) throw new SimilarError('EMBEDDER_UNAVAILABLE', 'The embedder is being shut down');
    const runs = recipe.precision === 'int8' ? INT8_ENGINE : engine;
    return createEmbedder({ model, space, ...sizes, engine: runs, limits, logger });
  }

  /** Needs no model, unless this node has to help out. */
  function openRemote(): Embedder {
    const { embedders: machines, localEmbedder: local } = config;
    const { maxBytes } = limits;
    const localCapacity = capacityOf(sizes.batchSize);
    return createRemoteEmbedder({ space, machines, maxBytes, local, openLocal: start, localCapacity, logger });
  }

  /** An int8 model is made for the CPU of this node, from pictures of this library: no other machine has it. */
  const isRemote = config.embedders.length > 0 && recipe.precision !== 'int8';
  const create = async (onDelay?: () => void) => (isRemote ? openRemote() : start(onDelay));

  return {
    open(onDelay) {
      opening ??= create(onDelay).then(
        (created) => {
          embedder = created;
          return created;
        },
        (error) => {
          opening = undefined;
          throw error;
        },
      );
      return opening;
    },
    status: () => embedder?.status(),
    abort: () => ending.abort(),
    async close() {
      ending.abort();
      await opening?.catch(() => {});
      await embedder?.close();
    },
  };
}
