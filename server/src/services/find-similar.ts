import type { Core } from '@strapi/strapi';
import type { PictureRef, SimilarItem, SimilarResponse, SimilarStatus } from '../../../plugin/contracts/similar';
import type { FileId } from '../../../plugin/pipeline/ports';
import type { Ranked } from '../../../plugin/pipeline/rank';
import { getService } from '../util/get-service';
import type { SimilarParams } from '../util/query-params';
import { FILE, type Reader, type Selection } from '../util/reader';
import type { Candidate } from './candidates';
import { populateOf } from './content-types';
import type { Subject } from './subject';

type Row = Record<string, unknown>;

const round = (similarity: number) => Math.round(similarity * 1_000) / 1_000;

/** The read path of `GET /api/similar/:id`. */
const findSimilarService = ({ strapi }: { strapi: Core.Strapi }) => {
  const core = () => getService(strapi, 'indexing').core();

  async function statusOf(
    pictures: FileId[],
  ): Promise<{ status: SimilarStatus; searchable: boolean; reason?: string }> {
    if (pictures.length === 0) return { status: 'empty', searchable: false };
    const items = await core().itemStatus(pictures);
    const withVector = items.filter(({ hasVector }) => hasVector).length;
    const ended = items.filter(({ state }) => state === 'failed' || state === 'unsupported');
    const reason = ended[0]?.reason;
    if (withVector === pictures.length) return { status: 'ready', searchable: true };
    if (withVector > 0) return { status: 'partial', searchable: true, ...(reason && { reason }) };
    // A picture without a row counts as pending: the sweep will find it.
    if (ended.length === pictures.length) return { status: 'failed', searchable: false, reason };
    return { status: 'pending', searchable: false };
  }

  const sign = (file: Row): Promise<Row> => strapi.plugin('upload').service('file').signFileUrls(file);

  async function pictureRefs(ids: FileId[]): Promise<Map<FileId, PictureRef>> {
    const rows: Row[] = await strapi.db.query(FILE).findMany({ where: { id: { $in: ids } } });
    const signed = await Promise.all(rows.map(sign));
    return new Map(signed.map(({ id, documentId, url }) => [id as FileId, { id, documentId, url } as PictureRef]));
  }

  /** Reads the page's files or entries in one query and shows of them what the caller may see. */
  async function hydrate({ uid, type }: Subject, page: Ranked<Candidate>[], wanted: Wanted): Promise<Map<string, Row>> {
    const { reader, locale, selection } = wanted;
    const documentIds = page.map(({ item }) => item.documentId);
    const read = (await strapi.documents(uid as never).findMany({
      ...(type && { populate: populateOf(type) }),
      ...selection,
      filters: { documentId: { $in: documentIds } },
      ...(type && { status: reader.status, ...(locale && { locale }) }),
    } as never)) as Row[];
    // Strapi signs the media of entries by itself, but not files that are read as such.
    const rows = type ? read : await Promise.all(read.map(sign));
    const shown = await reader.sanitize(uid, rows);
    return new Map(rows.map(({ documentId }, at) => [documentId as string, shown[at]]));
  }

  interface Wanted {
    reader: Reader;
    locale?: string;
    selection: Selection;
  }

  async function show(subject: Subject, page: Ranked<Candidate>[], wanted: Wanted): Promise<SimilarItem[]> {
    if (page.length === 0) return [];
    const pairs = page.flatMap(({ match }) => [match.queryFileId, match.fileId]);
    const [refs, rows] = await Promise.all([pictureRefs([...new Set(pairs)]), hydrate(subject, page, wanted)]);
    return page.flatMap(({ item, match }): SimilarItem[] => {
      const row = rows.get(item.documentId);
      const query = refs.get(match.queryFileId);
      const result = refs.get(match.fileId);
      // Deleted or unpublished while we looked.
      if (!row || !query || !result) return [];
      const found = { similarity: round(match.similarity), match: { query, result } };
      return [subject.type ? { type: subject.uid, ...found, entry: row } : { type: 'file', ...found, file: row }];
    });
  }

  return {
    /** @throws SimilarError `NOT_FOUND`, `FORBIDDEN`, `INVALID_PARAMETER` or `INDEX_UNAVAILABLE`. */
    async find(id: string, params: SimilarParams, reader: Reader): Promise<SimilarResponse> {
      const { locale, fields, populate, start, limit } = params;
      const subject = await getService(strapi, 'subject').find(id, reader, locale);
      const selection = await reader.selection(subject.uid, { fields, populate });
      const { searchable, ...status } = await statusOf(subject.pictures);
      // One more than the page shows: is there another page?
      const need = start + limit + 1;
      const ranked = searchable
        ? await getService(strapi, 'candidates').nearest(subject, need, { reader, locale })
        : [];
      const { id: space, model } = core().space;
      return {
        data: await show(subject, ranked.slice(start, start + limit), { reader, locale, selection }),
        meta: { pagination: params.pagination(ranked.length >= need), model, space, ...status },
      };
    },
  };
};

export default findSimilarService;
