import { z } from 'zod';
import type { CropBox } from '../../../plugin/contracts/similar';
import { expected } from '../../../plugin/errors';
import { type PathStyle, zodProblem } from './zod-issue';
import { ID } from './zod-query';

/** @throws SimilarError `INVALID_PARAMETER` */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  style: PathStyle = 'query',
): z.output<Schema> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw zodProblem(parsed.error, body ?? {}, 'INVALID_PARAMETER', style);
}

const nothing = z.strictObject({});

/** Of a query or body that has no parameters. @throws SimilarError `INVALID_PARAMETER` */
export function readNothing(input: unknown): void {
  readBody(nothing, input);
}

/** Numbers are the ids of files. Doubled ones stay: there is an answer for each. @throws SimilarError `INVALID_PARAMETER` */
export function readBatchBody(body: unknown, max: number): { ids: string[] } {
  const id = z.union([z.string().regex(ID), z.int().min(1)], { error: 'Expected an id of a file or entry' });
  const { ids } = readBody(z.strictObject({ ids: z.array(id).min(1).max(max) }), body);
  return { ids: ids.map(String) };
}

/** `left,top,width,height` in shares of the picture. @throws SimilarError `INVALID_PARAMETER` */
export function readCrop(value: unknown): CropBox | undefined {
  if (value === undefined) return undefined;
  const numbers = typeof value === 'string' ? value.split(',').map(Number) : [];
  const [left, top, width, height] = numbers;
  const isInside = left >= 0 && top >= 0 && width > 0 && height > 0 && left + width <= 1.0001 && top + height <= 1.0001;
  if (numbers.length !== 4 || !isInside) {
    throw expected('left,top,width,height as fractions of the picture, such as 0.25,0,0.5,1', 'crop', value);
  }
  return { left, top, width, height };
}
