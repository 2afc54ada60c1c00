import { z } from '@strapi/utils';

/**
 * What Strapi's OpenAPI document says of the content API; the controllers validate (validation/similar-query.ts), with messages that name
 * the parameter. test/integration/openapi.test.ts compares the two.
 */
const shareOf = (what: string) => z.number().min(0).max(1).optional().describe(what);
const idsOf = (what: string, max: number) =>
  z.string().optional().describe(`Comma-separated ids of files or entries, up to ${max}: ${what}`);
const anyObject = (what: string) => z.record(z.string(), z.unknown()).describe(what);

export const id = z
  .string()
  .describe('Numeric id or documentId of a file of the media library, or documentId of an entry');

const locale = z.string().optional().describe('Locale of the queried entry and of the results');
const status = z
  .enum(['published', 'draft'])
  .optional()
  .describe('`draft` is only allowed if the configuration sets `api.drafts` (otherwise 403). Default: published');

export const query = {
  locale,
  status,
  fields: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('As elsewhere in Strapi, applied to the results; attributes that the caller may not see are rejected'),
  populate: z.unknown().optional().describe('As elsewhere in Strapi, applied to the results'),
  filters: z.record(z.string(), z.unknown()).optional().describe('As elsewhere in Strapi, applied to the results'),
  pagination: z
    .object({
      page: z.number().int().min(1).optional().describe('Starts at 1; used with `pageSize`'),
      pageSize: z
        .number()
        .int()
        .min(1)
        .optional()
        .describe('Default: `api.defaultLimit` of the configuration; larger than its `api.maxLimit`: that'),
      start: z.number().int().min(0).optional().describe('Number of results to skip; used with `limit`'),
      limit: z.number().int().min(-1).optional().describe('As `pageSize`; -1: `api.maxLimit` of the configuration'),
      withCount: z.boolean().optional().describe('Accepted, and without effect: results are not counted'),
    })
    .optional()
    .describe('Of the first 1,000 results'),
  type: z
    .string()
    .optional()
    .describe('What to search for: `file`, or the uid of a content type. Default: the type of the queried item'),
  minScore: shareOf('Minimum `score` of look-alikes; it limits neither pinned items nor the fallback'),
  likeness: z
    .enum(['similar', 'near-duplicate', 'identical'])
    .optional()
    .describe('Minimum similarity of look-alikes, as the configuration defines it in `thresholds`'),
  like: idsOf('more like these', 50),
  unlike: idsOf('less like these', 50),
  exclude: idsOf('leave these out; a file also the entries that hold it, an entry also its pictures', 500),
  q: z
    .string()
    .optional()
    .describe(
      'Words that the results should also show, up to 300 characters, if the model knows words (otherwise 400)',
    ),
  wordWeight: shareOf('How much `q` counts beside the pictures. Default: 0.5'),
  diversify: shareOf('How much the results should differ from each other'),
  match: z
    .enum(['best', 'mean'])
    .optional()
    .describe(
      'Similarity of entries with several pictures: that of the best pair, or the mean of each query picture’s best match',
    ),
  color: z
    .string()
    .optional()
    .describe('Hex colour such as a33 or %23aa3333: only pictures that show it, and entries that have such a picture'),
  colorWeight: shareOf('With `color`: what has it ranks higher by so much, and other colours are not left out'),
  colors: z
    .boolean()
    .optional()
    .describe(
      'Adds `meta.colors`: how many of the first 200 results have each named colour in the picture that matched',
    ),
  same: z
    .string()
    .optional()
    .describe(
      'Comma-separated attributes and relations that have the same value as in the queried entry, up to 10; empty: none, whatever is configured',
    ),
  within: z
    .record(z.string(), z.string())
    .optional()
    .describe(
      'By attribute, how near it is to that of the queried entry: `20%` of it, or `-5..10` for 5 less to 10 more',
    ),
  groupBy: z
    .string()
    .optional()
    .describe('Attribute or relation of which each value is listed once; empty: none, whatever is configured'),
  ownGroup: z.boolean().optional().describe('With `groupBy`: also list one of the queried entry’s own group'),
  collapse: z.boolean().optional().describe('Of entries whose matched pictures are the same, list the first only'),
};

export const q = z.string().describe('What the pictures should show, up to 300 characters');

export const explainQuery = {
  locale,
  status,
  format: z.enum(['json', 'png']).optional().describe('`png`: both pictures side by side, bright where they match'),
};

export const crop = z
  .string()
  .optional()
  .describe('Part of the picture: left,top,width,height as fractions of its width and height, such as 0.25,0,0.5,1');

