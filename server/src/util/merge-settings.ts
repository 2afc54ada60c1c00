import type { SimilarConfig } from '../../../plugin/contracts/config';
import { type SettingKey, type SettingSource, type Settings, settingsSchema } from '../../../plugin/contracts/settings';
import { SimilarError } from '../../../plugin/errors';
import { valueAt, withValue } from './key-path';

export const SETTING_KEYS = Object.keys(settingsSchema.shape) as SettingKey[];

export interface Merged {
  config: SimilarConfig;
  sources: Record<SettingKey, SettingSource>;
  /** Settings that do not hold, and why not: what they name is gone, or the configuration file says something else about it. */
  ignored: Partial<Record<SettingKey, SimilarError>>;
}

/** Whether the configuration file sets a key, or something above it. */
export function isFixed(input: unknown, key: string): boolean {
  return valueAt(input, key) !== undefined;
}

/**
 * The configuration that holds: the operator's values, then those set in the admin, then the defaults.
 * @param input what the configuration file says, without defaults.
 * @param parse checks and completes. @throws SimilarError `INVALID_CONFIG`
 * @throws SimilarError as `parse`, for the operator's own values. A setting that does not fit is ignored instead.
 */
export function mergeSettings(input: unknown, settings: Settings, parse: (input: unknown) => SimilarConfig): Merged {
  const sources = Object.fromEntries(
    SETTING_KEYS.map((key) => [key, isFixed(input, key) ? 'config' : 'default']),
  ) as Merged['sources'];
  const ignored: Merged['ignored'] = {};
  let merged = input;
  let config = parse(input);
  for (const [key, value] of Object.entries(settings) as Array<[SettingKey, unknown]>) {
    if (sources[key] === 'config') continue;
    const next = withValue(merged, key, value);
    try {
      config = parse(next);
      merged = next;
      sources[key] = 'settings';
    } catch (error) {
      if (!(error instanceof SimilarError)) throw error;
      ignored[key] = error;
    }
  }
  return { config, sources, ignored };
}
