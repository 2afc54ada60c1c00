import { z } from 'zod';
import type { ItemsRequest } from '../../../plugin/contracts/admin';
import { DECISION_KINDS } from '../../../plugin/contracts/decisions';
import { MAX_EXAMPLES } from '../../../plugin/contracts/examples';
import { MAP_GROUPINGS, type MapGrouping } from '../../../plugin/contracts/map';
import type { Rule, Verdict } from '../../../plugin/contracts/rules';
import { readBody } from './bodies';
import { checkColour, type SimilarParams } from './similar-query';
import { colour, flag, ID, ids, integer, itemType, locale, MAX_ID, share, words } from './zod-query';

/** Of a page, and how far down there are pages. */
export const MOST = { items: 100, start: 900, groups: 100, page: 10_000 };

const fileId = z.int().min(1).max(MAX_ID);
const fileIds = z.array(fileId).max(1_000);
const id = z.string().regex(ID, 'an id of an entry or file');

const filters = z.record(z.string(), z.unknown(), { error: 'Expected an object, as the content manager filters by' });

/** Entries are filtered by their attributes, files by where they lie. */
function checkScope(
  { type, filters, folder }: { type: string; filters?: object; folder?: number },
  { addIssue }: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
): void {
  const wrong = type === 'file' ? filters && 'filters' : folder !== undefined && 'folder';
  if (!wrong) return;
  const how = type === 'file' ? 'files are narrowed by folder' : 'entries are narrowed by filters';
  addIssue({ code: 'custom', path: [wrong], message: `Expected nothing (${how})` });
}

function asJson(value: string, { addIssue }: { addIssue(issue: { code: 'custom'; message: string }): void }): unknown {
  try {
    return JSON.parse(value);
  } catch {
    addIssue({ code: 'custom', message: 'Expected JSON' });
    return z.NEVER;
  }
}

const failureCode = z.string().regex(/^[A-Z_]{1,64}$/, 'Expected a code of docs/errors.md, such as DECODE_FAILED');
const failedQuery = z.strictObject({
  after: integer(0, MAX_ID),
  limit: integer(1, 500),
  code: failureCode.optional(),
});
const retryBody = z
  .strictObject({ fileIds: fileIds.min(1).optional(), code: failureCode.optional() })
  .refine(({ fileIds, code }) => !fileIds || !code, { path: ['code'], error: 'Expected either fileIds or code' });
const modelBody = z.strictObject({ model: z.string({ error: 'Expected the name of a model' }).min(1).max(100) });
const besideBody = z
  .strictObject({
    type: itemType,
    pictures: z.array(fileId).max(5_000).optional(),
    documentId: id.optional(),
    locale: locale.optional(),
    like: z.array(id).max(MAX_EXAMPLES).optional(),
    unlike: z.array(id).max(MAX_EXAMPLES).optional(),
    exclude: z.array(id).max(MAX_EXAMPLES).optional(),
    q: words.optional(),
    wordWeight: z.number().min(0).max(1).optional(),
    filters: filters.optional(),
    folder: fileId.optional(),
    color: colour.optional(),
    colors: z.boolean().optional(),
    least: z.number().min(0).max(1).optional(),
    start: z.int().min(0).max(MOST.start).optional(),
    limit: z.int().min(1).max(MOST.items).optional(),
  })
  .refine(({ pictures, documentId, q }) => pictures || documentId || q, {
    path: ['pictures'],
    error: 'Expected pictures, the documentId of an entry, or words',
  })
  .superRefine(checkScope);
const sentQuery = z
  .strictObject({
    type: itemType,
    locale: locale.optional(),
    like: ids(MAX_EXAMPLES),
    unlike: ids(MAX_EXAMPLES),
    q: words.optional(),
    wordWeight: share(),
    filters: z.string().transform(asJson).pipe(filters).optional(),
    folder: integer(1, MAX_ID),
    color: colour.optional(),
    colors: flag(),
    least: share(),
    limit: integer(1, MOST.items),
    crop: z.unknown().optional(),
  })
  .superRefine(checkScope);
