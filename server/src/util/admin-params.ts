import { z } from 'zod';
import { integer } from './zod-integer';
import { zodProblem } from './zod-issue';

const failedQuery = z.strictObject({ after: integer(0, 2 ** 31 - 1), limit: integer(1, 500) });
const retryBody = z.strictObject({ fileIds: z.array(z.int().min(1)).min(1).max(1_000).optional() });

function read<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw zodProblem(parsed.error, input, 'INVALID_PARAMETER', 'query');
}

export function readFailedQuery(query: unknown): { after: number; limit: number } {
  const { after = 0, limit = 100 } = read(failedQuery, query);
  return { after, limit };
}

export const readRetryBody = (body: unknown) => read(retryBody, body);
