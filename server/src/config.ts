import path from 'node:path';
import type { Core } from '@strapi/strapi';
import { configSchema, type SimilarConfig } from '../../plugin/contracts/config';
import type { Settings } from '../../plugin/contracts/settings';
import { checkTypes } from './util/configurable-types';
import { type Merged, mergeSettings } from './util/merge-settings';
import { zodProblem } from './validation/zod-issue';

function parse(input: unknown): SimilarConfig {
  const parsed = configSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw zodProblem(parsed.error, input, 'INVALID_CONFIG', 'config');
}

/** Strapi merges the operator's values over `default` and stops the boot if `validator` throws. */
export default {
  /** Nothing: so it can be told what the operator has set. `readConfig` completes it. */
  default: () => ({}),
  validator: (config: unknown): void => {
    parse(config);
  },
};

interface Known {
  settings: Settings;
  latest?: { text: string; merged: Merged };
}

const known = new WeakMap<Core.Strapi, Known>();

const functions = new WeakMap<object, number>();
let functionCount = 0;

/** Stands for a function, whose text says nothing of what it has seen. */
function numberOf(one: object): number {
  const number = functions.get(one) ?? ++functionCount;
  functions.set(one, number);
  return number;
}

function knownOf(strapi: Core.Strapi): Known {
  const entry = known.get(strapi) ?? { settings: {} };
  known.set(strapi, entry);
  return entry;
}

/** What the operator has written under `similar.config`, without defaults. */
export const operatorsConfig = (strapi: Core.Strapi): unknown => strapi.config.get('plugin::similar');

/** The configuration as it would be with these settings. */
export function tryConfig(strapi: Core.Strapi, settings: Settings): Merged {
  const own = operatorsConfig(strapi);
  return mergeSettings(own, settings, (input) => {
    const config = parse(input);
    // The operator's own values are checked at boot, loudly.
    if (input !== own) checkTypes(strapi, config);
    return config;
  });
}

/** Only checked again when it has changed: every request reads it several times. */
export function readMerged(strapi: Core.Strapi): Merged {
  const entry = knownOf(strapi);
  const text = JSON.stringify(operatorsConfig(strapi), (_key, value) =>
    typeof value === 'function' ? numberOf(value) : value,
  );
  if (entry.latest?.text !== text) entry.latest = { text, merged: tryConfig(strapi, entry.settings) };
  return entry.latest.merged;
}

/** The same object until something changes. */
export const readConfig = (strapi: Core.Strapi): SimilarConfig => readMerged(strapi).config;

/** What is set in the admin; holds from the next reading on. */
export function applySettings(strapi: Core.Strapi, settings: Settings): Merged {
  known.set(strapi, { settings });
  return readMerged(strapi);
}

/** Whether Strapi refuses parameters that it does not know, instead of ignoring them. */
export const isStrict = (strapi: Core.Strapi): boolean => strapi.config.get('api.rest.strictParams') === true;

/** In the public folder by default, so that it is backed up and mounted like the uploads; Strapi never serves dot folders. */
export function stateDirOf(strapi: Core.Strapi, config: SimilarConfig): string {
  return config.stateDir
    ? path.resolve(strapi.dirs.app.root, config.stateDir)
    : path.join(strapi.dirs.static.public, '.similar');
}
