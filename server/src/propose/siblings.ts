import type { Core } from '@strapi/strapi';
import type { FileId } from '../../../plugin/ports';
import type { AdminAccess } from '../access/admin';
import { filesOf, type PictureType, populateOf } from '../search/content-types';
import { type OwnValue, type OwnValues, sameAs } from '../search/own-values';
import { seenEntries } from '../search/seen-entries';
import { allOf } from '../util/all-of';
import type { Row } from '../util/documents';
import { targetOf, tellingAttributes } from './telling-attributes';

/** The entry whose siblings are wanted. */
export interface Unpictured {
  type: PictureType;
  documentId?: string;
  locale?: string;
  /** As `PictureProposalsRequest`. */
  values: Record<string, string | null>;
}

/** Of the entries that have something in common, the latest; those that have the most in common are chosen from them. */
const LOOKED_AT = 60;
const MOST = 20;

interface FileRow {
  id: FileId;
  mime: string | null;
}

export interface SiblingsDeps {
  strapi: Core.Strapi;
  ownValues: OwnValues;
}

/** Entries of the same kind: of one category, for example. */
export function createSiblings({ strapi, ownValues }: SiblingsDeps) {
  async function own({ type, documentId, locale, values }: Unpictured, access: AdminAccess) {
    const { uid } = type;
    const names = tellingAttributes(strapi, uid).filter((name) => access.mayRead(uid, name));
    const target = { uid, type };
    const found = documentId
      ? await ownValues.ofQueryItem({ ...target, documentId, pictures: [] }, names, { access, locale, target })
      : new Map<string, OwnValue>();
    for (const name of names) {
      const value = values[name];
      if (value === null) found.delete(name);
      else if (value !== undefined) {
        const isRelation = targetOf(strapi, uid, name) !== undefined;
        found.set(name, isRelation ? { is: 'related', documentIds: [value] } : { is: 'value', value });
      }
    }
    return found;
  }

  const isSame = (a: OwnValue | undefined, b: OwnValue): boolean =>
    a?.is === 'related' && b.is === 'related'
      ? a.documentIds.some((id) => b.documentIds.includes(id))
      : a?.is === 'value' && b.is === 'value' && a.value === b.value;

  return {
    /** The first picture of each sibling that has one, as far as the administrator may see them: the closest first. */
    async pictures(entry: Unpictured, access: AdminAccess): Promise<FileId[]> {
      const { type, documentId, locale } = entry;
      const { uid } = type;
      const wanted = await own(entry, access);
      if (wanted.size === 0) return [];
      const names = [...wanted.keys()];
      const { fields, populate } = ownValues.reading(uid, names);
      const inCommon = { $or: [...wanted].map(([name, value]) => sameAs(name, value)) };
      const reading = {
        ...{ fields, locale, sort: 'updatedAt:desc', limit: LOOKED_AT },
        filters: allOf(inCommon, documentId ? { documentId: { $ne: documentId } } : undefined),
        populate: { ...populate, ...populateOf(type, { fields: ['mime'] }) },
      };
      const found = await seenEntries(strapi, uid, reading, access);
      const common = (row: Row) =>
        names.filter((name) => isSame(ownValues.valueAt(uid, row, name), wanted.get(name) as OwnValue)).length;
      return found
        .flatMap(({ row, shown }) => {
          const picture = filesOf<FileRow>(type, shown).find(({ mime }) => mime?.startsWith('image/'));
          return picture ? [{ id: picture.id, common: common(row) }] : [];
        })
        .sort((a, b) => b.common - a.common)
        .slice(0, MOST)
        .map(({ id }) => id);
    },
  };
}

export type Siblings = ReturnType<typeof createSiblings>;
