import { z } from 'zod';
import type { CustomModel } from '../contracts/custom-model';
import { SimilarError } from '../errors';

const side = z.union([z.int(), z.object({ height: z.int(), width: z.int() }), z.object({ shortest_edge: z.int() })]);

/** What image processors of the Hugging Face kind write beside a model, as far as it says how pictures are prepared. */
const preprocessorConfig = z.object({
  do_resize: z.boolean().default(true),
  size: side.optional(),
  resample: z.int().optional(),
  do_center_crop: z.boolean().default(false),
  crop_size: side.optional(),
  do_rescale: z.boolean().default(true),
  rescale_factor: z.number().default(1 / 255),
  do_normalize: z.boolean().default(true),
  image_mean: z.tuple([z.number(), z.number(), z.number()]).optional(),
  image_std: z.tuple([z.number(), z.number(), z.number()]).optional(),
});

/** PIL.Image.Resampling. */
const FILTERS = ['nearest', 'lanczos3', 'bilinear', 'bicubic'] as const;

export type ProposedPreprocessing = Partial<CustomModel['preprocessing']>;

/**
 * The keys of `models.custom.*.preprocessing` that a `preprocessor_config.json` speaks of.
 * @throws SimilarError `MODEL_MISMATCH` for one that asks for what cannot be had here.
 */
export function preprocessingFrom(json: unknown): ProposedPreprocessing {
  const parsed = preprocessorConfig.safeParse(json);
  if (!parsed.success) throw unusable(parsed.error.issues[0].path.join('.'), parsed.error.issues[0].message);
  const config = parsed.data;
  return { ...sizes(config), ...filter(config), ...scale(config) };
}

type Config = z.infer<typeof preprocessorConfig>;

function sizes({ do_resize, size, do_center_crop, crop_size }: Config): ProposedPreprocessing {
  const crop = do_center_crop ? edgeOf('crop_size', crop_size) : undefined;
  if (!do_resize && crop === undefined) return {};
  if (!do_resize) throw unusable('do_resize', 'pictures are always resized');
  const isShortest = typeof size === 'object' && 'shortest_edge' in size;
  // A number is the shorter side's, where something is cut out afterwards.
  if (isShortest || (typeof size === 'number' && crop !== undefined)) {
    const shortestEdge = typeof size === 'number' ? size : (size as { shortest_edge: number }).shortest_edge;
    return { size: crop ?? shortestEdge, fit: 'crop', shortestEdge };
  }
  const edge = edgeOf('size', size);
  if (crop !== undefined && crop !== edge) throw unusable('crop_size', 'a part of a squashed picture is not cut out');
  return { ...(edge !== undefined && { size: edge, fit: 'squash' as const }) };
}

function edgeOf(key: string, size: Config['size']): number | undefined {
  if (size === undefined || typeof size === 'number') return size;
  if ('shortest_edge' in size) return size.shortest_edge;
  if (size.height !== size.width) throw unusable(key, 'only squares can be made');
  return size.height;
}

function filter({ resample }: Config): ProposedPreprocessing {
  if (resample === undefined) return {};
  const resize = FILTERS[resample];
  if (!resize) throw unusable('resample', `expected a number from 0 to ${FILTERS.length - 1} but received ${resample}`);
  return { resize };
}

function scale({ do_rescale, rescale_factor, do_normalize, image_mean, image_std }: Config): ProposedPreprocessing {
  if (do_rescale && Math.abs(rescale_factor * 255 - 1) > 1e-4) {
    throw unusable('rescale_factor', `expected 1/255 but received ${rescale_factor}`);
  }
  const white = do_rescale ? 1 : 255;
  if (!do_normalize) return { white, mean: [0, 0, 0], std: [1, 1, 1] };
  return { white, ...(image_mean && { mean: image_mean }), ...(image_std && { std: image_std }) };
}

function unusable(key: string, problem: string): SimilarError {
  return new SimilarError('MODEL_MISMATCH', `\`${key}\` of preprocessor_config.json: ${problem}.`, { key });
}
