import path from 'node:path';
import type { Core } from '@strapi/strapi';
import { configSchema, type SimilarConfig } from '../../plugin/contracts/config';
import { zodProblem } from './util/zod-issue';

function parse(input: unknown): SimilarConfig {
  const parsed = configSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw zodProblem(parsed.error, input, 'INVALID_CONFIG', 'config');
}

/** Strapi merges the operator's values over `default` and stops the boot if `validator` throws. */
export default {
  default: () => parse({}),
  validator: (config: unknown): void => {
    parse(config);
  },
};

let latest: { text: string; config: SimilarConfig } | undefined;

/** Checked anew only when it has changed: every request reads it several times. */
export function readConfig(strapi: Core.Strapi): SimilarConfig {
  const input = strapi.config.get('plugin::similar');
  const text = JSON.stringify(input);
  if (latest?.text !== text) latest = { text, config: parse(input) };
  return latest.config;
}

/** In the public folder by default, so that it is backed up and mounted like the uploads; Strapi never serves dot folders. */
export function stateDirOf(strapi: Core.Strapi, config: SimilarConfig): string {
  return config.stateDir
    ? path.resolve(strapi.dirs.app.root, config.stateDir)
    : path.join(strapi.dirs.static.public, '.similar');
}
