import type { Core } from '@strapi/strapi';
import { changing } from '../../../plugin/changing';
import type { Rule, StoredRule } from '../../../plugin/contracts/rules';
import type { Change, Rules } from '../../../plugin/ports';
import { createKnexRules } from '../../../plugin/store/rules';
import { FILE } from '../access/content-api';
import { TtlCache } from '../search/ttl-cache';

/** How long another node may answer by the rules of before. */
const TTL_MS = 5_000;
const MAX_ENTRIES = 50_000;

export interface RulesDeps {
  strapi: Core.Strapi;
  note: (changes: Change[]) => Promise<void>;
}

/** What editors decided: pins, hides and verdicts. ResolvedQuery for by every search, and seldom changed. */
export function createRules({ strapi, note }: RulesDeps) {
  const stored = createKnexRules(strapi.db.connection);
  const memory = new TtlCache<string, StoredRule[]>(TTL_MS, MAX_ENTRIES);

  /** Pins and hides change what is shown beside an entry. */
  async function noteRule({ kind, type, source, target }: Pick<Rule, 'kind' | 'type' | 'source' | 'target'>) {
    if (kind !== 'pin' && kind !== 'hide') return;
    const noted = source || target;
    if (type !== 'file') return note([{ type, target: noted }]);
    // Files are noted by their numbers. What is shown of them beside an entry is not watched.
    const file = await strapi.db.query(FILE).findOne({ select: ['id'], where: { documentId: noted } });
    if (file) await note([{ type, target: String(file.id) }]);
  }

  const rules: Rules = {
    ...stored,

    async concerning(type, source) {
      const key = `${type} ${source ?? ''}`;
      const known = memory.get(key);
      if (known) return known;
      const keep = memory.begin();
      const rules = await stored.concerning(type, source);
      keep(key, rules);
      return rules;
    },

    async set(rule, author) {
      await changing(stored.set(rule, author), () => memory.forget());
      await noteRule(rule);
    },

    async remove(rule) {
      const removed = await changing(stored.remove(rule), () => memory.forget());
      if (removed) await noteRule(rule);
      return removed;
    },
  };

  return {
    ...rules,

    /** Many at once were changed in the table: `set` and `remove` of one have this done. */
    async changedElsewhere(changes: ReadonlyArray<Parameters<typeof noteRule>[0]>): Promise<void> {
      memory.forget();
      for (const rule of changes) await noteRule(rule);
    },
  };
}

export type RulesService = ReturnType<typeof createRules>;
