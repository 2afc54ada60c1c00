import type { Core } from '@strapi/strapi';
import type { Rule } from '../../../plugin/contracts/rules';
import { SimilarError } from '../../../plugin/errors';
import type { Rules } from '../../../plugin/ports';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import { typeOf } from '../search/candidates';
import type { ContentTypes } from '../search/content-types';
import type { Queries } from '../search/query';
import type { Titles } from '../search/titles';

export interface JudgingDeps {
  strapi: Core.Strapi;
  contentTypes: ContentTypes;
  queries: Queries;
  titles: Titles;
  rules: Pick<Rules, 'set' | 'remove'>;
}

/** Decisions of editors: about what there is, and by those who may read both ends of it. */
export function createJudging({ strapi, contentTypes, queries, titles, rules }: JudgingDeps) {
  /** Where an end may lie: what is shown is of the rule's type, beside it may be shown anything with pictures. */
  const everywhere = () => [FILE, ...contentTypes.all().keys()];

  async function isReadable(uids: string[], documentId: string, access: AdminAccess): Promise<boolean> {
    for (const uid of uids) if ((await titles.of(uid, [documentId], access)).size > 0) return true;
    return false;
  }

  async function exists(uids: string[], documentId: string): Promise<boolean> {
    for (const uid of uids) if ((await strapi.db.query(uid).count({ where: { documentId } })) > 0) return true;
    return false;
  }

  /** @throws SimilarError `INVALID_PARAMETER` or `FORBIDDEN` */
  async function read(rule: Rule, access: AdminAccess) {
    const target = queries.target(rule.type);
    if (!(await access.can(target.uid))) throw forbidden(access, target.uid);
    const ends: Array<[name: string, uids: string[], documentId: string]> = [['target', [target.uid], rule.target]];
    if (rule.source !== undefined) {
      const isVerdict = rule.kind === 'same' || rule.kind === 'different';
      ends.push(['source', isVerdict ? [FILE] : everywhere(), rule.source]);
    }
    return { ends, rule: { ...rule, type: typeOf(target) } };
  }

  const unknown = (name: string, documentId: string) =>
    new SimilarError('NOT_FOUND', `There is no ${name} with the id ${documentId} that you may read`, { name });

  return {
    /** @throws SimilarError `INVALID_PARAMETER`, `FORBIDDEN` or `NOT_FOUND` */
    async set(wanted: Rule, author: string | undefined, access: AdminAccess): Promise<Rule> {
      const { ends, rule } = await read(wanted, access);
      for (const [name, uids, documentId] of ends) {
        if (!(await isReadable(uids, documentId, access))) throw unknown(name, documentId);
      }
      await rules.set(rule, author);
      return rule;
    },

    /** Also of what is gone by now. @throws as `set` */
    async remove(wanted: Rule, access: AdminAccess): Promise<boolean> {
      const { ends, rule } = await read(wanted, access);
      for (const [name, uids, documentId] of ends) {
        const isOthers = !(await isReadable(uids, documentId, access)) && (await exists(uids, documentId));
        if (isOthers) throw unknown(name, documentId);
      }
      return rules.remove(rule);
    },
  };
}

export type Judging = ReturnType<typeof createJudging>;
