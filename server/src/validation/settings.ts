import { z } from 'zod';
import { type SettingsRequest, settingsSchema } from '../../../plugin/contracts/settings';
import { readBody } from './bodies';
import { share } from './zod-query';

const changeBody = z.strictObject({ revision: z.int().min(0), changes: z.record(z.string(), z.unknown()) });
const previewQuery = z.strictObject({ threshold: share().default(0.9) });

/**
 * Checked as the configuration is: what is wrong may hold secrets.
 * @throws SimilarError `INVALID_PARAMETER` naming the key of the configuration.
 */
export function readSettingsBody(body: unknown): SettingsRequest {
  const { revision, changes } = readBody(changeBody, body, 'config');
  return { revision, changes: readBody(settingsSchema, changes, 'config') };
}

export const readPreviewQuery = (query: unknown): { threshold: number } => readBody(previewQuery, query);
