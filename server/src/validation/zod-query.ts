import { z } from 'zod';
import { isHexColour } from '../../../plugin/colour/hex';
import { isSpan } from '../../../plugin/contracts/span';

/** An optional integer of a query string. Says its range in one sentence, whatever is wrong. */
export function integer(min: number, max: number) {
  const error = `Expected an integer from ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,10}$/, { error })
    .transform(Number)
    .pipe(z.int({ error }).min(min, { error }).max(max, { error }))
    .optional();
}

/**
 * An optional number of results. A larger one than `max` is cut to it, as in Strapi.
 * @param orAll whether -1 stands for `max`, as in Strapi.
 */
export function count(max: number, orAll = false) {
  const error = `Expected an integer from 1 to ${max}`;
  return z
    .string({ error })
    .regex(orAll ? /^(-1|0*[1-9]\d{0,15})$/ : /^0*[1-9]\d{0,15}$/, { error })
    .transform((text) => (text === '-1' ? max : Math.min(Number(text), max)))
    .optional();
}

/** An optional share, from 0 to 1. */
export function share() {
  const error = 'Expected a number from 0 to 1';
  return z
    .string({ error })
    .regex(/^(0|1|0?\.\d{1,10}|1\.0{1,10}|0\.\d{1,10})$/, { error })
    .transform(Number)
    .optional();
}

/** Ids of 32-bit columns: a larger number makes PostgreSQL fail instead of finding nothing. */
export const MAX_ID = 2 ** 31 - 1;

/** Imported documentIds may be any text that fits the column. Control characters, such as NUL, are not for the database. */
export const ID = /^\P{Cc}{1,255}$/u;

/** Ids with commas between them, or a parameter for each; without the doubles. */
export function ids(max: number) {
  const error = `Expected up to ${max} comma-separated ids`;
  const parts = (value: unknown) => (Array.isArray(value) ? value : [value]).flatMap((part) => String(part).split(','));
  return z
    .unknown()
    .refine((value) => [value].flat().every((part) => typeof part === 'string'), { error })
    .refine((value) => parts(value).every((id) => ID.test(id)) && new Set(parts(value)).size <= max, { error })
    .transform((value) => [...new Set(parts(value))])
    .optional();
}

const LOCALE = 'Expected a locale such as en or pt-BR';

export const locale = z
  .string({ error: LOCALE })
  .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$/, { error: LOCALE })
  .max(20, { error: LOCALE });

const TYPE = 'Expected "file" or the uid of a content type';

/** What is looked for. */
export const itemType = z
  .string({ error: TYPE })
  .regex(/^(file|(api|plugin)::[a-z0-9-]+\.[a-z0-9-]+)$/, { error: TYPE })
  .max(120, { error: TYPE });

/** The name of an attribute, as a filter names it. */
const NAME = /^[A-Za-z_]\w{0,99}$/;

/** An optional attribute; empty: none. */
export function attribute() {
  const error = 'Expected the name of an attribute';
  return z
    .string({ error })
    .refine((text) => text === '' || NAME.test(text), { error })
    .optional();
}

/** Attributes with commas between them, or a parameter for each; empty: none. */
export function attributes(max: number) {
  const error = `Expected up to ${max} comma-separated names of attributes`;
  const parts = (value: unknown) =>
    [value].flat().flatMap((part) => (part === '' ? [] : typeof part === 'string' ? part.split(',') : [undefined]));
  return z
    .unknown()
    .refine((value) => parts(value).length <= max && parts(value).every((name) => name && NAME.test(name)), { error })
    .transform((value) => [...new Set(parts(value) as string[])])
    .optional();
}

/** Attributes with how near each has to be ; empty: none. */
export function spans(max: number) {
  const error = `Expected up to ${max} attributes, each with a share such as 20% or a range such as -5..10`;
  return z
    .union(
      [
        z.literal('').transform(() => ({})),
        z.record(z.string().regex(NAME, { error }), z.string({ error }).refine(isSpan, { error })),
      ],
      {
        error,
      },
    )
    .refine((found) => Object.keys(found).length <= max, { error })
    .optional();
}

const COLOUR = 'Expected a hex colour such as a33 or aa3333 (in a URL, # is %23)';

export const colour = z.string({ error: COLOUR }).refine(isHexColour, { error: COLOUR });

/** What people search for; a model knows a hundred words at most, and mostly fewer. */
export const MOST_WORDS = 300;
const WORDS = `Expected words of up to ${MOST_WORDS} characters`;

export const words = z
  .string({ error: WORDS })
  .trim()
  .min(1, { error: WORDS })
  .max(MOST_WORDS, { error: WORDS })
  .refine((text) => ![...text].some((letter) => /\p{Cc}/u.test(letter)), { error: WORDS });

export function flag() {
  const error = 'Expected true or false';
  return z
    .enum(['true', 'false'], { error })
    .transform((text) => text === 'true')
    .optional();
}
