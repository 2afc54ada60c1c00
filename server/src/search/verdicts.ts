import { setImmediate as breathe } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import type { Verdict } from '../../../plugin/contracts/rules';
import type { FileId, Verdicts } from '../../../plugin/ports';
import { chunks } from '../../../plugin/store/chunks';
import { createKnexVerdicts } from '../../../plugin/store/verdicts';
import { FILE } from '../access/content-api';

/** Verdicts that are looked at before others have their turn. */
const BREATH = 10_000;

/** What somebody said of two pictures; undefined: nothing. */
export type VerdictOn = (a: FileId, b: FileId) => Verdict['kind'] | undefined;

/** Verdicts name pictures by documentId, and duplicates are known by the numbers of files. */
export function createVerdictLookup({ strapi }: { strapi: Core.Strapi }) {
  const stored: Verdicts = createKnexVerdicts(strapi.db.connection);

  async function numbers(documentIds: Iterable<string>): Promise<Map<string, FileId>> {
    const found = new Map<string, FileId>();
    for (const some of chunks([...new Set(documentIds)])) {
      const query = { select: ['id', 'documentId'], where: { documentId: { $in: some } } };
      const rows: Array<{ id: FileId; documentId: string }> = await strapi.db.query(FILE).findMany(query);
      for (const { id, documentId } of rows) found.set(documentId, id);
    }
    return found;
  }

  return {
    /** Another one after each verdict. */
    state: () => stored.state(),

    async all(): Promise<VerdictOn> {
      const { pairs } = await stored.all();
      const ids = await numbers(pairs.flatMap(({ a, b }) => [a, b]));
      const kinds = new Map<FileId, Map<FileId, Verdict['kind']>>();
      let seen = 0;
      for (const pair of pairs) {
        if (++seen % BREATH === 0) await breathe();
        const [a, b] = [ids.get(pair.a), ids.get(pair.b)];
        if (a === undefined || b === undefined) continue;
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const others = kinds.get(first) ?? new Map<FileId, Verdict['kind']>();
        kinds.set(first, others.set(second, pair.kind));
      }
      return (a, b) => kinds.get(Math.min(a, b))?.get(Math.max(a, b));
    },
  };
}

export type VerdictLookup = ReturnType<typeof createVerdictLookup>;
