import { z } from '@strapi/utils';

/** Schemas feed Strapi's OpenAPI document; the controllers validate with messages that name the parameter. */
const picture = z.object({ id: z.number().int(), documentId: z.string(), url: z.string() });

const query = {
  locale: z.string().optional(),
  status: z.enum(['published', 'draft']).optional(),
  fields: z.array(z.string()).optional(),
  populate: z.unknown().optional(),
  filters: z.record(z.string(), z.unknown()).optional(),
  pagination: z
    .object({
      page: z.number().int().optional(),
      pageSize: z.number().int().optional(),
      start: z.number().int().optional(),
      limit: z.number().int().optional(),
    })
    .optional(),
  type: z.string().optional(),
  minScore: z.number().min(0).max(1).optional(),
  like: z.string().optional(),
  unlike: z.string().optional(),
  exclude: z.string().optional(),
  diversify: z.number().min(0).max(1).optional(),
  match: z.enum(['best', 'mean']).optional(),
};

const answer = {
  data: z.array(
    z.object({
      type: z.string(),
      source: z.enum(['visual', 'pinned', 'fallback']),
      similarity: z.number().nullable(),
      score: z.number().nullable(),
      match: z.object({ query: picture.nullable(), result: picture }).optional(),
      file: z.record(z.string(), z.unknown()).optional(),
      entry: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  meta: z.object({
    pagination: z.record(z.string(), z.unknown()),
    model: z.string(),
    space: z.string(),
    status: z.enum(['ready', 'partial', 'pending', 'failed', 'empty']),
    reason: z.string().optional(),
  }),
};

const problem = { error: z.object({ status: z.number(), code: z.string(), message: z.string() }) };

export default {
  type: 'content-api',
  routes: [
    {
      method: 'GET',
      path: '/:id',
      handler: 'similar.find',
      request: { params: { id: z.string() }, query },
      response: z.object(answer),
    },
    {
      method: 'GET',
      path: '/:id/explain/:other',
      handler: 'similar.explain',
      request: {
        params: { id: z.string(), other: z.string() },
        query: { locale: query.locale, status: query.status, format: z.enum(['json', 'png']).optional() },
      },
      response: z.object({
        data: z.object({
          similarity: z.number(),
          pictures: z.object({ query: z.number().int(), result: z.number().int() }),
          regions: z.object({ query: z.array(z.number()), result: z.array(z.number()) }),
          channels: z.object({ red: z.number(), green: z.number(), blue: z.number() }),
        }),
      }),
    },
    {
      method: 'POST',
      path: '/search',
      handler: 'similar.search',
      request: {
        query: { ...query, crop: z.string().optional() },
        body: { 'multipart/form-data': z.object({ picture: z.string() }) },
      },
      response: z.object(answer),
    },
    {
      method: 'POST',
      path: '/batch',
      handler: 'similar.batch',
      request: { query, body: { 'application/json': z.object({ ids: z.array(z.union([z.string(), z.number()])) }) } },
      response: z.object({
        data: z.array(z.union([z.object({ id: z.string(), ...answer }), z.object({ id: z.string(), ...problem })])),
      }),
    },
  ],
};
