import { createEmbedder, type EmbedderOptions } from '../../plugin/embedder/client';
import type { Preprocessing } from '../../plugin/models/model';
import { resolveModel } from '../../plugin/models/resolve';

/** Unit vectors of the pictures, in their order, through the project's own embedder. @throws when one cannot be embedded. */
export async function embedAll(
  paths: readonly string[],
  { model = 'efficientnet-lite0', resize, ...options }: EmbedAllOptions = {},
): Promise<Float32Array[]> {
  const embedder = createEmbedder({ model: await resolveModel(model, { resize }), ...options });
  try {
    const vectors: Float32Array[] = [];
    let next = 0;
    const work = async () => {
      while (next < paths.length) {
        const at = next++;
        const result = await embedder.embed(paths[at]);
        if (!result.ok) throw new Error(`${paths[at]}: ${result.reason}`);
        vectors[at] = result.vector;
      }
    };
    await Promise.all(Array.from({ length: embedder.capacity }, work));
    return vectors;
  } finally {
    await embedder.close();
  }
}

export interface EmbedAllOptions extends Partial<Omit<EmbedderOptions, 'model'>> {
  model?: string;
  resize?: Preprocessing['resize'];
}
