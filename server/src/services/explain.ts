import { SimilarError } from '../../../plugin/errors';
import type { FileId } from '../../../plugin/ports';
import { weighed, withWeights } from '../../../plugin/search/weights';
import type { Similarity } from '../../../plugin/similarity';
import type { AdminAccess } from '../access/admin';
import { type Access, FILE, forbidden } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';
import { askedPictures } from '../search/asked-pictures';
import type { QueryItem, QueryItems } from '../search/query-item';
import type { Slots } from '../util/slots';

export interface ExplainDeps {
  core: () => Similarity;
  adminFiles: AdminFiles;
  queryItems: QueryItems;
  slots: Slots;
}

/** Why two items are alike: of their pictures, the pair that matches best. */
export function createExplain({ core, adminFiles, queryItems, slots }: ExplainDeps) {
  async function bestPair(query: QueryItem, result: QueryItem): Promise<[FileId, FileId]> {
    const { search } = core();
    const queries = withWeights(await search.queries(askedPictures(query.pictures, query.weights)), query.weights);
    const cosines = await search.cosines(queries, result.pictures);
    let best: { pair: [FileId, FileId]; rank: number } | undefined;
    for (const [at, of] of cosines.entries()) {
      const { fileId, weight } = queries[at];
      for (const [other, cosine] of of) {
        const rank = weighed(weighed(cosine, weight), result.weights?.get(other));
        if (!best || rank > best.rank) best = { pair: [fileId, other], rank };
      }
    }
    if (!best) throw new SimilarError('NOT_FOUND', 'At least one of the two has no picture that has been embedded');
    return best.pair;
  }

  async function explained(query: FileId, result: FileId) {
    const { explainer } = core();
    const known = await explainer.known(query, result);
    return { query, result, ...(known ?? (await slots(() => explainer.explain(query, result)))) };
  }

  return {
    /** @throws SimilarError `FORBIDDEN`, `NOT_FOUND` when the administrator may not see both, or why they cannot be explained. */
    async picturePair(query: FileId, result: FileId, access: AdminAccess) {
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      const ids = new Set(await adminFiles.visible([query, result], access));
      for (const id of [query, result]) {
        if (!ids.has(id)) throw new SimilarError('NOT_FOUND', `No file has the id ${id}`);
      }
      return explained(query, result);
    },

    /** @throws SimilarError `NOT_FOUND`, `FORBIDDEN`, or why a picture cannot be explained. */
    async items(id: string, other: string, access: Access, locale?: string) {
      const find = (itemId: string) => queryItems.find(itemId, access, locale);
      const [query, result] = await Promise.all([find(id), find(other)]);
      return explained(...(await bestPair(query, result)));
    },
  };
}

export type Explain = ReturnType<typeof createExplain>;
