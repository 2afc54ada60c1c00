import { z } from '@strapi/utils';

/**
 * What Strapi's OpenAPI document says of the content API; the controllers validate (validation/similar-query.ts), with messages that name
 * the parameter. test/integration/openapi.test.ts compares the two.
 */
const shareOf = (what: string) => z.number().min(0).max(1).optional().describe(what);
const idsOf = (what: string, max: number) =>
  z.string().optional().describe(`Ids of files or entries with commas between them, up to ${max}: ${what}`);
const anyObject = (what: string) => z.record(z.string(), z.unknown()).describe(what);

export const id = z
  .string()
  .describe('Numeric id or documentId of a file of the media library, or documentId of an entry');

const locale = z.string().optional().describe('Locale of the entries that are asked about and found');
const status = z
  .enum(['published', 'draft'])
  .optional()
  .describe('`draft` only where the configuration sets `api.drafts` (else 403). Default: published');

export const query = {
  locale,
  status,
  fields: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('As everywhere in Strapi, of what is found; attributes that the caller may not see are refused'),
  populate: z.unknown().optional().describe('As everywhere in Strapi, of what is found'),
  filters: z.record(z.string(), z.unknown()).optional().describe('As everywhere in Strapi, about what is found'),
  pagination: z
    .object({
      page: z.number().int().min(1).optional().describe('From 1; goes with `pageSize`'),
      pageSize: z
        .number()
        .int()
        .min(1)
        .optional()
        .describe('Default: `api.defaultLimit` of the configuration; larger than its `api.maxLimit`: that'),
      start: z.number().int().min(0).optional().describe('Results before the first one; goes with `limit`'),
      limit: z.number().int().min(-1).optional().describe('As `pageSize`; -1: `api.maxLimit` of the configuration'),
      withCount: z.boolean().optional().describe('Accepted, and without effect: results are not counted'),
    })
    .optional()
    .describe('Of the first 1,000 results'),
  type: z
    .string()
    .optional()
    .describe('What is looked for: `file`, or the uid of a content type. Default: what is asked about'),
  minScore: shareOf('Only look-alikes of at least this `score`; what is pinned, or fills a page, has no such limit'),
  likeness: z
    .enum(['similar', 'near-duplicate', 'identical'])
    .optional()
    .describe('Only look-alikes above this threshold of the configuration (`thresholds`)'),
  like: idsOf('more like these', 50),
  unlike: idsOf('less like these', 50),
  exclude: idsOf('these are left out; with a file the entries that hold it, with an entry its pictures', 500),
  diversify: shareOf('How much the results shall differ from each other'),
  match: z
    .enum(['best', 'mean'])
    .optional()
    .describe(
      'How alike entries with several pictures are: their best pair, or the mean of each asked picture’s best match',
    ),
};

export const explainQuery = {
  locale,
  status,
  format: z.enum(['json', 'png']).optional().describe('`png`: both pictures side by side, lit where they match'),
};

export const crop = z
  .string()
  .optional()
  .describe('Part of the picture: left,top,width,height in shares of its width and height, such as 0.25,0,0.5,1');

export const sentPicture = z
  .object({
    picture: z
      .string()
      .meta({ format: 'binary' })
      .describe('One picture, at most `search.maxBytes` of the configuration. It is not stored'),
  })
  .describe(
    'Refused are pictures that are too large (413), of no supported format (415) or damaged (400), and more searches at once than `search.concurrency` allows (429, with Retry-After)',
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
        .describe('By its looks; put there by an editor; or filled in where there were too few look-alikes'),
      similarity: z
        .number()
        .nullable()
        .describe('Cosine of the best matching pair of pictures; null where none were compared'),
      score: z.number().nullable().describe('Share of random pairs of this library that are less alike'),
      match: z
        .object({ query: picture.nullable(), result: picture })
        .optional()
        .describe('Which pictures matched; `query` is null for a picture that was sent'),
      file: anyObject('The file, when `type` is `file`, as Strapi’s content API gives it').optional(),
      entry: anyObject('The entry otherwise, as Strapi’s content API gives it').optional(),
    }),
  ),
  meta: z.object({
    pagination: anyObject('In the form it was asked in, with `hasMore`'),
    model: z.string(),
    space: z.string().describe('Vectors of one space are comparable'),
    status: z
      .enum(['ready', 'partial', 'pending', 'failed', 'empty'])
      .describe('Whether all pictures of the asked item, some or none are embedded yet; failed; or it has none'),
    reason: z.string().optional().describe('Why a picture of the asked item could not be embedded'),
    missingExamples: z
      .array(z.string())
      .optional()
      .describe('Ids of `like` and `unlike` that are no picture and no entry any more'),
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
    .describe('Per id, in the order of the ids'),
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
        .describe('How much of what the model sees hangs on each colour; they add up to 1'),
    })
    .describe('Why the two are alike. With `format=png` the answer is image/png'),
});
