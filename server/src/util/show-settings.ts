import type { Core } from '@strapi/strapi';
import { configSchema } from '../../../plugin/contracts/config';
import { keysOfPreset } from '../../../plugin/contracts/presets';
import type { PresetState, SettableType, SettingKey, SettingState } from '../../../plugin/contracts/settings';
import { pictureTypes, relationsOf } from './configurable-types';
import { valueAt } from './key-path';
import { isFixed, type Merged, SETTING_KEYS } from './merge-settings';
import { isPrivate, modelOf } from './models';

/** Strapi's own relations, which say nothing about an entry. */
const BOOKKEEPING = new Set(['createdBy', 'updatedBy', 'localizations']);

/** What is shown of values that hold secrets: that they are there, or under which names. They can be written, not read. */
const VEILED: Partial<Record<SettingKey, (value: unknown) => unknown>> = {
  'webhook.secret': (value) => value !== undefined,
  'webhook.headers': (value) => Object.keys(value ?? {}),
};

const same = (value: unknown) => value;

const DEFAULTS = configSchema.parse({});

export function showSettings({ config, sources, ignored }: Merged): Record<SettingKey, SettingState> {
  const entries = SETTING_KEYS.map((key) => {
    const shown = (of: unknown) => (VEILED[key] ?? same)(valueAt(of, key));
    const state = { value: shown(config), default: shown(DEFAULTS), source: sources[key] };
    return [key, { ...state, ignored: ignored[key]?.message }];
  });
  return Object.fromEntries(entries) as Record<SettingKey, SettingState>;
}

/** @param own what the configuration file says, without defaults. */
export function showPreset({ config }: Pick<Merged, 'config'>, own: unknown): PresetState | undefined {
  const { preset: name } = config;
  if (!name) return undefined;
  const values = keysOfPreset(name).map((key) => {
    const source = isFixed(own, key) ? ('config' as const) : ('preset' as const);
    return { key, value: valueAt(config, key), source };
  });
  return { name, values };
}

/** The content types that have pictures, with what settings can name of them. */
export function settableTypes(strapi: Core.Strapi): SettableType[] {
  return pictureTypes(strapi, true).map(({ uid, paths }) => {
    const model = modelOf(strapi, uid);
    const attributes = Object.entries(model.attributes)
      .filter(([name]) => !BOOKKEEPING.has(name) && !isPrivate(model, name))
      .map(([name, { type }]) => ({ name, type }));
    const { all: relations, first } = relationsOf(strapi, uid);
    return {
      uid,
      name: model.info.displayName,
      pictures: paths.map((path) => path.join('.')),
      attributes,
      relations,
      ...(first && { defaultRelation: first }),
    };
  });
}
