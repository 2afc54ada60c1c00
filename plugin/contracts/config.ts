import { z } from 'zod';
import { customModel, customModelName, HUB } from './custom-model';
import { PRESETS, type PresetName, withPreset } from './presets';
import { isSpan } from './span';

/** The plugin's configuration as an operator writes it under `similar.config` in config/plugins. Every key has a default. */
const contentTypeUid = z.string().regex(/^(api|plugin)::[a-z0-9-]+\.[a-z0-9-]+$/, 'a uid such as api::product.product');

/** What HTTP can carry; anything else would only fail when it is sent. */
const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,200}$/, 'the name of a header, such as Authorization');
/** What a token of an embedder may be, on both sides. */
export const embedderToken = z
  .string()
  .regex(/^[\x21-\x7e]{16,1024}$/, 'a token of 16 to 1024 visible ASCII characters without spaces');
const urlWithoutCredentials = (hint: string) =>
  z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/^\w+:\/\/[^/?#]*@/.test(url), `a URL without user and password (use ${hint} for those)`);
const headerValue = z
  .string()
  .min(1)
  .max(4_096)
  .regex(/^[\t\x20-\x7e]*$/, 'a single line, with only characters that a header can carry');

const WEIGHT = 'Expected a number above 0 and of at most 1';
const weight = z.number(WEIGHT).gt(0, WEIGHT).max(1, WEIGHT);

const span = z.string().refine(isSpan, 'Expected a share such as 20%, or a range such as -5..10');

/** Passwords in it would be logged, as an address is. */
const serverUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => !/^\w+:\/\/[^/?#]*@/.test(url), 'a URL without user and password (use apiKey)');

/**
 * Narrows what a request finds of a content type or of the files (`plugin::upload.file`), beside its permissions.
 * @param ctx koa's context of the request, as policies get it; type it as you need it.
 * @returns filters in Strapi's vocabulary, undefined for no limit, or false for nothing at all (403).
 * @example
 * const filtersFor: FiltersFor = (ctx: { state: { user?: { id: number } } }, uid) =>
 *   uid === 'api::order.order' ? { owner: { id: ctx.state.user?.id ?? 0 } } : undefined;
 */
export type FiltersFor = (ctx: never, uid: string) => Narrowing | Promise<Narrowing>;

type Narrowing = Record<string, unknown> | false | undefined;

/** Every key by itself, with its default. `configSchema` adds what a preset says. */
export const configKeys = z.strictObject({
  /** Values for a kind of machine; keys that are set win over it. `small`: 1 GB of memory and one core. */
  preset: z.enum(Object.keys(PRESETS) as [PresetName]).optional(),
  /** Name of a model that `model list` lists, or of one in `models.custom`. While its weights are unavailable, the bundled one is used. */
  model: z.string().min(1).default('resnet50'),
  models: z
    .strictObject({
      /** Folder for downloaded and converted models. Default: SIMILAR_MODEL_CACHE, else a folder in the user's cache. */
      cacheDir: z.string().min(1).optional(),
      /** Weights file, or the folder that contains it under its published name. Default: SIMILAR_MODEL_PATH. */
      path: z.string().min(1).optional(),
      /** URL of the weights file, or of its folder; used instead of the official one. */
      mirror: z.url({ protocol: /^https?$/ }).optional(),
      /** Base of the addresses of models that others publish: a mirror of huggingface.co. */
      hub: z.url({ protocol: /^https?$/ }).default(HUB),
      /** SHA-256 of the weights file, if it is not the published one. */
      sha256: z
        .string()
        .regex(/^[0-9a-fA-F]{64}$/, '64 hexadecimal digits')
        .optional(),
      /** Never use the network: a model must be in the cache or at `path`. */
      offline: z.boolean().default(false),
      /** How pictures are resized to the model's size. Default: the model's own. Another value means another space. */
      resize: z.enum(['lanczos3', 'nearest']).optional(),
      /**
       * `int8`: a model with 8-bit integers is made on this machine, and used on the CPU if it is faster and keeps the
       * neighbours; otherwise fp32 is used, and the log says why. It is another space.
       */
      precision: z.enum(['fp32', 'int8']).default('fp32'),
      /** Longest silence of the server before a new attempt, in milliseconds. */
      timeoutMs: z.int().min(100).default(30_000),
      /** Consecutive attempts without new bytes before the download is abandoned. */
      retries: z.int().min(0).max(100).default(5),
      /** Largest weights file that is downloaded, in bytes. */
      maxBytes: z
        .int()
        .min(1)
        .default(1024 * 1024 * 1024),
      /** Models of one's own: name → any ONNX file that takes pictures and gives vectors. `model` names the one to use. */
      custom: z.record(customModelName, customModel).default({}),
    })
    .prefault({}),
  /**
   * Content types whose entries can be queried and found. `'*'`: every type with images. An object: uid → the media
   * attributes that count (dot paths through components), or `'*'` for all of them; as an object, attribute → how much
   * its pictures count.
   */
  contentTypes: z
    .union([
      z.literal('*'),
      z.record(
        contentTypeUid,
        z.union([
          z.literal('*'),
          z.array(z.string().min(1)).min(1),
          z
            .record(z.string().min(1), weight)
            .refine((weights) => Object.keys(weights).length > 0, 'Expected one or more media attributes'),
        ]),
      ),
    ])
    .default('*'),
  /** Folder for the index files. Default: `.similar` in Strapi's public folder, which Strapi never serves. */
  stateDir: z.string().min(1).optional(),
  /** Off: this node embeds nothing and only answers requests. */
  indexing: z.boolean().default(true),
  uploads: z
    .strictObject({
      /** Base of URLs without a host, for upload providers that store such URLs. Default: the provider's own `baseUrl`. */
      baseUrl: z.url({ protocol: /^https?$/ }).optional(),
      /** Whoever uploads a picture in the admin that is in the library already is told so. */
      notices: z.boolean().default(true),
    })
    .prefault({}),
  engine: z
    .strictObject({
      /** What runs the model. `auto`: the first that works of onnxruntime and tensorflow on a GPU, then on the CPU, then wasm. */
      name: z.enum(['auto', 'onnxruntime', 'tensorflow', 'wasm']).default('auto'),
      /** Threads of one inference. Default: all cores. */
      threads: z.int().min(1).max(256).optional(),
      batchSize: z.int().min(1).max(256).default(8),
      /** Pictures that are decoded at the same time. Default: as many as there are cores, from 2 to 8. */
      decoders: z.int().min(1).max(64).optional(),
    })
    .prefault({}),
  /** Machines that embed for this node, each with `strapi-plugin-similar embedder`. None: this node embeds itself. */
  embedders: z
    .array(z.strictObject({ url: urlWithoutCredentials('token'), token: embedderToken.optional() }))
    .max(32)
    .default([]),
  /** With `embedders`: whether this node embeds while none of them answers, and explains; `never`: it needs no model. */
  localEmbedder: z.enum(['fallback', 'never']).default('fallback'),
  limits: z
    .strictObject({
      /** Largest file that is read, in bytes. */
      maxBytes: z
        .int()
        .min(1)
        .default(200 * 1024 * 1024),
      /** Largest picture that is decoded, in pixels (width × height). */
      maxPixels: z.int().min(1).default(100_000_000),
      /** Longest time for decoding one picture, in milliseconds. */
      timeoutMs: z.int().min(100).default(10_000),
      /** Memory that pictures may take in the embedder process on top of the model, in MiB; a picture that needs more is given up. */
      memoryMb: z.int().min(128).default(512),
      /**
       * Which file of a picture is read: the `original`; a `derivative`, the smallest of Strapi's responsive formats that has what the model
       * needs; or, `auto`, that of large originals that are not on this disk.
       */
      source: z.enum(['original', 'derivative', 'auto']).default('original'),
    })
    .prefault({}),
  index: z
    .strictObject({
      /**
       * `pgvector`: the index is in Strapi's own PostgreSQL; `weaviate`: it is in a Weaviate server or cluster. All nodes share it then, and
       * the keys below that speak of files are not its.
       */
      provider: z.enum(['usearch', 'pgvector', 'weaviate']).default('usearch'),
      scalar: z.enum(['bf16', 'f16', 'f32', 'i8']).default('i8'),
      connectivity: z.int().min(4).max(64).default(16),
      expansionAdd: z.int().min(16).max(1024).default(128),
      expansionSearch: z.int().min(16).max(4096).default(64),
      /** Candidates fetched per wanted neighbour before the exact re-rank. */
      overfetch: z.number().min(1).max(100).default(5),
      /** Quiet time after a change before the index is saved, in milliseconds. */
      saveAfterMs: z.int().min(0).default(5_000),
      /**
       * With `pgvector` and `weaviate`: while the index cannot be used, searches compare the stored vectors if they are at most so many,
       * or those that the filters allow. 0: never.
       */
      fallbackVectors: z.int().min(0).max(100_000).default(10_000),
      /** With `pgvector` and `weaviate`: how long a search waits for the server, in milliseconds; a write waits twelve times as long. */
      timeoutMs: z.int().min(100).max(300_000).default(10_000),
      weaviate: z
        .strictObject({
          /** Of the server, or of what stands before the nodes of a cluster. */
          url: serverUrl.optional(),
          /** Where its gRPC is. Default: port 50051 of the same host. */
          grpcUrl: serverUrl.optional(),
          apiKey: z.string().min(1).optional(),
          replication: z
            .strictObject({
              /** Nodes that hold each vector; for collections that are made later. */
              factor: z.int().min(1).max(100).default(1),
            })
            .prefault({}),
          /** How many of these nodes have to answer a read, and to confirm a write. */
          consistency: z.enum(['ONE', 'QUORUM', 'ALL']).default('QUORUM'),
          /** Names of the collections begin with it: one per Strapi project that uses the server. */
          prefix: z
            .string()
            .regex(/^[A-Z][A-Za-z0-9_]{0,63}$/, 'a capital letter, followed by letters, digits and underscores')
            .default('Similar'),
        })
        .prefault({}),
    })
    .prefault({}),
  /** A space of its own, learnt from the library: fewer numbers per picture, each picture drawn towards its nearest few. */
  refine: z
    .strictObject({
      /** `off`: pictures are ranked by the model's own vectors. */
      mode: z.enum(['auto', 'off']).default('auto'),
      /** Number of pictures needed to learn from. */
      from: z.int().min(8).default(1_000),
      /** Numbers per picture. */
      dims: z.int().min(2).max(2048).default(256),
      /** Nearest pictures that each one is averaged with; 0: none. */
      neighbours: z.int().min(0).max(16).default(3),
    })
    .prefault({}),
  sweep: z
    .strictObject({
      /** Least pause, in ms, between checks for pictures that the hooks missed; at least 20 times what the last one took. 0: only at start-up. */
      intervalMs: z
        .int()
        .min(0)
        .default(5 * 60_000),
    })
    .prefault({}),
  api: z
    .strictObject({
      defaultLimit: z.int().min(1).max(1000).default(7),
      maxLimit: z.int().min(1).max(1000).default(100),
      /** Allow `status=draft` for callers who may read the type. */
      drafts: z.boolean().default(false),
      /** `Cache-Control` of responses to GET. By default caches may store them but must revalidate, which costs no body. */
      cacheControl: headerValue.default('private, no-cache'),
      /** Largest number of ids per batch. */
      maxBatch: z.int().min(1).max(1000).default(100),
      /** What the policies of a project let a request read of a content type, as filters. Only in code, not in the admin. */
      filtersFor: z
        .custom<FiltersFor>((value) => typeof value === 'function', 'Expected a function (ctx, uid) => filters')
        .optional(),
    })
    .prefault({}),
  search: z
    .strictObject({
      /** Largest picture that may be sent for a search, in bytes. */
      maxBytes: z
        .int()
        .min(1)
        .default(10 * 1024 * 1024),
      /** Largest picture that is decoded for a search, in pixels; `limits.maxPixels` holds, too. */
      maxPixels: z.int().min(1).default(40_000_000),
      /** Searches by picture and explanations that run at the same time on this node; further ones get a 429. */
      concurrency: z.int().min(1).max(64).default(4),
    })
    .prefault({}),
  ranking: z
    .strictObject({
      /** Similarity of entries with several pictures: that of the best pair, or the mean of each query picture's best match. */
      match: z.enum(['best', 'mean']).default('best'),
      /** uid → a number of its entries that lifts them: rank + weight × value / (value + halfAt). */
      boost: z
        .record(
          contentTypeUid,
          z.strictObject({
            field: z.string().min(1),
            weight: z.number().gt(0).max(1),
            halfAt: z.number().gt(0).default(1),
          }),
        )
        .default({}),
    })
    .prefault({}),
  /** `similar.changed`: sent when top results of entries change. Without a URL, it only goes to Strapi webhooks that subscribe to it. */
  webhook: z
    .strictObject({
      url: urlWithoutCredentials('headers').optional(),
      /** Sent along, e.g. `Authorization`. */
      headers: z.record(headerName, headerValue).default({}),
      /** Key of the HMAC-SHA256 over the body, in the header X-Similar-Signature. */
      secret: z.string().min(1).optional(),
      /** Quiet time after a change before the webhook is called, in milliseconds. */
      debounceMs: z.int().min(0).max(3_600_000).default(10_000),
      /** How many of the first results count. Default: `api.defaultLimit`. */
      top: z.int().min(1).max(100).optional(),
      /** Also send changes for pictures of the media library, not only for entries. */
      files: z.boolean().default(false),
    })
    .prefault({}),
  /** Cosines from which two pictures count as what the name says. Defaults measured with the bundled model: docs/thresholds.md. */
  thresholds: z
    .strictObject({
      identical: z.number().min(0).max(1).default(0.97),
      nearDuplicate: z.number().min(0).max(1).default(0.9),
      similar: z.number().min(0).max(1).default(0.65),
    })
    .refine(({ identical, nearDuplicate }) => nearDuplicate <= identical, {
      path: ['nearDuplicate'],
      error: 'Expected a number of at most thresholds.identical',
    })
    .refine(({ nearDuplicate, similar }) => similar <= nearDuplicate, {
      path: ['similar'],
      error: 'Expected a number of at most thresholds.nearDuplicate',
    })
    .prefault({}),
  /** uid → which of its entries belong in a response beside which; requests may say otherwise. */
  results: z
    .record(
      contentTypeUid,
      z.strictObject({
        /** Attributes and relations that have to have the same value as in the queried entry. */
        same: z.array(z.string().min(1)).default([]),
        /** Numbers that have to be near that of the queried entry: `20%` of it, or between 5 less and 10 more (`-5..10`). */
        within: z.record(z.string().min(1), span).default({}),
        /** Entries that these filters match are left out, e.g. what is out of stock. In Strapi's vocabulary. */
        exclude: z.record(z.string(), z.unknown()).optional(),
        /** Attribute or relation of which each value is shown once, e.g. the product family. */
        groupBy: z.string().min(1).optional(),
        /** With `groupBy`: also show one of the queried entry's own group. */
        ownGroup: z.boolean().default(false),
        /** Of entries whose matched pictures are the same (`thresholds.identical`), only show the first. */
        collapse: z.boolean().default(false),
      }),
    )
    .default({}),
  /** uid → what fills a response that has too few look-alikes. Absent: nothing. */
  fallback: z
    .record(
      contentTypeUid,
      z.strictObject({
        /** Attribute that has to have the same value as in the queried entry, e.g. `category`. */
        same: z.string().min(1).optional(),
        sort: z
          .string()
          .regex(/^\w+:(asc|desc)$/, 'an attribute with asc or desc, such as createdAt:desc')
          .default('createdAt:desc'),
      }),
    )
    .default({}),
  /**
   * uid → relation to which the side panel adds what editors choose; `false`: none. Default: the first public relation that
   * takes any number of entries of the type itself.
   */
  relate: z.record(contentTypeUid, z.union([z.string().min(1), z.literal(false)])).default({}),
});

/**
 * The whole configuration: checks what an operator wrote, and fills in the defaults.
 * @example
 * const config = configSchema.parse({ model: 'efficientnet-lite0', api: { defaultLimit: 12 } });
 * config.api.maxLimit; // 100
 */
export const configSchema = z.preprocess(withPreset, configKeys.superRefine(checkModel));

/** Keys that say something of the weights that this package knows. */
const OF_KNOWN_MODELS = ['path', 'mirror', 'sha256', 'resize'] as const;

function checkModel({ model, models, embedders }: z.output<typeof configKeys>, ctx: z.RefinementCtx): void {
  const wrong = (path: string[], message: string) => ctx.addIssue({ code: 'custom', path, message });
  if (!Object.hasOwn(models.custom, model)) return;
  for (const key of OF_KNOWN_MODELS) {
    if (models[key] !== undefined) wrong(['models', key], `Expected nothing beside a model in models.custom`);
  }
  if (models.precision !== 'fp32') wrong(['models', 'precision'], 'Expected fp32 for a model in models.custom');
  if (embedders.length > 0 && !models.custom[model].sha256) {
    wrong(
      ['models', 'custom', model, 'sha256'],
      'Expected the SHA-256 of the file, which every one of the embedders has to have',
    );
  }
}

export type SimilarConfigInput = z.input<typeof configKeys>;
export type SimilarConfig = z.output<typeof configKeys>;
