import { isDeepStrictEqual } from 'node:util';
import type { Outcome } from '../../../plugin/contracts/carry';
import type { SettingKey, SettingsChange } from '../../../plugin/contracts/settings';
import { SimilarError } from '../../../plugin/errors';
import type { SettingsService } from '../services/settings';
import { STAYING } from './file';
import { nothingYet } from './report';

export interface PlannedSettings {
  changes: SettingsChange;
  /** Of the settings that they are made to. */
  revision: number;
  outcome: Outcome;
}

type Stored = Pick<SettingsService, 'stored' | 'check' | 'isFixed'>;

const toldSetting = (key: string) => ({ kind: 'setting' as const, key: key as SettingKey });

const stays = (key: string) => STAYING.some((one) => one === key);

export async function settingsToCarry({ stored }: Pick<Stored, 'stored'>): Promise<SettingsChange> {
  const { settings } = await stored();
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !stays(key))) as SettingsChange;
}

/** @throws SimilarError `DECISIONS_INVALID` for what would not be taken from an administrator either. */
export async function planSettings(
  wanted: SettingsChange,
  replace: boolean,
  service: Stored,
): Promise<PlannedSettings> {
  const { settings, revision } = await service.stored();
  const outcome = nothingYet();
  const changes: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(wanted).filter(([, value]) => value !== undefined)) {
    const before: unknown = settings[key as SettingKey];
    if (service.isFixed(key)) outcome.skipped.push({ what: toldSetting(key), why: 'fixed' });
    else if (isDeepStrictEqual(before ?? null, value)) outcome.unchanged++;
    else {
      changes[key] = value;
      (value === null ? outcome.removed : before === undefined ? outcome.added : outcome.changed).push(
        toldSetting(key),
      );
    }
  }
  for (const key of replace ? Object.keys(settings) : []) {
    if (key in wanted || stays(key) || service.isFixed(key)) continue;
    changes[key] = null;
    outcome.removed.push(toldSetting(key));
  }
  await service.check(changes).catch((error) => {
    if (!(error instanceof SimilarError) || error.code !== 'INVALID_PARAMETER') throw error;
    throw new SimilarError('DECISIONS_INVALID', `settings: ${error.message}`, error.details, { cause: error });
  });
  return { changes, revision, outcome };
}
