import type { CarryReport, Part, ToldItem } from '../../../plugin/contracts/carry';
import type { RecordsWriter, RuleRows, StoredRow } from '../../../plugin/store/rule-rows';
import type { AdminAccess } from '../access/admin';
import type { Titles } from '../search/titles';
import type { RulesService } from '../services/rules';
import type { SettingsService } from '../services/settings';
import type { Carried, CarriedItem } from './file';
import { wantedGroups, wantedRules } from './incoming';
import { labelEntries } from './labels';
import { type Names, told } from './names';
import { carriedRules, carriedVerdicts } from './outgoing';
import { nothingYet } from './report';
import { isRule, type PlannedRows, planRules } from './rule-changes';
import { isNamed, namesSeenBy } from './seen-names';
import { planSettings, settingsToCarry } from './settings-part';
import { planVerdicts } from './verdict-changes';

export interface CarryingDeps {
  names: Names;
  titles: Pick<Titles, 'of'>;
  rows: RuleRows;
  settings: Pick<SettingsService, 'stored' | 'check' | 'isFixed' | 'change'>;
  rules: Pick<RulesService, 'changedElsewhere'>;
}

export interface CarryOptions {
  only: readonly Part[];
  /** What is here and not in the file goes, of the parts that the file has. */
  replace: boolean;
  /** Says what would be done, and does nothing. */
  dryRun: boolean;
  /** Whoever asks; what they may not see is not here for them, and stays. Absent: an operator, who sees everything. */
  access?: AdminAccess;
}

/** Decisions and settings go from one environment to another in a file: written here, read there. */
export function createCarrying({ names, titles, rows, settings, rules }: CarryingDeps) {
  const namesFor = (access: AdminAccess | undefined) => (access ? namesSeenBy(access, names, titles) : names);

  async function namesOf(
    ends: ReadonlyArray<Pick<StoredRow, 'source' | 'target'>>,
    names: Names,
    others: string[] = [],
  ) {
    const known = await names.of([...ends.flatMap(({ source, target }) => [source, target]), ...others]);
    const of = (id: string, type?: string): CarriedItem | undefined =>
      known.get(id)?.find((one) => type === undefined || one.type === type);
    const named = (id: string): ToldItem => {
      const one = of(id);
      return one ? told(one) : { documentId: id };
    };
    return { of, named };
  }

  /**
   * Both are rows of one table, and are changed in one transaction.
   * @returns what changes them, together with what `first` writes, and says what came of it.
   */
  async function importOfRows(
    file: Pick<Carried, 'rules' | 'verdicts'>,
    { replace, dryRun, access }: CarryOptions,
  ): Promise<(first?: RecordsWriter) => Promise<CarryReport>> {
    const items = [
      ...(file.rules ?? []).flatMap(({ target, source }) => (source ? [target, source] : [target])),
      ...(file.verdicts ?? []).flatMap(({ pictures }) => pictures),
    ];
    const seen = namesFor(access);
    const found = await seen.find(items);
    const ofRules = wantedRules(file.rules ?? [], found);
    const ofVerdicts = wantedGroups(file.verdicts ?? [], found);
    const before = await rows.all();
    const pictures = ofVerdicts.wanted.flatMap((group) => group.pictures);
    const { of, named } = await namesOf([...before, ...ofRules.wanted], seen, pictures);
    const now = Date.now();
    const nothing = (): PlannedRows => ({ remove: [], put: [], outcome: nothingYet() });
    const plan = (all: readonly StoredRow[]) => {
      const there = access ? all.filter(isNamed(of)) : all;
      const forRules = file.rules ? planRules(there, ofRules.wanted, { replace, now, named }) : nothing();
      const forVerdicts = file.verdicts ? planVerdicts(there, ofVerdicts.wanted, { replace, now, named }) : nothing();
      const remove = [...forRules.remove, ...forVerdicts.remove];
      return { remove, put: [...forRules.put, ...forVerdicts.put], forRules, forVerdicts, there };
    };
    return async (first) => {
      const { forRules, forVerdicts, remove, put, there } = dryRun ? plan(before) : await rows.change(plan, first);
      if (!dryRun) {
        const gone = new Set(remove);
        const changed = [...there.filter(({ id }) => gone.has(id)), ...put].filter(isRule);
        await rules.changedElsewhere(changed as never);
      }
      return {
        ...(file.rules && { rules: { ...forRules.outcome, skipped: ofRules.skipped } }),
        ...(file.verdicts && { verdicts: { ...forVerdicts.outcome, skipped: ofVerdicts.skipped } }),
      };
    };
  }

  return {
    /** @returns what the file holds, and how many decisions are about what is gone by now, or not for this administrator: they are not in it. */
    async export(only: readonly Part[], access?: AdminAccess): Promise<{ carried: Carried; gone: number }> {
      const there = await rows.all();
      const known = await namesOf(there, namesFor(access));
      const ofRules = carriedRules(there, known.of);
      const ofVerdicts = carriedVerdicts(there, known.of);
      const [withRules, withVerdicts] = [only.includes('rules'), only.includes('verdicts')];
      const carried = {
        ...(only.includes('settings') && { settings: await settingsToCarry(settings) }),
        ...(withRules && { rules: ofRules.carried }),
        ...(withVerdicts && { verdicts: ofVerdicts.carried }),
      };
      return { carried, gone: (withRules ? ofRules.gone : 0) + (withVerdicts ? ofVerdicts.gone : 0) };
    },

    /**
     * Everything is checked before anything is written, and then all of it or nothing.
     * @throws SimilarError `DECISIONS_INVALID`, or `SETTINGS_CHANGED` when somebody has saved settings at the same moment.
     */
    async import(file: Carried, options: CarryOptions): Promise<CarryReport> {
      const { only, replace, dryRun, access } = options;
      const wanted = Object.fromEntries(
        Object.entries(file).filter(([part]) => only.includes(part as Part)),
      ) as Carried;
      const planned = wanted.settings && (await planSettings(wanted.settings, replace, settings));
      const importRows = wanted.rules || wanted.verdicts ? await importOfRows(wanted, options) : undefined;
      let ofRows: CarryReport = {};
      if (planned && !dryRun && Object.keys(planned.changes).length > 0) {
        const along =
          importRows &&
          (async (writeSettings: RecordsWriter) => {
            ofRows = await importRows(writeSettings);
          });
        await settings.change(planned.changes, planned.revision, along);
      } else if (importRows) ofRows = await importRows();
      const report = { ...(planned && { settings: planned.outcome }), ...ofRows };
      return access ? labelEntries(report, titles, access) : report;
    },
  };
}

export type Carrying = ReturnType<typeof createCarrying>;
