import { z } from 'zod';

/** Where models are published, unless `models.hub` names a mirror with the same paths. */
export const HUB = 'https://huggingface.co';

const triple = z.tuple([z.number(), z.number(), z.number()]);
const positive = z.number().positive();

const HEX64 = /^[0-9a-fA-F]{64}$/;

/** How pictures become the model's input. What `model add` finds in a `preprocessor_config.json` becomes these keys. */
const preprocessing = z
  .strictObject({
    /** Edge of the square input, in pixels. */
    size: z.int().min(16).max(1_024),
    /** Pillow's filter, antialiased: the number `resample` of the field is 0 (nearest), 1 (lanczos3), 2 (bilinear) or 3 (bicubic). */
    resize: z.enum(['bilinear', 'bicubic', 'lanczos3', 'nearest']).default('bicubic'),
    /** `squash`: the aspect ratio is not kept. `crop`: the shorter side is brought to `shortestEdge`, and the middle is cut out. */
    fit: z.enum(['squash', 'crop']).default('squash'),
    /** Default: `size`. Only with `fit: 'crop'`. */
    shortestEdge: z.int().min(16).max(2_048).optional(),
    channels: z.enum(['rgb', 'bgr']).default('rgb'),
    /** The value of white that `mean` and `std` are written for. */
    white: z.union([z.literal(1), z.literal(255)]).default(1),
    mean: triple.default([0.485, 0.456, 0.406]),
    std: z.tuple([positive, positive, positive]).default([0.229, 0.224, 0.225]),
  })
  .refine(({ fit, shortestEdge }) => fit === 'crop' || shortestEdge === undefined, {
    path: ['shortestEdge'],
    error: 'Expected nothing without fit: crop',
  })
  .refine(({ size, shortestEdge = size }) => shortestEdge >= size, {
    path: ['shortestEdge'],
    error: 'Expected a number of at least preprocessing.size',
  })
  .refine(({ white, mean }) => white === 255 || mean.every((value) => Math.abs(value) <= 1), {
    path: ['mean'],
    error: 'Expected numbers from -1 to 1, or white: 255',
  });

/** Where a file is. */
const file = {
  path: z.string().min(1).optional(),
  /** Where it is downloaded from, instead. */
  url: z.url({ protocol: /^https?$/ }).optional(),
  /** SHA-256 of the file. Default: that of the file at its first use. */
  sha256: z.string().regex(HEX64, '64 hexadecimal digits').optional(),
};

const isOneFile = ({ path, url }: { path?: string; url?: string }) => (path === undefined) !== (url === undefined);
const ONE_FILE = { error: 'Expected either path or url' };

/** The other half of a model that was trained on pictures and their descriptions: it gives words a vector among those of pictures. */
const textTower = z
  .strictObject({
    /** The ONNX file that takes tokens. */
    ...file,
    /** The `tokenizer.json` that the model was published with. */
    tokenizer: z.strictObject(file).refine(isOneFile, ONE_FILE),
    /** Tokens of a text at most, special ones included; what is longer is cut. */
    tokens: z.int().min(4).max(8_192).default(77),
    /** Every text is filled up to `tokens` with this one. Default: none is. */
    padding: z.int().min(0).optional(),
    /** The model knows small letters only, and its tokenizer does not see to it. */
    lowercase: z.boolean().default(false),
    /** What the model is given; `{}` stands for the words. */
    prompt: z.string().includes('{}').max(200).default('{}'),
    /** Shown in `model list`. */
    languages: z.string().min(1).default('not stated'),
    output: z
      .strictObject({
        /** [n, dims] as the vectors of pictures. Default: the first one of that shape. */
        name: z.string().min(1).optional(),
      })
      .prefault({}),
  })
  .refine(isOneFile, ONE_FILE);

/** A model of one's own: any ONNX file that takes pictures and gives vectors. */
export const customModel = z
  .strictObject({
    /** The ONNX file. */
    ...file,
    /** Raise it when the file, and so its vectors, become others: vectors of two files must not be compared. */
    version: z.int().min(1).default(1),
    /** Shown in `model list`. */
    licence: z.string().min(1).default('not stated'),
    preprocessing,
    input: z
      .strictObject({
        /** Default: the only input. */
        name: z.string().min(1).optional(),
        /** Default: where the file has the three channels. */
        layout: z.enum(['nchw', 'nhwc']).optional(),
      })
      .prefault({}),
    output: z.strictObject({
      /** Default: the first one. */
      name: z.string().min(1).optional(),
      /**
       * What of it is the vector. `pooled`: all of it, [n, dims]. `cls`: the first token of [n, tokens, dims]. `meanOfPatches`: the mean
       * of the tokens that stand for parts of the picture. `map`: the mean of [n, dims, height, width].
       */
      take: z.enum(['pooled', 'cls', 'meanOfPatches', 'map']).default('pooled'),
      /** Numbers of a vector. */
      dims: z.int().min(2).max(8_192),
    }),
    /** Without it there is no search by words. */
    text: textTower.optional(),
  })
  .refine(isOneFile, ONE_FILE);

export type CustomModel = z.infer<typeof customModel>;
export type TextTowerSource = z.infer<typeof textTower>;

/** Part of file names, of the space and of its index. */
export const customModelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,47}$/, 'a name of up to 48 small letters, digits, dashes and underscores');
