import { z } from '@strapi/utils';
import { z as own } from 'zod';
import type { Health } from '../../../plugin/contracts/health';
import type { Progress } from '../../../plugin/contracts/progress';

/**
 * What an assistant is told of the arguments. Strapi's server lets anything through: it would refuse in words of its own, without code and
 * remedy, before the one place that checks them is asked.
 */
export function told(schema: own.ZodObject): z.ZodObject {
  const { $schema, ...described } = own.toJSONSchema(schema, {
    io: 'input',
    // Not all assistants know all of JavaScript's; the descriptions say it in words.
    override: ({ jsonSchema }) => {
      delete jsonSchema.pattern;
    },
  });
  return z.looseObject({}).meta(described as Record<string, unknown>);
}

const picture = z.object({
  id: z.number().describe('Of the file: what similar_explain takes.'),
  name: z.string(),
  url: z.string().describe('Of the picture. Where it starts with a slash, it is on the server of Strapi.'),
  alternativeText: z.string().optional(),
});

const verdict = z
  .enum(['identical', 'same-photo', 'similar'])
  .describe('They have the same bytes; are copies of one photo, saved again, resized, turned or cut; or neither.');

const item = z.object({
  type: z.string().describe('"file", or the uid of a content type.'),
  documentId: z.string().describe('What similar_find takes as id.'),
  title: z.string(),
  source: z
    .enum(['visual', 'pinned', 'fallback'])
    .describe('It looks similar, an editor put it there, or there were too few look-alikes.'),
  similarity: z.number().nullable().describe('Cosine of the best matching pair of pictures.'),
  score: z.number().nullable().describe('Share of random pairs of this library that are less alike.'),
  verdict: verdict.optional(),
  locale: z.string().optional(),
  published: z.boolean().optional(),
  picture: picture.nullable().describe('The one that matched.'),
  matches: picture.nullable().describe('The picture of the given item that it matched; null for one that was sent.'),
});

export const itemsOutput = z.object({
  items: z.array(item),
  hasMore: z.boolean(),
  colors: z
    .array(z.object({ name: z.string(), hex: z.string(), count: z.number() }))
    .optional()
    .describe('How many of the first 200 results have each colour; `hex` is for `color`.'),
  status: z
    .enum(['ready', 'partial', 'pending', 'failed', 'empty'])
    .describe('Whether all, some or none of the pictures of the given item are indexed, cannot be, or it has none.'),
  waiting: z
    .array(
      z.object({
        id: z.number(),
        name: z.string().optional(),
        state: z.enum(['pending', 'failed', 'unsupported']),
        reason: z.string().optional(),
      }),
    )
    .describe('Pictures of the given item that are not indexed.'),
});

export const duplicatesOutput = z.object({
  least: z.number().describe('Pictures are linked from this similarity on.'),
  total: z.number().describe('Groups on all pages.'),
  compared: z.object({ done: z.number(), total: z.number() }).describe('Pictures; the rest follows by itself.'),
  groups: z.array(
    z.object({
      similarity: z
        .number()
        .nullable()
        .describe('The smallest by which a picture is linked to another one; null where copies are turned.'),
      verdict,
      judged: z.enum(['same', 'different']).nullable().describe('What an editor has said of it; null: nothing yet.'),
      count: z.number().describe('Pictures of the group.'),
      pictures: z
        .array(
          picture.extend({
            bytes: z.number(),
            width: z.number().optional(),
            height: z.number().optional(),
            usageCount: z.number().describe('Entries that you may see and that use it.'),
          }),
        )
        .describe('The oldest of them.'),
    }),
  ),
});

const grid = z.array(z.number()).describe('A 7 × 7 grid, row by row: the part of each cell in the similarity.');

export const explainOutput = z.object({
  similarity: z.number().describe('Cosine of the two pictures.'),
  regions: z.object({ query: grid, result: grid }),
  channels: z
    .object({ red: z.number(), green: z.number(), blue: z.number() })
    .describe('How much depends on each colour.'),
});

/** What `similar_state` tells. Clients refuse a result that has more than its schema. */
type StateResult = Health & Pick<Progress, 'paused' | 'rate' | 'secondsLeft'>;

export const stateOutput = z.object({
  ready: z.boolean().describe('Whether searches are answered.'),
  status: z.enum(['ok', 'degraded', 'unavailable']),
  problems: z.array(z.object({ code: z.string(), cause: z.string(), remedy: z.string() })),
  coverage: z.number().describe('Share of the pictures that have been processed.'),
  pictures: z.object({
    total: z.number(),
    ready: z.number(),
    pending: z.number().describe('In the queue.'),
    failed: z.number(),
    unsupported: z.number(),
    missing: z.number().describe('Of the failed ones, those whose bytes are on no node.'),
  }),
  paused: z.boolean(),
  rate: z.number().describe('Pictures per second over the last minute.'),
  secondsLeft: z.number().optional().describe('Until the queue is empty, if it is known.'),
  model: z.string(),
  space: z.string(),
  engine: z.string(),
  device: z.string(),
  index: z.object({
    kind: z.string(),
    mode: z.enum(['exact', 'graph', 'fallback']),
    state: z.string(),
    vectors: z.number(),
  }),
  next: z.object({ space: z.string(), coverage: z.number() }).optional().describe('What is built to take over.'),
}) satisfies z.ZodType<StateResult>;