export const sentPicture = z
  .object({
    picture: z
      .string()
      .meta({ format: 'binary' })
      .describe('One picture, at most `search.maxBytes` of the configuration. It is not stored'),
  })
  .describe(
    'Pictures that are too large (413), in an unsupported format (415) or damaged (400) are rejected, and so are more searches at once than `search.concurrency` allows (429, with Retry-After)',
  );

export const batchBody = z.object({
  ids: z
    .array(z.union([z.string(), z.number().int()]))
    .min(1)
    .describe('Ids as in `GET /similar/:id`, at most `api.maxBatch` of the configuration'),
});

const picture = z.object({ id: z.number().int(), documentId: z.string(), url: z.string() });

const answer = {
  data: z.array(
    z.object({
      type: z.string().describe('`file`, or the uid of the entry’s content type'),
      source: z
        .enum(['visual', 'pinned', 'fallback'])
        .describe('Found by similarity, pinned by an editor, or filled in because too few items were similar'),
      similarity: z
        .number()
        .nullable()
        .describe('Cosine of the best matching pair of pictures; null if none were compared'),
      score: z.number().nullable().describe('Share of random pairs of this library that are less similar'),
      group: z
        .object({ others: z.number().int() })
        .optional()
        .describe('With `groupBy`: how many other entries of its group the filters let through'),
      match: z
        .object({
          query: picture.nullable(),
          result: picture,
          verdict: z
            .enum(['identical', 'same-photo', 'similar'])
            .describe('The same bytes; a copy, saved again, resized, mirrored, turned or cut; or neither'),
        })
        .optional()
        .describe('Which pictures matched; `query` is null for an uploaded picture'),
      file: anyObject('The file, if `type` is `file`, as Strapi’s content API returns it').optional(),
      entry: anyObject('Otherwise the entry, as Strapi’s content API returns it').optional(),
    }),
  ),
  meta: z.object({
    pagination: anyObject('In the form of the request, with `hasMore`'),
    model: z.string(),
    space: z.string().describe('Vectors of one space are comparable'),
    status: z
      .enum(['ready', 'partial', 'pending', 'failed', 'empty'])
      .describe(
        'Whether all, some or none of the queried item’s pictures are embedded yet, have failed, or it has none',
      ),
    reason: z.string().optional().describe('Why a picture of the queried item could not be embedded'),
    missingExamples: z.array(z.string()).optional().describe('Ids of `like` and `unlike` that no longer exist'),
    colors: z
      .array(z.object({ name: z.string(), hex: z.string(), count: z.number().int() }))
      .optional()
      .describe('With `colors`: named colours, with a value for `color`, and how many results have them'),
  }),
};

const problem = {
  error: z.object({
    status: z.number().int(),
    code: z.string().describe('One of docs/errors.md'),
    message: z.string(),
  }),
};

export const found = z.object(answer);

export const batch = z.object({
  data: z
    .array(z.union([z.object({ id: z.string(), ...answer }), z.object({ id: z.string(), ...problem })]))
    .describe('One result per id, in the order of the ids'),
});

const cells = z.array(z.number()).length(49).describe('7 × 7, row by row; adds up to `similarity`');

export const explanation = z.object({
  data: z
    .object({
      similarity: z.number(),
      pictures: z.object({ query: z.number().int(), result: z.number().int() }).describe('File ids of the best pair'),
      regions: z.object({ query: cells, result: cells }),
      channels: z
        .object({ red: z.number(), green: z.number(), blue: z.number() })
        .describe('How much of what the model sees depends on each colour; they add up to 1'),
    })
    .describe('Why the two are similar. With `format=png` the response is image/png'),
});

const pictureCount = z.number().int();

export const health = z.object({
  data: z
    .object({
      ready: z.boolean().describe('Whether searches are answered by this node now'),
      status: z.enum(['ok', 'degraded', 'unavailable']),
      problems: z
        .array(z.object({ code: z.string(), cause: z.string(), remedy: z.string() }))
        .describe('Codes of docs/errors.md'),
      coverage: z.number().describe('Share of the pictures of the library that have been processed, from 0 to 1'),
      pictures: z.object({
        total: pictureCount,
        ready: pictureCount,
        pending: pictureCount,
        failed: pictureCount,
        unsupported: pictureCount,
        missing: pictureCount.describe('Of the failed ones, those whose bytes are on no node'),
      }),
      model: z.string(),
      space: z.string(),
      engine: z.string(),
      device: z.string(),
      index: z.object({ kind: z.string(), mode: z.string(), state: z.string(), vectors: pictureCount }),
      next: z.object({ space: z.string(), coverage: z.number() }).optional(),
    })
    .describe('How this node is; 503 with the same body while it answers no searches'),
  meta: z.object({ requestId: z.string() }).optional().describe('With 503 only'),
});

export const metrics = z
  .string()
  .describe(
    'As text/plain, in the format of Prometheus; docs/operations.md lists the metrics. 501 without prom-client',
  );