const pair = { type: itemType, source: id, target: id };
const files = { ...pair, type: z.literal('file', { error: 'Expected file, because a verdict is about two pictures' }) };
const KIND = 'Expected one of pin, hide, same, different';
const rule = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('pin'), ...pair, place: z.int().min(1).max(1_000) }),
    z.strictObject({ kind: z.literal('hide'), type: itemType, source: id.optional(), target: id }),
    z.strictObject({ kind: z.literal('same'), ...files }),
    z.strictObject({ kind: z.literal('different'), ...files }),
  ],
  { error: ({ code }) => (code === 'invalid_union' ? KIND : undefined) },
);
const duplicatesQuery = z.strictObject({
  least: share(),
  samePhoto: z.enum(['true', 'false']).optional(),
  page: integer(1, MOST.page),
  pageSize: integer(1, MOST.groups),
  judged: z.enum(['same', 'different']).optional(),
  order: z.enum(['similarity', 'newest']).optional(),
  folder: integer(1, MAX_ID),
  usedIn: z
    .string()
    .regex(/^(api|plugin)::[a-z0-9-]+\.[a-z0-9-]+$/, 'Expected the uid of a content type')
    .max(120)
    .optional(),
});
const groupVerdict = z.strictObject({
  kind: z.enum(['same', 'different']),
  picture: z.int().min(1).max(MAX_ID),
  least: z.number().min(0).max(1).optional(),
  samePhoto: z.boolean().optional(),
  judged: z.enum(['same', 'different']).optional(),
  count: z.int().min(2).max(MAX_ID).optional(),
});
const MAX_PICTURES = 200;
const mapPicturesQuery = z.strictObject({
  ids: z.string({ error: 'Expected comma-separated ids of files' }).transform((text, { addIssue }) => {
    const parts = text.split(',').map((part) => integer(1, MAX_ID).safeParse(part).data);
    const known = parts.filter((part) => part !== undefined);
    if (known.length === parts.length && known.length <= MAX_PICTURES) return known;
    addIssue({ code: 'custom', message: `Expected up to ${MAX_PICTURES} comma-separated ids of files` });
    return z.NEVER;
  }),
});

export function readFailedQuery(query: unknown): { after: number; limit: number; code?: string } {
  const { after = 0, limit = 100, code } = readBody(failedQuery, query);
  return { after, limit, code };
}

const sweepBody = z.strictObject({ acceptMissing: z.boolean().optional() });

export const readSweepBody = (body: unknown) => readBody(sweepBody, body);

export const readModelBody = (body: unknown) => readBody(modelBody, body);

export const readRetryBody = (body: unknown) => readBody(retryBody, body);

/** The parameters of a search that the admin leaves out. */
const WHOLE = {
  status: 'draft' as const,
  exclude: [],
  diversify: 0,
};

const window = (start: number, limit: number) => ({ start, limit, pagination: { start, limit } });

type ResolvedQuery = Pick<ItemsRequest, 'pictures' | 'documentId' | 'folder'> & { params: SimilarParams };

type Wanted = Pick<
  Partial<SimilarParams>,
  | 'type'
  | 'locale'
  | 'like'
  | 'unlike'
  | 'exclude'
  | 'q'
  | 'wordWeight'
  | 'filters'
  | 'color'
  | 'colorWeight'
  | 'colors'
  | 'minScore'
  | 'least'
  | 'start'
  | 'limit'
>;

/** Of a search, with what its reader leaves out. */
export function paramsOf({
  like = [],
  unlike = [],
  minScore = 0,
  start = 0,
  limit = 7,
  ...rest
}: Wanted): SimilarParams {
  checkColour(rest);
  return { ...WHOLE, ...rest, like, unlike, minScore, ...window(start, limit) };
}

