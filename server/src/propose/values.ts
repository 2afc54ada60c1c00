import type { Core } from '@strapi/strapi';
import type { LikenessLevels } from '../../../plugin/contracts/admin';
import type {
  ProposedValue,
  RelatedEntry,
  ValueProposalsRequest,
  ValueProposalsResponse,
} from '../../../plugin/contracts/proposals';
import type { AdminAccess } from '../access/admin';
import type { PictureType } from '../search/content-types';
import type { OwnValues } from '../search/own-values';
import { seenEntries } from '../search/seen-entries';
import type { FindSimilar } from '../services/similar';
import { documents } from '../util/documents';
import { isLocalized } from '../util/locales';
import { hasDrafts, labelOf, mainFieldOf } from '../util/models';
import { paramsOf } from '../validation/admin';
import type { PictureTypeNamed } from './picture-type-named';
import { targetOf, tellingAttributes } from './telling-attributes';
import { agreement } from './votes';

/** Look-alikes that are asked. */
const VOTERS = 12;

export interface ProposeValuesDeps {
  strapi: Core.Strapi;
  find: Pick<FindSimilar, 'itemsForPictures'>;
  levels: () => LikenessLevels;
  typeNamed: PictureTypeNamed;
  ownValues: OwnValues;
}

/** What most look-alikes of an entry have in attributes in which it has nothing, such as their category. */
export function createProposeValues({ strapi, find, levels, typeNamed, ownValues }: ProposeValuesDeps) {
  /** That nobody has filled, and this administrator may. */
  async function emptyOnes(type: PictureType, request: ValueProposalsRequest, access: AdminAccess): Promise<string[]> {
    const { uid } = type;
    const { documentId, locale, filled = [] } = request;
    const names = tellingAttributes(strapi, uid).filter(
      (name) => !filled.includes(name) && access.mayRead(uid, name) && access.mayWrite(uid, name),
    );
    if (!documentId || names.length === 0) return names;
    const target = { uid, type };
    const item = { ...target, documentId, pictures: [] };
    const stored = await ownValues.ofQueryItem(item, names, { access, locale, target });
    return names.filter((name) => !stored.has(name));
  }

  /** Entries of the type with what they have there, as far as the administrator may see it; the likest first. */
  async function lookAlikes(
    { uid }: PictureType,
    names: string[],
    request: ValueProposalsRequest,
    access: AdminAccess,
  ): Promise<Array<{ similarity: number; row: Record<string, unknown> }>> {
    const { pictures, documentId, locale } = request;
    const params = paramsOf({ type: uid, locale, least: levels().alike, limit: VOTERS });
    const { items } = await find.itemsForPictures(pictures, documentId, params, access);
    const similarities = new Map(
      items.flatMap(({ documentId, source, similarity }) =>
        source === 'visual' && similarity !== null ? [[documentId, similarity] as const] : [],
      ),
    );
    const own = { filters: { documentId: { $in: [...similarities.keys()] } }, locale };
    const found = await seenEntries(strapi, uid, { ...own, ...ownValues.reading(uid, names) }, access);
    return found.map(({ row: { documentId }, shown }) => ({
      similarity: similarities.get(documentId) as number,
      row: shown,
    }));
  }

  /** Undefined where it is gone or may not be read. */
  async function entryOf(
    uid: string,
    documentId: string,
    locale: string | undefined,
    access: AdminAccess,
  ): Promise<RelatedEntry | undefined> {
    if (!(await access.can(uid))) return undefined;
    const mainField = await mainFieldOf(strapi, uid);
    const place = isLocalized(strapi, uid) && locale ? { locale } : {};
    const fields = [...new Set(['documentId', 'locale', mainField])];
    const [entry] = await seenEntries(strapi, uid, { filters: { documentId }, ...place, fields, limit: 1 }, access);
    if (!entry) return undefined;
    const { row, shown } = entry;
    const live = { filters: { documentId }, ...place, status: 'published', fields: ['documentId'] };
    return {
      id: row.id,
      documentId,
      ...(typeof row.locale === 'string' && { locale: row.locale }),
      label: labelOf({ ...shown, documentId }, mainField),
      ...(hasDrafts(strapi, uid) && { published: (await documents(strapi, uid).findFirst(live)) !== null }),
    };
  }

  return {
    /** @throws SimilarError `FORBIDDEN`, `INVALID_PARAMETER` or `INDEX_UNAVAILABLE` */
    async values(request: ValueProposalsRequest, access: AdminAccess): Promise<ValueProposalsResponse> {
      const type = await typeNamed(request.type, access);
      const { uid } = type;
      const names = await emptyOnes(type, request, access);
      if (names.length === 0 || request.pictures.length === 0) return { values: [] };
      const voters = await lookAlikes(type, names, request, access);
      const values: ProposedValue[] = [];
      for (const attribute of names) {
        const ballots = voters.flatMap(({ similarity, row }) => {
          const own = ownValues.valueAt(uid, row, attribute);
          if (!own) return [];
          return [{ choice: own.is === 'value' ? String(own.value) : own.documentIds[0], weight: similarity }];
        });
        const agreed = agreement(ballots);
        if (!agreed) continue;
        const { choice, ...counted } = agreed;
        const target = targetOf(strapi, uid, attribute);
        if (target === undefined) values.push({ attribute, ...counted, value: choice });
        else {
          const entry = await entryOf(target, choice, request.locale, access);
          if (entry) values.push({ attribute, ...counted, entry });
        }
      }
      return { values };
    },
  };
}
