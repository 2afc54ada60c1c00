import { z } from 'zod';
import { MAX_EXAMPLES } from '../../../plugin/contracts/examples';
import { expected } from '../../../plugin/errors';
import { groupsOf, MOST, paramsOf } from './admin';
import { readBody, readCrop } from './bodies';
import type { SimilarParams } from './similar-query';
import { colour, ID, itemType, locale, MAX_ID, words as phrase } from './zod-query';

/** Arguments of tools: what the admin sends, as an assistant writes it. Their descriptions are all that it knows of them. */

const ITEM = 'Expected an id of a file or entry';
const id = z.union([z.string().regex(ID), z.int().min(1).max(MAX_ID)], { error: ITEM });
const examples = z.array(id).max(MAX_EXAMPLES).optional();
const share = z.number().min(0).max(1).optional();
const file = z.int().min(1).max(MAX_ID);

const TYPES = '"file" for pictures of the media library, or the uid of a content type such as "api::product.product".';

const wanted = {
  locale: locale.optional().describe('Locale of the entries, such as "en". Default: the default locale.'),
  like: examples.describe('Ids of files or entries: more like these.'),
  unlike: examples.describe('Ids of files or entries: less like these.'),
  wordWeight: share.describe('How much `words` count beside the picture, from 0 to 1. Default: 0.5.'),
  color: colour
    .optional()
    .describe('Only what has this colour, such as "#aa3333", in what a picture shows: not in its ground.'),
  colorWeight: share.describe('With `color`: what has it ranks higher by so much, and other colours are found, too.'),
  colors: z.boolean().optional().describe('True: also count the colours of the first 200 results. Default: false.'),
  minScore: share.describe(
    'Least score of results. A score is the share of random pairs of this library that are less alike.',
  ),
};

export const findArguments = z.strictObject({
  id: id.describe('Numeric id or documentId of a file, or documentId of an entry.'),
  type: itemType.optional().describe(`What to find: ${TYPES} Default: the type of the given item.`),
  words: phrase.optional().describe('Words that the results should also show, if the model knows words.'),
  ...wanted,
  start: z.int().min(0).max(MOST.start).optional().describe('How many results to skip. Default: 0.'),
  limit: z.int().min(1).max(MOST.items).optional().describe('How many results to return. Default: 7.'),
});

export const searchArguments = z.strictObject({
  picture: z
    .string()
    .min(1)
    .optional()
    .describe('The bytes of a picture (JPEG, PNG, WebP, …) in base64, without "data:". A picture, words, or both.'),
  words: phrase
    .optional()
    .describe(
      'What the results should show, such as "red dress", if the model knows words. A picture, words, or both.',
    ),
  type: itemType.optional().describe(`What to find: ${TYPES} Default: "file".`),
  crop: z
    .string()
    .optional()
    .describe('Look at a part of the picture only: "left,top,width,height" in shares of it, such as "0.25,0,0.5,1".'),
  ...wanted,
  limit: z.int().min(1).max(MOST.items).optional().describe('How many results to return. Default: 24.'),
});

export const duplicatesArguments = z.strictObject({
  least: share.describe('Least similarity of two pictures of a group. Default: the one that is configured.'),
  samePhoto: z
    .boolean()
    .optional()
    .describe('True: copies of one photo, however alike, in place of everything that is alike from `least` on.'),
  judged: z
    .enum(['same', 'different'])
    .optional()
    .describe('Groups that an editor has judged so. Default: those that nobody has judged yet.'),
  order: z.enum(['similarity', 'newest']).optional().describe('Most alike first, or those with the newest picture.'),
  page: z.int().min(1).max(MOST.page).optional().describe('Default: 1.'),
  pageSize: z.int().min(1).max(MOST.groups).optional().describe('Groups on a page. Default: 20.'),
});

export const explainArguments = z.strictObject({
  query: file.describe('Numeric id of one picture.'),
  result: file.describe('Numeric id of the other picture.'),
  overlay: z
    .boolean()
    .optional()
    .describe('Also return an image of both pictures side by side, lit where they match. Default: false.'),
});

export const stateArguments = z.strictObject({});

type Item = string | number;
const inText = (items: Item[] | undefined) => items?.map(String);

/** @throws SimilarError `INVALID_PARAMETER`, as all of them. */
export function readFindArguments(args: unknown): { id: string; params: SimilarParams } {
  const { id, like, unlike, words: q, ...rest } = readBody(findArguments, args);
  return { id: String(id), params: paramsOf({ ...rest, q, like: inText(like), unlike: inText(unlike) }) };
}

export function readSearchArguments(args: unknown) {
  const { picture, words: q, crop, like, unlike, type = 'file', limit = 24, ...rest } = readBody(searchArguments, args);
  if (picture === undefined && q === undefined) throw expected('a picture, words, or both', 'picture', 'none');
  const params = paramsOf({ ...rest, q, type, limit, like: inText(like), unlike: inText(unlike) });
  return { picture, words: q as string, crop: readCrop(crop), params };
}

export const readDuplicatesArguments = (args: unknown, defaultLeast: number) =>
  groupsOf(readBody(duplicatesArguments, args), defaultLeast);

export const readExplainArguments = (args: unknown) => readBody(explainArguments, args);

export function readNoArguments(args: unknown): void {
  readBody(stateArguments, args);
}
