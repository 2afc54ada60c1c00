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
