import type { Core } from '@strapi/strapi';
import type { SimilarStatus } from '../../../plugin/contracts/similar';
import { SimilarError } from '../../../plugin/errors';
import type { Query } from '../../../plugin/pipeline/neighbours';
import type { Crop, FileId } from '../../../plugin/pipeline/ports';
import type { Examples, SpaceSearch } from '../../../plugin/pipeline/space-search';
import { getService } from '../util/get-service';
import type { SimilarParams } from '../util/query-params';
import { FILE, forbidden, type Reader } from '../util/reader';
import type { Target } from './candidates';
import type { Subject } from './subject';

/** What a request asks about, ready to be searched with. */
export interface Asked {
  search: SpaceSearch;
  /** Empty: nothing can be searched with yet, or at all. */
  queries: Query[];
  /** The asked file or entry; absent for a picture that was sent. */
  subject?: Subject;
  target: Target;
  status: SimilarStatus;
  reason?: string;
}

type Params = Pick<SimilarParams, 'type' | 'like' | 'unlike' | 'locale'>;

/** Turns ids, a picture that was sent and examples into vectors, and checks that the caller may ask. */
const askedService = ({ strapi }: { strapi: Core.Strapi }) => {
  const core = () => getService(strapi, 'indexing').core();

  async function statusOf(pictures: FileId[]): Promise<{ status: SimilarStatus; reason?: string }> {
    if (pictures.length === 0) return { status: 'empty' };
    const items = await core().itemStatus(pictures);
    const withVector = items.filter(({ hasVector }) => hasVector).length;
    const ended = items.filter(({ state }) => state === 'failed' || state === 'unsupported');
    const reason = ended[0]?.reason;
    if (withVector === pictures.length) return { status: 'ready' };
    if (withVector > 0) return { status: 'partial', ...(reason && { reason }) };
    // A picture without a row counts as pending: the sweep will find it.
    return ended.length === pictures.length ? { status: 'failed', reason } : { status: 'pending' };
  }

  async function targetOf(type: string | undefined, subject: Subject | undefined, reader: Reader): Promise<Target> {
    const target = named(type) ?? { uid: subject?.uid ?? FILE, type: subject?.type };
    if (!(await reader.may(target.uid))) throw forbidden(target.uid);
    return target;
  }

  function named(type: string | undefined): Target | undefined {
    if (!type) return undefined;
    if (type === 'file' || type === FILE) return { uid: FILE };
    const types = getService(strapi, 'content-types').all();
    const found = types.get(type);
    if (found) return { uid: type, type: found };
    const choice = ['file', ...types.keys()].join(', ');
    throw new SimilarError('INVALID_PARAMETER', `Expected one of ${choice} for type but received "${type}"`, {
      name: 'type',
    });
  }

  async function examplesOf({ like, unlike, locale }: Params, reader: Reader): Promise<Examples> {
    const pictures = async (ids: string[]) => {
      const subjects = await Promise.all(ids.map((id) => getService(strapi, 'subject').find(id, reader, locale)));
      return subjects.flatMap((subject) => subject.pictures);
    };
    return { like: await pictures(like), unlike: await pictures(unlike) };
  }

  return {
    /** @throws SimilarError `NOT_FOUND`, `FORBIDDEN` or `INVALID_PARAMETER`. */
    async byId(id: string, params: Params, reader: Reader): Promise<Asked> {
      const { search } = core();
      const subject = await getService(strapi, 'subject').find(id, reader, params.locale);
      const [target, examples] = await Promise.all([
        targetOf(params.type, subject, reader),
        examplesOf(params, reader),
      ]);
      const [queries, { status, reason }] = await Promise.all([
        search.queries(subject.pictures, examples),
        statusOf(subject.pictures),
      ]);
      return { search, queries, subject, target, status, ...(reason && { reason }) };
    },

    /**
     * Pictures of the media library, e.g. those that an editor has chosen and not saved yet.
     * @param documentId of the entry that they are for: it is no result.
     */
    async byPictures(pictures: FileId[], documentId: string | undefined, params: Params, reader: Reader) {
      const { search } = core();
      const target = await targetOf(params.type, undefined, reader);
      const subject: Subject = { uid: target.uid, type: target.type, documentId: documentId ?? '', pictures };
      const queries = await search.queries(pictures, await examplesOf(params, reader));
      return { search, queries, subject, target, ...(await statusOf(pictures)) } satisfies Asked;
    },

    /**
     * A picture that is not in the library and does not get there.
     * @throws SimilarError with the picture's code, or `EMBEDDER_UNAVAILABLE`.
     */
    async byPath(path: string, crop: Crop | undefined, params: Params, reader: Reader): Promise<Asked> {
      const { search } = core();
      const target = await targetOf(params.type, undefined, reader);
      const examples = await examplesOf(params, reader);
      const result = await search.embed(path, { crop, urgent: true });
      if (!result.ok) throw new SimilarError(result.code, result.reason, { name: 'picture' });
      return { search, queries: [await search.queryOf(result.vector, examples)], target, status: 'ready' };
    },
  };
};

export default askedService;
