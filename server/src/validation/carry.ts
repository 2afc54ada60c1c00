import { z } from 'zod';
import { only } from '../carry/parts';
import { readBody } from './bodies';
import { flag } from './zod-query';

const exportQuery = z.strictObject({ only });
const importQuery = z.strictObject({ only, dryRun: flag(), replace: flag() });

/** @throws SimilarError `INVALID_PARAMETER` */
export const readExportQuery = (query: unknown) => readBody(exportQuery, query);

/** @throws SimilarError `INVALID_PARAMETER` */
export function readImportQuery(query: unknown) {
  const { dryRun = false, replace = false, ...wanted } = readBody(importQuery, query);
  return { ...wanted, dryRun, replace };
}
