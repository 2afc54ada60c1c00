import { setImmediate as breathe } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import type { FileId } from '../../../plugin/ports';
import type { Photo } from '../../../plugin/same-photo/photo';
import { SeenPhotos } from '../../../plugin/same-photo/seen-photos';
import type { Known } from '../../../plugin/search/known';
import type { Neighbour } from '../../../plugin/search/neighbours';
import type { SpaceSearch } from '../../../plugin/search/space-search';
import { chunks } from '../../../plugin/store/chunks';
import { dot, normalise } from '../../../plugin/vectors/cosine';
import { allOf } from '../util/all-of';
import { documents } from '../util/documents';
import type { Candidate, Candidates, Scope } from './candidates';
import { type OwnValue, type OwnValues, sameAs } from './own-values';
import type { QueryItem } from './query-item';
import type { ResultRules } from './result-rules';

/** A result, as far as it matters here. */
interface Item {
  documentId: string;
  match?: Neighbour;
}

/** Accepts results one after the other: of those that count as one, the first. */
export interface Distinct {
  /** In their order, without those that count as one with an earlier one. */
  accept<Found extends Item>(items: readonly Found[]): Promise<Found[]>;
  /** Whatever was looked at need not be found again. */
  isNew(candidate: Candidate): boolean;
  /** What others may still pass. */
  filters(): object | undefined;
  /** Other entries of the group of an accepted one that the filters let through. */
  countOthers(documentId: string): Promise<number | undefined>;
}

export interface DistinctDeps {
  strapi: Core.Strapi;
  ownValues: OwnValues;
  candidates: Pick<Candidates, 'count'>;
}

/** Comparing pictures takes the event loop this many at a time. */
const COMPARED_AT_ONCE = 50_000;

export function createDistinct({ strapi, ownValues, candidates }: DistinctDeps) {
  /** @param identical cosine from which two pictures are the same, where nothing but their vectors is known. */
  return function distinct(
    scope: Scope,
    rules: ResultRules,
    search: SpaceSearch,
    queryItem: QueryItem | undefined,
    identical: number,
  ): Distinct {
    const { uid, type } = scope.target;
    const { groupBy } = rules;
    const seen = new Set<string>();
    const groups = new Map<string, OwnValue>();
    const taken = new Map<string, OwnValue>();
    const pictures: Float32Array[] = [];
    const place = { ...(type && { status: scope.access.status, ...(scope.locale && { locale: scope.locale }) }) };

    if (rules.ownGroup) taken.set(keyOf(rules.ownGroup), firstOf(rules.ownGroup));

    async function readGroups(documentIds: string[]): Promise<void> {
      if (!groupBy) return;
      for (const ids of chunks(documentIds)) {
        const rows = await documents(strapi, uid).findMany({
          filters: { documentId: { $in: ids } },
          ...place,
          ...ownValues.reading(uid, [groupBy]),
        });
        for (const row of rows) {
          const value = ownValues.valueAt(uid, row, groupBy);
          if (value) groups.set(row.documentId, firstOf(value));
        }
      }
    }

    const photos = new SeenPhotos();
    let compared = 0;

    /** Whether a picture is the same as that of an earlier result; if it is not, it is one from now on. */
    async function isCopy(vector: Float32Array | undefined, photo: Photo | undefined): Promise<boolean> {
      if (photo) {
        await breathe();
        return photos.seen(photo);
      }
      const unit = vector && normalise(vector);
      if (!unit) return false;
      compared += pictures.length;
      if (compared > COMPARED_AT_ONCE) {
        compared = 0;
        await breathe();
      }
      if (pictures.some((other) => dot(other, unit) >= identical)) return true;
      pictures.push(unit);
      return false;
    }

    return {
      async accept(items) {
        const fresh = items.filter(({ documentId }) => !seen.has(documentId));
        await readGroups(fresh.map(({ documentId }) => documentId));
        const matched = fresh.flatMap(({ match }): FileId[] => (match ? [match.fileId] : []));
        const known = rules.collapse ? await search.known(matched) : new Map<FileId, Known>();
        const unknown = rules.collapse ? matched.filter((id) => !known.get(id)?.photo) : [];
        const vectors = await search.vectors(unknown);
        const accepted: typeof fresh = [];
        for (const item of fresh) {
          seen.add(item.documentId);
          const group = groups.get(item.documentId);
          if (group && taken.has(keyOf(group))) continue;
          const id = item.match?.fileId;
          if (id !== undefined && (await isCopy(vectors.get(id), known.get(id)?.photo))) continue;
          if (group) taken.set(keyOf(group), group);
          accepted.push(item);
        }
        return accepted;
      },

      isNew: ({ documentId }) => !seen.has(documentId),

      filters: () => (groupBy && taken.size > 0 ? noneOf(groupBy, [...taken.values()]) : undefined),

      async countOthers(documentId) {
        const group = groups.get(documentId);
        if (!groupBy || !group) return undefined;
        const shown = [documentId, ...(queryItem?.documentId ? [queryItem.documentId] : [])];
        return candidates.count(scope, allOf(sameAs(groupBy, group), { documentId: { $notIn: shown } }));
      },
    };
  };
}

export type CreateDistinct = ReturnType<typeof createDistinct>;

/** Of several related ones the first: a result is in one group. */
const firstOf = (value: OwnValue): OwnValue =>
  value.is === 'related' ? { is: 'related', documentIds: value.documentIds.slice(0, 1) } : value;

const keyOf = (value: OwnValue): string =>
  value.is === 'related' ? `related ${value.documentIds[0]}` : `value ${JSON.stringify(value.value)}`;

/** What entries pass that are in none of these groups, or in no group at all. */
function noneOf(name: string, groups: OwnValue[]): object {
  const values = groups.flatMap((group) => (group.is === 'value' ? [group.value] : []));
  const documentIds = groups.flatMap((group) => (group.is === 'related' ? group.documentIds : []));
  if (values.length > 0) return { $or: [{ [name]: { $notIn: values } }, { [name]: { $null: true } }] };
  return { $or: [{ [name]: { documentId: { $notIn: documentIds } } }, { [name]: { id: { $null: true } } }] };
}
