import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import type { ExplainResponse, SimilarBatchResponse, SimilarResponse } from '../../../plugin/contracts/similar';
import { SimilarError } from '../../../plugin/errors';
import { type Access, contentApiAccess } from '../access/content-api';
import { readConfig } from '../config';
import { getService } from '../util/get-service';
import { readBatchBody, readCrop } from '../validation/bodies';
import { readExplainQuery, readQuery, type SimilarParams } from '../validation/similar-query';
import { sendCacheable } from './cacheable';
import { withHttpErrors } from './http-errors';

/** Paths that take no GET: it would look for an item with this id. */
const POSTED = new Set(['search', 'batch']);

const similarController = ({ strapi }: { strapi: Core.Strapi }) => {
  function request(ctx: Context, query: unknown): { params: SimilarParams; access: Access } {
    const { api } = readConfig(strapi);
    const params = readQuery(query, api);
    if (params.status === 'draft' && !api.drafts) {
      throw new SimilarError('DRAFTS_OFF', '`status=draft` is switched off here');
    }
    return { params, access: contentApiAccess(strapi, ctx, params.status) };
  }

  const send = (ctx: Context, body: object, type?: string) =>
    sendCacheable(ctx, body, readConfig(strapi).api.cacheControl, type);

  const find = () => getService(strapi, 'similar');

  return {
    /** `GET /api/similar/:id` */
    find: withHttpErrors(async (ctx) => {
      if (POSTED.has(ctx.params.id))
        throw new SimilarError('NOT_FOUND', `\`/similar/${ctx.params.id}\` takes POST, not GET`);
      const { params, access } = request(ctx, ctx.query);
      send(ctx, (await find().byId(ctx.params.id, params, access)) satisfies SimilarResponse);
    }),

    /** `GET /api/similar/:id/explain/:other`; with `format=png` the two pictures, lit where they match. */
    explain: withHttpErrors(async (ctx) => {
      const { format, ...query } = readExplainQuery(ctx.query);
      const { params, access } = request(ctx, query);
      const { id, other } = ctx.params;
      const { overlay, ...found } = await getService(strapi, 'explain').items(id, other, access, params.locale);
      if (format === 'png') return send(ctx, Buffer.from(overlay), 'image/png');
      const { query: queryId, result: resultId, explanation } = found;
      const similarity = Math.round(explanation.similarity * 1_000) / 1_000;
      const data = { ...explanation, similarity, pictures: { query: queryId, result: resultId } };
      send(ctx, { data } satisfies ExplainResponse);
    }),

    /** `POST /api/similar/search`, multipart with `picture`; parameters as those of `find`, and `crop`, in the query string. */
    search: withHttpErrors(async (ctx) => {
      const { crop: box, ...query } = ctx.query;
      const crop = readCrop(box);
      const { params, access } = request(ctx, query);
      ctx.body = await getService(strapi, 'sent-picture').use(ctx, (path) =>
        find().byPath(path, crop, { ...params, type: params.type ?? 'file' }, access),
      );
    }),

    /** `POST /api/similar/batch` with `{ ids }`; parameters as those of `find`, in the query string. */
    batch: withHttpErrors(async (ctx) => {
      const { params, access } = request(ctx, ctx.query);
      const { ids } = readBatchBody((ctx.request as { body?: unknown }).body, readConfig(strapi).api.maxBatch);
      ctx.body = (await find().batch(ids, params, access)) satisfies SimilarBatchResponse;
    }),
  };
};

export default similarController;
