import { z } from 'zod';
import type { AdminPicture } from './admin';
import { configKeys } from './config';

const { api, contentTypes, fallback, ranking, relate, thresholds, uploads, webhook } = configKeys.shape;
const cosines = thresholds.unwrap().shape;
const hook = webhook.unwrap().shape;

/** The configuration's own schema of a value, without its default; null takes the key back to the default. */
const set = <Value extends z.ZodType>(key: { unwrap(): Value }) => key.unwrap().nullable().optional();

/** What can be set in the admin: keys of the configuration, as dot paths. Any other is set in the configuration file only. */
export const settingsSchema = z.strictObject({
  contentTypes: set(contentTypes),
  'thresholds.identical': set(cosines.identical),
  'thresholds.nearDuplicate': set(cosines.nearDuplicate),
  'thresholds.similar': set(cosines.similar),
  fallback: set(fallback),
  'ranking.boost': set(ranking.unwrap().shape.boost),
  relate: set(relate),
  'uploads.notices': set(uploads.unwrap().shape.notices),
  'webhook.url': set(hook.url),
  'webhook.headers': set(hook.headers),
  'webhook.secret': set(hook.secret),
  'webhook.debounceMs': set(hook.debounceMs),
  'webhook.top': set(hook.top),
  'webhook.files': set(hook.files),
  'api.cacheControl': set(api.unwrap().shape.cacheControl),
});

/** Changes: keys that are left out stay as they are. */
export type SettingsChange = z.output<typeof settingsSchema>;
export type SettingKey = keyof SettingsChange;
/** What is set in the admin, as it is stored. */
export type Settings = { [Key in SettingKey]?: NonNullable<SettingsChange[Key]> };

/** Where the value that holds comes from; the configuration file comes first. */
export type SettingSource = 'config' | 'settings' | 'default';

/** `GET /similar/settings` */
export interface SettingsResponse {
  /** Goes back with the changes that are made to these settings. */
  revision: number;
  settings: Record<SettingKey, SettingState>;
  /** What the configuration file has a preset set, and what holds. */
  preset?: PresetState;
  /** What can be chosen. */
  types: SettableType[];
}

export interface PresetState {
  name: string;
  /** `source`: the configuration file may set the key itself, and wins. */
  values: Array<{ key: string; value: unknown; source: 'preset' | 'config' }>;
}

export interface SettingState {
  /** What holds. Of secrets: whether there is one; of headers: their names. */
  value: unknown;
  /** What holds when nothing is set. */
  default: unknown;
  source: SettingSource;
  /** Why what was set in the admin does not hold. */
  ignored?: string;
}

/** A content type with pictures, whether or not it counts now. */
export interface SettableType {
  uid: string;
  /** As the content manager calls it. */
  name: string;
  /** Dot paths of its media attributes. */
  pictures: string[];
  attributes: Array<{ name: string; type: string }>;
  /** Relations that take any number of entries of the type itself: what `relate` can name. */
  relations: string[];
  /** The one of them that is filled where `relate` says nothing of the type; private ones are left alone. */
  defaultRelation?: string;
}

/** `PUT /similar/settings` */
export interface SettingsRequest {
  revision: number;
  changes: SettingsChange;
}

/** `GET /similar/settings/preview?threshold=0.9`: pairs of the library on both sides of a threshold, the nearest to it first. */
export interface PreviewResponse {
  above: PreviewPair[];
  below: PreviewPair[];
  /** Pictures that were compared with all others, of all that have a vector: the rest follows automatically. */
  compared: { done: number; total: number };
}

export interface PreviewPair {
  similarity: number;
  pictures: [AdminPicture, AdminPicture];
}
