import { z } from 'zod';
import { readBody } from './bodies';
import { integer, MAX_ID } from './zod-query';

/** More at once would be read by nobody before it is done. */
const MOST_REMOVED = 20;

const fileId = z.int().min(1).max(MAX_ID);
const pictures = {
  keep: fileId,
  remove: z.array(fileId).min(1).max(MOST_REMOVED),
  least: z.number().min(0).max(1).optional(),
};
const planBody = z.strictObject(pictures);
const mergeBody = z.strictObject({ ...pictures, plan: z.string().min(1).max(64) });
const isApart = ({ keep, remove }: { keep: number; remove: number[] }) =>
  !remove.includes(keep) && new Set(remove).size === remove.length;
const apart = { path: ['remove'], error: 'Expected other files than the one to keep, each once' };
const planSchema = planBody.refine(isApart, apart);
const mergeSchema = mergeBody.refine(isApart, apart);
const mergesQuery = z.strictObject({ page: integer(1, 10_000), pageSize: integer(1, 100) });
const idParam = z.strictObject({ id: z.string().regex(/^[0-9a-f-]{36}$/, 'an id of a merge') });

/** From which similarity on pictures are duplicates, unless the body says: never below what is called similar at all. */
export interface MergeLevels {
  similar: number;
  nearDuplicate: number;
}

const withLeast = <Body extends { least?: number }>(body: Body, { similar, nearDuplicate }: MergeLevels) => ({
  ...body,
  least: Math.max(body.least ?? nearDuplicate, similar),
});

export const readPlanBody = (body: unknown, levels: MergeLevels) => withLeast(readBody(planSchema, body), levels);

export const readMergeBody = (body: unknown, levels: MergeLevels) => withLeast(readBody(mergeSchema, body), levels);

export const readMergeId = (params: unknown): string => readBody(idParam, params).id;

export function readMergesQuery(query: unknown): { page: number; pageSize: number } {
  const { page = 1, pageSize = 20 } = readBody(mergesQuery, query);
  return { page, pageSize };
}
