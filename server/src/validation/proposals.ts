import { z } from 'zod';
import type {
  PictureProposalsRequest,
  TextProposalsRequest,
  ValueProposalsRequest,
} from '../../../plugin/contracts/proposals';
import { readBody } from './bodies';
import { ID, itemType, locale, MAX_ID, MOST_WORDS } from './zod-query';

const MAX_PICTURES = 20;
const MAX_ATTRIBUTES = 100;

const id = z.string().regex(ID, 'an id of an entry');
const pictures = z.array(z.int().min(1).max(MAX_ID)).max(MAX_PICTURES);
const attribute = z.string().min(1).max(100);
/** A title may be longer than what is searched for, and on several lines. */
const title = z
  .string()
  .max(10_000)
  .transform((text) =>
    text
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, MOST_WORDS),
  );
const entry = { type: itemType, documentId: id.optional(), locale: locale.optional() };

const pictureProposals = z.strictObject({
  ...entry,
  title: title.optional(),
  values: z
    .record(attribute, id.nullable())
    .refine((values) => Object.keys(values).length <= MAX_ATTRIBUTES, `Expected at most ${MAX_ATTRIBUTES} attributes`)
    .optional(),
});
const valueProposals = z.strictObject({
  ...entry,
  pictures,
  filled: z.array(attribute).max(MAX_ATTRIBUTES).optional(),
});
const textProposals = z.strictObject({ pictures });

export const readPictureProposals = (body: unknown): PictureProposalsRequest => readBody(pictureProposals, body);

export const readValueProposals = (body: unknown): ValueProposalsRequest => readBody(valueProposals, body);

export const readTextProposals = (body: unknown): TextProposalsRequest => readBody(textProposals, body);