export function readItemsBody(body: unknown): ResolvedQuery {
  const { pictures, documentId, folder, ...wanted } = readBody(besideBody, body);
  return { pictures, documentId, folder, params: paramsOf(wanted) };
}

export function readSearchQuery(query: unknown): { crop: unknown; folder?: number; params: SimilarParams } {
  const { crop, folder, limit = 24, ...wanted } = readBody(sentQuery, query);
  return { crop, folder, params: paramsOf({ ...wanted, limit }) };
}

const noticesQuery = z.strictObject({ within: integer(1, 3_600) });

/** How many seconds ago the uploads in question began: two clocks would not agree on a time. */
export const readNoticesQuery = (query: unknown) => readBody(noticesQuery, query).within ?? 60;

const filePair = z.object({ query: integer(1, MAX_ID), result: integer(1, MAX_ID) });

export function readFilePair(params: unknown): [number, number] {
  const { query, result } = readBody(filePair, params);
  return [query as number, result as number];
}

/** Of a verdict, the smaller documentId comes first: there is one verdict on two pictures. */
export function readRule(body: unknown): Rule {
  const read = readBody(rule, body);
  if (read.kind !== 'same' && read.kind !== 'different') return read;
  const [source, target] = [read.source, read.target].sort();
  return { ...read, source, target };
}

interface WantedGroups {
  least?: number;
  page?: number;
  pageSize?: number;
  samePhoto?: boolean;
  judged?: Verdict['kind'];
  order?: 'similarity' | 'newest';
  folder?: number;
  usedIn?: string;
}

/** Of duplicates, with what its reader leaves out. */
export const groupsOf = (
  { least, page = 1, pageSize = 20, samePhoto = false, judged, order, folder, usedIn }: WantedGroups,
  defaultLeast: number,
) => ({
  ...{ least: least ?? defaultLeast, page, pageSize, samePhoto, judged },
  newestFirst: order === 'newest',
  scope: { folder, usedIn },
});

export function readDuplicatesQuery(query: unknown, defaultLeast: number) {
  const { samePhoto, ...wanted } = readBody(duplicatesQuery, query);
  return groupsOf({ ...wanted, samePhoto: samePhoto === 'true' }, defaultLeast);
}

const allDuplicatesQuery = duplicatesQuery.omit({ page: true, pageSize: true });

/** As `readDuplicatesQuery`, of all pages. */
export function readAllDuplicatesQuery(query: unknown, defaultLeast: number) {
  const { samePhoto, ...wanted } = readBody(allDuplicatesQuery, query);
  const { page, pageSize, ...all } = groupsOf({ ...wanted, samePhoto: samePhoto === 'true' }, defaultLeast);
  return all;
}

export function readGroupVerdict(body: unknown, defaultLeast: number) {
  return { least: defaultLeast, samePhoto: false, ...readBody(groupVerdict, body) };
}

const decisionsQuery = z.strictObject({
  kind: z.enum(DECISION_KINDS).optional(),
  author: z.string().max(600).optional(),
  page: integer(1, MOST.page),
  pageSize: integer(1, 100),
});

export function readDecisionsQuery(query: unknown) {
  const { page = 1, pageSize = 20, ...wanted } = readBody(decisionsQuery, query);
  return { ...wanted, page, pageSize };
}

const decisionId = z.strictObject({ id: z.int().min(1).max(MAX_ID) });

export const readDecisionId = (body: unknown): number => readBody(decisionId, body).id;

export const readMapPicturesQuery = (query: unknown): number[] => readBody(mapPicturesQuery, query).ids;

const mapGroupsQuery = z.strictObject({
  by: z.enum(MAP_GROUPINGS, { error: `Expected one of ${MAP_GROUPINGS.join(', ')}` }),
});

export const readMapGroupsQuery = (query: unknown): MapGrouping => readBody(mapGroupsQuery, query).by;
