import { z } from 'zod';
import { readBody } from './body-params';
import { integer } from './zod-query';

const failedQuery = z.strictObject({ after: integer(0, 2 ** 31 - 1), limit: integer(1, 500) });
const retryBody = z.strictObject({ fileIds: z.array(z.int().min(1)).min(1).max(1_000).optional() });

export function readFailedQuery(query: unknown): { after: number; limit: number } {
  const { after = 0, limit = 100 } = readBody(failedQuery, query);
  return { after, limit };
}

export const readRetryBody = (body: unknown) => readBody(retryBody, body);
