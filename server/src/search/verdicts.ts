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

/** What is the same as the same thing: verdicts on groups name each picture once. */
class Families {
  readonly #parents = new Map<FileId, FileId>();

  join(a: FileId, b: FileId): void {
    const [one, other] = [this.#root(a), this.#root(b)];
    this.#parents.set(Math.max(one, other), Math.min(one, other));
  }

  together(a: FileId, b: FileId): boolean {
    return this.#parents.has(a) && this.#parents.has(b) && this.#root(a) === this.#root(b);
  }

  #root(id: FileId): FileId {
    let at = id;
    for (;;) {
      const parent = this.#parents.get(at) ?? at;
      const above = this.#parents.get(parent) ?? parent;
      // Half the way for the next one.
      this.#parents.set(at, above);
      if (above === at) return at;
      at = above;
    }
  }
}

/** Verdicts name pictures by documentId, and duplicates are known by the numbers of files. */
export function createVerdictLookup({ strapi }: { strapi: Core.Strapi }) {
  const stored: Verdicts = createKnexVerdicts(strapi.db.connection);

  async function numbers(documentIds: Iterable<string>): Promise<Map<string, FileId>> {
    const found = new Map<string, FileId>();
    for (const chunk of chunks([...new Set(documentIds)])) {
      const query = { select: ['id', 'documentId'], where: { documentId: { $in: chunk } } };
      const rows: Array<{ id: FileId; documentId: string }> = await strapi.db.query(FILE).findMany(query);
      for (const { id, documentId } of rows) found.set(documentId, id);
    }
    return found;
  }

  return {
    judge: stored.judge,
    undo: stored.undo,

    /** Another one after each verdict. */
    state: () => stored.state(),

    async all(): Promise<VerdictOn> {
      const { pairs, sets } = await stored.all();
      const ids = await numbers([...pairs.flatMap(({ a, b }) => [a, b]), ...sets.flat()]);
      const kinds = new Map<FileId, Map<FileId, Verdict['kind']>>();
      const same = new Families();
      const setsOf = new Map<FileId, number[]>();
      let seen = 0;
      for (const pair of pairs) {
        if (++seen % BREATH === 0) await breathe();
        const [a, b] = [ids.get(pair.a), ids.get(pair.b)];
        if (a === undefined || b === undefined) continue;
        const [first, second] = [Math.min(a, b), Math.max(a, b)];
        const others = kinds.get(first) ?? new Map<FileId, Verdict['kind']>();
        kinds.set(first, others.set(second, pair.kind));
        if (pair.kind === 'same') same.join(first, second);
      }
      for (const [set, pictures] of sets.entries()) {
        for (const documentId of pictures) {
          if (++seen % BREATH === 0) await breathe();
          const id = ids.get(documentId);
          if (id !== undefined) setsOf.set(id, [...(setsOf.get(id) ?? []), set]);
        }
      }
      const areApart = (a: FileId, b: FileId) => setsOf.get(a)?.some((set) => setsOf.get(b)?.includes(set)) ?? false;
      // What was said of just these two comes first, then what was said of a group, then what follows from others.
      return (a, b) => {
        const said = kinds.get(Math.min(a, b))?.get(Math.max(a, b));
        if (said) return said;
        if (areApart(a, b)) return 'different';
        return same.together(a, b) ? 'same' : undefined;
      };
    },
  };
}

export type VerdictLookup = ReturnType<typeof createVerdictLookup>;
