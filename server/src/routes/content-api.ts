import { z } from '@strapi/utils';

const picture = z.object({ id: z.number().int(), documentId: z.string(), url: z.string() });

/** Schemas feed Strapi's OpenAPI document; the controller validates with messages that name the parameter. */
export default {
  type: 'content-api',
  routes: [
    {
      method: 'GET',
      path: '/:id',
      handler: 'similar.find',
      request: {
        params: { id: z.string() },
        query: {
          locale: z.string().optional(),
          fields: z.array(z.string()).optional(),
          populate: z.unknown().optional(),
          pagination: z
            .object({
              page: z.number().int().optional(),
              pageSize: z.number().int().optional(),
              start: z.number().int().optional(),
              limit: z.number().int().optional(),
            })
            .optional(),
        },
      },
      response: z.object({
        data: z.array(
          z.object({
            type: z.string(),
            similarity: z.number(),
            match: z.object({ query: picture, result: picture }),
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
      }),
    },
  ],
};
