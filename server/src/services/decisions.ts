import type { Core } from '@strapi/strapi';
import type { DecidedItem, Decision, DecisionsResponse } from '../../../plugin/contracts/decisions';
import type { Rule } from '../../../plugin/contracts/rules';
import { SimilarError } from '../../../plugin/errors';
import type { Decisions, DecisionsQuery, StoredDecision } from '../../../plugin/ports';
import { chunks } from '../../../plugin/store/chunks';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { ContentTypes } from '../search/content-types';
import type { Titles } from '../search/titles';
import type { Judging } from './judging';

export interface DecisionsDeps {
  strapi: Core.Strapi;
  contentTypes: ContentTypes;
  titles: Titles;
  stored: Decisions;
  judging: Pick<Judging, 'remove'>;
}

/** What is known of a documentId: what it names, that it is gone, or that it is not for this administrator. */
type Known = DecidedItem | 'unreadable';

const uidOf = (type: string) => (type === 'file' ? FILE : type);
const isVerdict = ({ kind }: StoredDecision) => kind === 'same' || kind === 'different';

/** All that was decided, for those who may read both ends of it; others learn how much there is that they may not read. */
export function createDecisions({ strapi, contentTypes, titles, stored, judging }: DecisionsDeps) {
  const everywhere = () => [FILE, ...contentTypes.all().keys()];

  async function existing(uid: string, documentIds: string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (const chunk of chunks(documentIds)) {
      const query = { select: ['documentId'], where: { documentId: { $in: chunk } } };
      for (const { documentId } of await strapi.db.query(uid).findMany(query)) found.add(documentId);
    }
    return found;
  }

  /** Of documentIds of one type: those that are gone are missing. */
  async function knownOf(uid: string, documentIds: string[], access: AdminAccess): Promise<Map<string, Known>> {
    const found = new Map<string, Known>(await titles.named(uid, documentIds, access));
    const rest = documentIds.filter((documentId) => !found.has(documentId));
    for (const documentId of await existing(uid, rest)) found.set(documentId, 'unreadable');
    return found;
  }

  /** Both ends of each: the item is of the decision's type, and it may lie beside anything with pictures. */
  async function lookUp(decisions: StoredDecision[], access: AdminAccess) {
    const sources = decisions.flatMap(({ source }) => source ?? []);
    const byType = new Map<string, Map<string, Known>>();
    for (const uid of everywhere()) {
      const targets = decisions.filter(({ type }) => uidOf(type) === uid).map(({ target }) => target);
      const ids = [...new Set([...targets, ...sources])];
      byType.set(uid, ids.length > 0 ? await knownOf(uid, ids, access) : new Map());
    }
    return {
      target({ type, target }: StoredDecision): Known {
        const known = byType.get(uidOf(type));
        return known ? (known.get(target) ?? { type, documentId: target }) : 'unreadable';
      },
      source({ type, source }: StoredDecision): Known | undefined {
        if (source === undefined) return undefined;
        const found = [...byType.values()].flatMap((known) => known.get(source) ?? []);
        return found.find((known) => known !== 'unreadable') ?? found[0] ?? { type, documentId: source };
      },
    };
  }

  async function show(decisions: StoredDecision[], access: AdminAccess): Promise<Decision[]> {
    const known = await lookUp(decisions, access);
    const uids = [...new Set(decisions.map(({ type }) => uidOf(type)))];
    const may = new Map(await Promise.all(uids.map(async (uid) => [uid, await access.can(uid)] as const)));
    return decisions.flatMap((decision) => {
      const { id, kind, type, place, others, author, createdAt } = decision;
      const [item, on] = [known.target(decision), known.source(decision)];
      if (!may.get(uidOf(type)) || item === 'unreadable' || on === 'unreadable') return [];
      return [{ id, kind, item, on, place, others, author, createdAt }];
    });
  }

  function ruleOf({ kind, type, target, source, place = 1 }: StoredDecision): Rule {
    return kind === 'pin'
      ? { kind, type, target, source: source as string, place }
      : { kind: 'hide', type, target, ...(source && { source }) };
  }

  return {
    async page(query: DecisionsQuery, access: AdminAccess): Promise<DecisionsResponse> {
      const [{ decisions, total }, authors] = await Promise.all([stored.page(query), stored.authors()]);
      const shown = await show(decisions, access);
      return { decisions: shown, unreadable: decisions.length - shown.length, total, authors };
    },

    /** Also of what is gone by now. @throws SimilarError `FORBIDDEN` or `NOT_FOUND` */
    async undo(id: number, access: AdminAccess): Promise<boolean> {
      const decision = await stored.get(id);
      // Somebody else was faster.
      if (!decision) return false;
      if (!isVerdict(decision)) return judging.remove(ruleOf(decision), access);
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      const pictures = await stored.pictures(id);
      const known = await knownOf(FILE, pictures, access);
      if (pictures.some((documentId) => known.get(documentId) === 'unreadable')) {
        throw new SimilarError('NOT_FOUND', `There is no decision with the id ${id} that you may see`, { id });
      }
      return stored.removeVerdict(id);
    },
  };
}

export type DecisionsService = ReturnType<typeof createDecisions>;
