/** What a preset sets, in the shape of the configuration. Keys that the operator sets win. */
export const PRESETS = {
  /** For 1 GB of memory and one core: everything one at a time, and no process beside Strapi, embedder and index. */
  small: {
    model: 'efficientnet-lite0',
    engine: { threads: 1, batchSize: 1, decoders: 1 },
    limits: { source: 'derivative', maxBytes: 50 * 1024 * 1024, maxPixels: 40_000_000, memoryMb: 192 },
    search: { maxPixels: 20_000_000, concurrency: 1 },
    refine: { mode: 'off' },
  },
} as const;

export type PresetName = keyof typeof PRESETS;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function below(preset: Record<string, unknown>, input: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...input };
  for (const [key, value] of Object.entries(preset)) {
    const own = input[key];
    if (own === undefined) merged[key] = value;
    else if (isObject(value) && isObject(own)) merged[key] = below(value, own);
  }
  return merged;
}

/** What a configuration says with the values of its preset. What is wrong in it stays, for the schema to say. */
export function withPreset(input: unknown): unknown {
  if (!isObject(input) || typeof input.preset !== 'string' || !Object.hasOwn(PRESETS, input.preset)) return input;
  return below(PRESETS[input.preset as PresetName], input);
}

/** Dot paths of what a preset sets. */
export function keysOfPreset(name: PresetName): string[] {
  const walk = (part: Record<string, unknown>, prefix: string): string[] =>
    Object.entries(part).flatMap(([key, value]) =>
      isObject(value) ? walk(value, `${prefix}${key}.`) : [`${prefix}${key}`],
    );
  return walk(PRESETS[name], '');
}
