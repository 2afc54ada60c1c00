import { z } from 'zod';
import { PARTS, type Part } from '../../../plugin/contracts/carry';
import { readBody } from './bodies';
import { flag } from './zod-query';

const ONLY = `Expected some of ${PARTS.join(',')}`;

const isPart = (name: string): name is Part => PARTS.some((part) => part === name);

const only = z
  .string({ error: ONLY })
  .transform((text) => text.split(','))
  .refine((names) => names.every(isPart), { error: ONLY })
  .transform((names) => PARTS.filter((part) => names.includes(part)))
  .default([...PARTS]);

const exportQuery = z.strictObject({ only });
const importQuery = z.strictObject({ only, dryRun: flag(), replace: flag() });

/** @throws SimilarError `INVALID_PARAMETER` */
export const readExportQuery = (query: unknown) => readBody(exportQuery, query);

/** @throws SimilarError `INVALID_PARAMETER` */
export function readImportQuery(query: unknown) {
  const { dryRun = false, replace = false, ...wanted } = readBody(importQuery, query);
  return { ...wanted, dryRun, replace };
}
