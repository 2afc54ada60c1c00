import type { Core } from '@strapi/strapi';
import {
  type SettingKey,
  type Settings,
  type SettingsChange,
  type SettingsResponse,
  settingsSchema,
} from '../../../plugin/contracts/settings';
import { SimilarError } from '../../../plugin/errors';
import type { Records } from '../../../plugin/ports';
import type { RecordsWriter } from '../../../plugin/store/rule-rows';
import { applySettings, operatorsConfig, readMerged, tryConfig } from '../config';
import type { EntryPicturesLookup } from '../search/entry-pictures';
import { logOf } from '../util/log';
import { isFixed } from '../util/merge-settings';
import { settableTypes, showPreset, showSettings } from '../util/show-settings';

const RECORD = 'settings';

/** How soon a change that another node has made holds here. */
const POLL_MS = 3_000;

export interface StoredSettings {
  /** 0: nothing was ever set. */
  revision: number;
  settings: Settings;
}

/** Has settings written where it writes something else. */
type Along = (writeSettings: RecordsWriter) => Promise<void>;

export interface SettingsServiceDeps {
  strapi: Core.Strapi;
  records: () => Promise<Records>;
  entryPictures: Pick<EntryPicturesLookup, 'forget'>;
}

/** What is set in the admin: one record in the database, which every node looks at again and again. */
export function createSettings({ strapi, records, entryPictures }: SettingsServiceDeps) {
  const log = logOf(strapi);
  let current: StoredSettings = { revision: 0, settings: {} };
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  /** Why they could not be read the last time. */
  let problem: string | undefined;

  function hold(stored: StoredSettings): void {
    current = stored;
    const before = readMerged(strapi).ignored;
    const { ignored } = applySettings(strapi, stored.settings);
    for (const [key, { message }] of Object.entries(ignored)) {
      if (before[key as SettingKey]?.message === message) continue;
      log.warn(`The setting ${key} does not fit any more and is ignored: ${message}`);
    }
    entryPictures.forget();
  }

  async function stored(): Promise<StoredSettings> {
    const record = await (await records()).read<unknown>(RECORD);
    if (!record) return { revision: 0, settings: {} };
    return { revision: record.revision, settings: readable(record.value) };
  }

  /** One after the other: what was read before a change must not take its place. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  }

  const refresh = () =>
    inTurn(async () => {
      const found = await stored();
      if (found.revision !== current.revision) hold(found);
    });

  /** @returns the settings with the changes. @throws SimilarError `SETTING_FIXED` or `INVALID_PARAMETER` */
  function checked(settings: Settings, changes: SettingsChange): Settings {
    const fixed = Object.keys(changes).find((key) => isFixed(operatorsConfig(strapi), key));
    if (fixed) throw new SimilarError('SETTING_FIXED', `${fixed} is set by the configuration file`, { name: fixed });
    const next = changed(settings, changes);
    const known = tryConfig(strapi, settings).ignored;
    const wrong = Object.entries(tryConfig(strapi, next).ignored).find(([key]) => key in changes || !(key in known));
    if (wrong) throw new SimilarError('INVALID_PARAMETER', wrong[1].message, wrong[1].details);
    return next;
  }

  const alone: Along = async (writeSettings) => writeSettings((await records()).write);

  async function change(changes: SettingsChange, revision: number, along: Along): Promise<void> {
    const { settings, ...before } = await stored();
    if (before.revision !== revision) throw changedMeanwhile();
    const next = checked(settings, changes);
    await along(async (write) => {
      if (!(await write(RECORD, next, revision))) throw changedMeanwhile();
    });
    hold({ revision: revision + 1, settings: next });
  }

  /** Also when the database does not answer: then what held before holds on. */
  const refreshQuietly = () =>
    refresh().then(
      () => {
        problem = undefined;
      },
      ({ message }: Error) => {
        // Once: it may last for hours, and is tried every few seconds.
        if (message !== problem) log.warn(`The settings could not be read: ${message}`);
        problem = message;
      },
    );

  return {
    /** Resolves when the settings hold. */
    open: refreshQuietly,

    /** From here on those of other nodes hold within seconds. */
    follow(): void {
      timer = setInterval(refreshQuietly, POLL_MS).unref();
    },

    close(): void {
      clearInterval(timer);
    },

    async show(): Promise<SettingsResponse> {
      await refresh();
      const { revision } = current;
      const merged = readMerged(strapi);
      const preset = showPreset(merged, operatorsConfig(strapi));
      return { revision, settings: showSettings(merged), ...(preset && { preset }), types: settableTypes(strapi) };
    },

    /** As they are in the database, with their secrets: not for people. */
    stored,

    /** Whether `change` would do it; changes nothing. @throws SimilarError as `change` */
    check: async (changes: SettingsChange): Promise<void> => void checked((await stored()).settings, changes),

    /** Whether the configuration file sets the key. */
    isFixed: (key: string): boolean => isFixed(operatorsConfig(strapi), key),

    /**
     * Stores changes, which hold here at once.
     * @param revision of the settings that the changes were made to.
     * @param along writes them together with something else: both or neither.
     * @throws SimilarError `SETTINGS_CHANGED`, `SETTING_FIXED`, or `INVALID_PARAMETER` naming the key.
     */
    change(changes: SettingsChange, revision: number, along: Along = alone): Promise<void> {
      return inTurn(() => change(changes, revision, along));
    },
  };
}

export type SettingsService = ReturnType<typeof createSettings>;

const changedMeanwhile = () => new SimilarError('SETTINGS_CHANGED', 'Somebody else has changed the settings meanwhile');

/** Changed keys come last: where two keys do not fit together, the changed one is at fault. */
function changed(settings: Settings, changes: SettingsChange): Settings {
  const kept = Object.entries(settings).filter(([key]) => !(key in changes));
  const set = Object.entries(changes).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries([...kept, ...set]) as Settings;
}

/** What this version of the plugin understands of a record, which a newer one may have written. */
function readable(value: unknown): Settings {
  const entries = Object.entries((value ?? {}) as object).filter(([key, part]) => {
    const schema = settingsSchema.shape[key as SettingKey];
    return schema?.safeParse(part).success;
  });
  return Object.fromEntries(entries) as Settings;
}
