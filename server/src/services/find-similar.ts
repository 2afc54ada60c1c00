import type { Core } from '@strapi/strapi';
import type { BesideResponse } from '../../../plugin/contracts/admin';
import type { SimilarBatchResponse, SimilarResponse } from '../../../plugin/contracts/similar';
import { SimilarError } from '../../../plugin/errors';
import type { Crop, FileId } from '../../../plugin/ports';
import type { AdminReader } from '../util/admin-reader';
import { getService } from '../util/get-service';
import { toldOf } from '../util/http-errors';
import type { SimilarParams } from '../util/query-params';
import type { Reader } from '../util/reader';
import type { Asked } from './asked';
import { typeOf } from './candidates';
import type { Result } from './results';
import type { Viewer } from './show';

interface Found {
  asked: Asked;
  page: Result[];
  hasMore: boolean;
}

/** Ids of a batch that are worked on at once: their searches go to the index in one message. */
const BATCH_CONCURRENCY = 25;

/** The read path: what is asked → results → what the caller may see of them. */
const findSimilarService = ({ strapi }: { strapi: Core.Strapi }) => {
  const core = () => getService(strapi, 'indexing').core();

  async function find(asked: Asked, params: SimilarParams, reader: Reader): Promise<Found> {
    const { start, limit } = params;
    // One more than the page shows: is there another page?
    const results = await getService(strapi, 'results').first(start + limit + 1, asked, params, reader);
    const page = await getService(strapi, 'results').withSimilarity(results.slice(start, start + limit), asked);
    return { asked, page, hasMore: results.length > start + limit };
  }

  async function viewerOf({ target }: Asked, params: SimilarParams, reader: Reader): Promise<Viewer> {
    const { locale, fields, populate } = params;
    return { reader, locale, selection: await reader.selection(target.uid, { fields, populate }) };
  }

  const metaOf = ({ asked, hasMore }: Found, params: SimilarParams): SimilarResponse['meta'] => ({
    pagination: params.pagination(hasMore),
    model: asked.search.space.model,
    space: asked.search.space.id,
    status: asked.status,
    ...(asked.reason && { reason: asked.reason }),
  });

  async function answer(asked: Asked, params: SimilarParams, reader: Reader): Promise<SimilarResponse> {
    // Before the search: a wrong parameter shall cost nothing.
    const viewer = await viewerOf(asked, params, reader);
    const found = await find(asked, params, reader);
    const [data] = await getService(strapi, 'show').pages(asked.target, [found.page], viewer);
    return { data, meta: metaOf(found, params) };
  }

  const asked = () => getService(strapi, 'asked');

  /** For the admin: as it shows items, with what is decided about them and what is still missing. */
  async function forAdmin(what: Asked, params: SimilarParams, reader: AdminReader): Promise<BesideResponse> {
    const { target, subject, status } = what;
    const pictures = subject?.pictures ?? [];

    async function results() {
      const { page, hasMore } = await find(what, params, reader);
      return { hasMore, items: await getService(strapi, 'admin-items').show(target, page, reader, params.locale) };
    }
    async function decided() {
      const rules = await getService(strapi, 'rules').concerning(typeOf(target), subject?.documentId);
      const targets = rules.map((rule) => rule.target);
      return { rules, labels: await getService(strapi, 'titles').of(target.uid, targets, reader, params.locale) };
    }

    const [{ items, hasMore }, { rules, labels }, states] = await Promise.all([
      results(),
      decided(),
      core().itemStatus(pictures),
    ]);
    return {
      items,
      hasMore,
      status,
      pictures,
      waiting: states.flatMap(({ fileId, state, reason, hasVector }) =>
        state === 'ready' || hasVector ? [] : [{ id: fileId, state, ...(reason && { reason }) }],
      ),
      rules: rules.flatMap((rule) => {
        const label = labels.get(rule.target);
        return label === undefined ? [] : [{ ...rule, label }];
      }),
    };
  }

  return {
    /** @throws SimilarError `NOT_FOUND`, `FORBIDDEN`, `INVALID_PARAMETER` or `INDEX_UNAVAILABLE`. */
    async byId(id: string, params: SimilarParams, reader: Reader): Promise<SimilarResponse> {
      return answer(await asked().byId(id, params, reader), params, reader);
    },

    async besidePictures(
      pictures: FileId[],
      documentId: string | undefined,
      params: SimilarParams,
      reader: AdminReader,
    ) {
      return forAdmin(await asked().byPictures(pictures, documentId, params, reader), params, reader);
    },

    /** Beside an entry as it is stored. */
    async besideEntry(documentId: string, params: SimilarParams, reader: AdminReader) {
      return forAdmin(await asked().byStored(documentId, params, reader), params, reader);
    },

    async besideSent(path: string, crop: Crop | undefined, params: SimilarParams, reader: AdminReader) {
      return forAdmin(await asked().byPath(path, crop, params, reader), params, reader);
    },

    async byPath(path: string, crop: Crop | undefined, params: SimilarParams, reader: Reader) {
      return answer(await asked().byPath(path, crop, params, reader), params, reader);
    },

    /** One answer per id, in their order; an id that cannot be answered does not spoil the others. */
    async batch(ids: string[], params: SimilarParams, reader: Reader): Promise<SimilarBatchResponse> {
      const found = await eachOf(ids, async (id) => {
        try {
          return await find(await asked().byId(id, params, reader), params, reader);
        } catch (error) {
          if (error instanceof SimilarError && error.code !== 'INVALID_PARAMETER' && error.status) return error;
          throw error;
        }
      });
      const answered = found.filter((result): result is Found => !(result instanceof SimilarError));
      const shown = new Map<Found, SimilarResponse['data']>();
      for (const uid of new Set(answered.map(({ asked }) => asked.target.uid))) {
        const some = answered.filter(({ asked }) => asked.target.uid === uid);
        const viewer = await viewerOf(some[0].asked, params, reader);
        const pages = some.map(({ page }) => page);
        const items = await getService(strapi, 'show').pages(some[0].asked.target, pages, viewer);
        some.forEach((result, at) => {
          shown.set(result, items[at]);
        });
      }
      const data = found.map((result, at) => {
        const id = ids[at];
        if (!(result instanceof SimilarError)) {
          return { id, data: shown.get(result) as SimilarResponse['data'], meta: metaOf(result, params) };
        }
        const { status, code } = result;
        return { id, error: { status: status as number, code, message: toldOf(result) } };
      });
      return { data };
    },
  };
};

async function eachOf<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]);
    }
  };
  await Promise.all(Array.from({ length: BATCH_CONCURRENCY }, worker));
  return results;
}

export default findSimilarService;
