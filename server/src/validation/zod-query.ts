import { z } from 'zod';

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

/** An optional share, from 0 to 1. */
export function share() {
  const error = 'Expected a number from 0 to 1';
  return z
    .string({ error })
    .regex(/^(0|1|0?\.\d{1,10}|1\.0{1,10}|0\.\d{1,10})$/, { error })
    .transform(Number)
    .optional();
}

/** What ids look like; anything else, such as a NUL byte, is not for the database. */
export const ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Ids with commas between them, or a parameter for each; without the doubles. */
export function ids(max: number) {
  const error = `Expected up to ${max} comma-separated ids`;
  const parts = (value: unknown) => (Array.isArray(value) ? value : [value]).flatMap((part) => String(part).split(','));
  return z
    .unknown()
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
