import type { Core } from '@strapi/strapi';
import type { PictureRef, SimilarItem } from '../../../plugin/contracts/similar';
import { matchedPictures } from '../../../plugin/search/neighbours';
import type { Access, Selection } from '../access/content-api';
import { documents } from '../util/documents';
import { rounded } from '../util/rounded';
import { type Target, typeOf } from './candidates';
import { populateOf } from './content-types';
import type { DefaultLocale } from './default-locale';
import type { PictureRefs } from './picture-refs';
import type { Result } from './results';

export interface SerializeOptions {
  access: Access;
  locale?: string;
  selection: Selection;
}

export interface SerializerDeps {
  strapi: Core.Strapi;
  defaultLocale: DefaultLocale;
  pictureRefs: PictureRefs;
}

/** Reads what was found in one query and shows of it what the caller may see. */
export function createSerializer({ strapi, defaultLocale, pictureRefs }: SerializerDeps) {
  async function read(
    { uid, type }: Target,
    documentIds: string[],
    options: SerializeOptions,
  ): Promise<Map<string, Record<string, unknown>>> {
    const { access, selection } = options;
    const locale = options.locale ?? (await defaultLocale.of(uid));
    const found = await documents(strapi, uid).findMany({
      ...(type && { populate: populateOf(type) }),
      ...selection,
      filters: { documentId: { $in: documentIds } },
      ...(type && { status: access.status, ...(locale && { locale }) }),
    });
    // Strapi signs the media of entries automatically, but not files that are read as such.
    const rows = type ? found : await Promise.all(found.map(pictureRefs.sign));
    const shown = await access.sanitize(uid, rows);
    return new Map(rows.map(({ documentId }, at) => [documentId as string, shown[at]]));
  }

  return {
    /** Several answers of one target share the queries. */
    async pages(target: Target, pages: Result[][], options: SerializeOptions): Promise<SimilarItem[][]> {
      const all = pages.flat();
      if (all.length === 0) return pages.map(() => []);
      const pictures = new Set(all.flatMap(({ match }) => (match ? matchedPictures(match) : [])));
      const documentIds = [...new Set(all.map(({ documentId }) => documentId))];
      const [refs, rows] = await Promise.all([pictureRefs.of([...pictures]), read(target, documentIds, options)]);

      function item({
        documentId,
        source,
        match,
        similarity,
        verdict = 'similar',
        score,
        others,
      }: Result): SimilarItem[] {
        const row = rows.get(documentId);
        const result = match && refs.get(match.fileId);
        // Deleted or unpublished while we looked.
        if (!row || (match && !result)) return [];
        const query = match && match.queryFileId !== null ? (refs.get(match.queryFileId) ?? null) : null;
        return [
          {
            type: typeOf(target),
            source,
            similarity: rounded(similarity, 3),
            score: rounded(score, 4),
            ...(others !== undefined && { group: { others } }),
            ...(result && { match: { query: query as PictureRef | null, result, verdict } }),
            ...(target.type ? { entry: row } : { file: row }),
          },
        ];
      }
      return pages.map((page) => page.flatMap(item));
    },
  };
}

export type Serializer = ReturnType<typeof createSerializer>;
