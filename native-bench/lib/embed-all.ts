import { createEmbedder, type EmbedderOptions } from '../../plugin/embedder/embedder';
import type { Preprocessing } from '../../plugin/models/model';
import { resolveModel } from '../../plugin/models/resolve';
import type { Embedder, EmbedResult } from '../../plugin/ports';

/** Unit vectors of the pictures, in their order, through the project's own embedder. @throws when one cannot be embedded. */
export async function embedAll(
  paths: readonly string[],
  { model = 'efficientnet-lite0', resize, ...options }: EmbedAllOptions = {},
): Promise<Float32Array[]> {
  const embedder = createEmbedder({ model: await resolveModel(model, { resize }), ...options });
  try {
    return await embedWith(embedder, paths);
  } finally {
    await embedder.close();
  }
}

/** The same with an embedder that is there. */
export async function embedWith(embedder: Embedder, paths: readonly string[]): Promise<Float32Array[]> {
  return (await embedResults(embedder, paths)).map(({ vector }) => vector);
}

/** Pictures per second, from files to vectors. */
export async function embedRate(embedder: Embedder, paths: readonly string[]): Promise<number> {
  const start = performance.now();
  await embedWith(embedder, paths);
  return paths.length / ((performance.now() - start) / 1000);
}

/** With what comes beside the vectors. */
export async function embedResults(embedder: Embedder, paths: readonly string[]): Promise<Embedded[]> {
  const results: Embedded[] = [];
  let next = 0;
  const work = async () => {
    while (next < paths.length) {
      const at = next++;
      const result = await embedder.embed(paths[at]);
      if (!result.ok) throw new Error(`${paths[at]}: ${result.reason}`);
      results[at] = result;
    }
  };
  await Promise.all(Array.from({ length: embedder.capacity }, work));
  return results;
}

export type Embedded = Extract<EmbedResult, { ok: true }>;

export interface EmbedAllOptions extends Partial<Omit<EmbedderOptions, 'model'>> {
  model?: string;
  resize?: Preprocessing['resize'];
}
