import type { Core } from '@strapi/strapi';
import { SimilarError } from '../../../plugin/errors';
import type { FileId } from '../../../plugin/ports';
import { getService } from '../util/get-service';
import type { Reader } from '../util/reader';

/** Why two items are alike: of their pictures, the pair that matches best. */
const explainService = ({ strapi }: { strapi: Core.Strapi }) => {
  const core = () => getService(strapi, 'indexing').core();

  async function bestPair(queryPictures: FileId[], resultPictures: FileId[]): Promise<[FileId, FileId]> {
    const { search } = core();
    const queries = await search.queries(queryPictures);
    const cosines = await search.cosines(queries, resultPictures);
    let best: { pair: [FileId, FileId]; cosine: number } | undefined;
    for (const [at, of] of cosines.entries()) {
      for (const [result, cosine] of of) {
        if (!best || cosine > best.cosine) best = { pair: [queries[at].fileId, result], cosine };
      }
    }
    if (!best) throw new SimilarError('NOT_FOUND', 'At least one of the two has no picture that has been embedded');
    return best.pair;
  }

  async function picturePair(query: FileId, result: FileId) {
    return { query, result, ...(await core().explainer.explain(query, result)) };
  }

  return {
    picturePair,

    /** @throws SimilarError `NOT_FOUND`, `FORBIDDEN`, or why a picture cannot be explained. */
    async items(id: string, other: string, reader: Reader, locale?: string) {
      const find = (one: string) => getService(strapi, 'subject').find(one, reader, locale);
      const [query, result] = await Promise.all([find(id), find(other)]);
      return picturePair(...(await bestPair(query.pictures, result.pictures)));
    },
  };
};

export default explainService;
