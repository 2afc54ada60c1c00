import type { Core } from '@strapi/strapi';
import type { SimilarConfig } from '../../../plugin/contracts/config';
import { spanAround } from '../../../plugin/contracts/span';
import { expected, SimilarError } from '../../../plugin/errors';
import type { Access } from '../access/content-api';
import { readConfig } from '../config';
import { allOf } from '../util/all-of';
import { isComparable, isNumber } from '../util/configurable-types';
import { type Attribute, modelOf } from '../util/models';
import type { SimilarParams } from '../validation/similar-query';
import type { Scope } from './candidates';
import { negated } from './negated';
import { type OwnValue, type OwnValues, sameAs } from './own-values';
import type { QueryItem } from './query-item';

/** Which results belong together in one response. */
export interface ResultRules {
  /** What results have to pass, beside the filters of the request. */
  filters?: object;
  /** Attribute or relation of which each value is shown once. */
  groupBy?: string;
  /** The queried entry's own value of it, which is not shown. */
  ownGroup?: OwnValue;
  /** Whether entries whose matched pictures are the same count once. */
  collapse: boolean;
}

type Configured = SimilarConfig['results'][string];

const NONE: Configured = { same: [], within: {}, ownGroup: false, collapse: false };

export interface ResultRulesDeps {
  strapi: Core.Strapi;
  ownValues: OwnValues;
}

/** Reads `results` of the configuration, and what the request says instead. */
export function createResultRules({ strapi, ownValues }: ResultRulesDeps) {
  /** Nothing can be learnt about an attribute that the caller may not filter by. @throws SimilarError `INVALID_PARAMETER` */
  async function check(
    parameter: string,
    names: readonly string[],
    uid: string,
    access: Access,
    [fits, wish]: [(attribute: Attribute) => boolean, string],
  ): Promise<void> {
    const { attributes } = modelOf(strapi, uid);
    for (const name of names) {
      const isFit = Object.hasOwn(attributes, name) && fits(attributes[name]);
      if (!isFit || !(await mayFilter(uid, name, access))) {
        throw expected(`${wish} of ${uid} that you may read`, parameter, name);
      }
    }
  }

  async function mayFilter(uid: string, name: string, access: Access): Promise<boolean> {
    try {
      await access.filters(uid, { [name]: { $notNull: true } });
      return true;
    } catch (error) {
      if (error instanceof SimilarError && error.code === 'INVALID_PARAMETER') return false;
      throw error;
    }
  }

  return {
    /** @throws SimilarError `INVALID_PARAMETER` when the request names an attribute that is not there or not for the caller. */
    async of(scope: Scope, queryItem: QueryItem | undefined, params: SimilarParams): Promise<ResultRules> {
      const { access, target } = scope;
      const { uid } = target;
      const configured = readConfig(strapi).results[uid] ?? NONE;
      const own = queryItem?.uid === uid && queryItem.documentId ? queryItem : undefined;
      for (const name of ['same', 'within'] as const) {
        if (Object.keys(params[name] ?? {}).length > 0 && !own) {
          throw new SimilarError(
            'INVALID_PARAMETER',
            `${name} compares results with the queried item, which has to be of the type that is searched`,
            { name },
          );
        }
      }
      await check('same', params.same ?? [], uid, access, COMPARABLE);
      await check('within', Object.keys(params.within ?? {}), uid, access, NUMBER);
      await check('groupBy', params.groupBy ? [params.groupBy] : [], uid, access, COMPARABLE);

      const same = params.same ?? configured.same;
      const within = params.within ?? configured.within;
      const groupBy = (params.groupBy ?? configured.groupBy) || undefined;
      const leftOut = groupBy && !(params.ownGroup ?? configured.ownGroup) ? [groupBy] : [];
      const values = own
        ? await ownValues.ofQueryItem(own, [...new Set([...same, ...Object.keys(within), ...leftOut])], scope)
        : new Map<string, OwnValue>();
      const filters: object[] = [];
      for (const name of same) {
        const value = values.get(name);
        if (value) filters.push(sameAs(name, value));
      }
      for (const [name, span] of Object.entries(within)) {
        const value = values.get(name);
        if (value?.is !== 'value') continue;
        const [least, most] = spanAround(Number(value.value), span);
        filters.push({ [name]: { $gte: least, $lte: most } });
      }
      if (configured.exclude) filters.push(negated(configured.exclude));
      const [ownGroup] = leftOut.map((name) => values.get(name));
      return {
        ...(filters.length > 0 && { filters: allOf(...filters) }),
        ...(groupBy && { groupBy }),
        ...(ownGroup && { ownGroup }),
        collapse: params.collapse ?? configured.collapse,
      };
    },
  };
}

export type ResultRulesLookup = ReturnType<typeof createResultRules>;

const COMPARABLE: [(attribute: Attribute) => boolean, string] = [isComparable, 'an attribute or relation'];
const NUMBER: [(attribute: Attribute) => boolean, string] = [isNumber, 'a number'];
