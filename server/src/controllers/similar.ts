import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import type { ExplainResponse, SimilarBatchResponse, SimilarResponse } from '../../../plugin/contracts/similar';
import { expected, SimilarError } from '../../../plugin/errors';
import { readRequest } from '../access/request';
import { isStrict, readConfig } from '../config';
import { getService } from '../util/get-service';
import { rounded } from '../util/rounded';
import { readBatchBody, readCrop } from '../validation/bodies';
import { readExplainQuery } from '../validation/similar-query';
import { bodyOf } from './body';
import { sendCacheable } from './cacheable';
import { withHttpErrors } from './http-errors';

/*
 * The content API, one controller a route: the permission of an action that is called `find` is one that Strapi's read-only API
 * tokens have, and all of them read.
 */

type Strapi = { strapi: Core.Strapi };

/** Takes no GET: it would look for an item with this id. */
const POSTED = 'batch';

const send = ({ strapi }: Strapi, ctx: Context, body: object, type?: string) =>
  sendCacheable(ctx, body, readConfig(strapi).api.cacheControl, type);

export const similar = (context: Strapi) => ({
  /** `GET /api/similar/:id` */
  find: withHttpErrors(async (ctx) => {
    if (ctx.params.id === POSTED) {
      throw new SimilarError('NOT_FOUND', `\`/similar/${ctx.params.id}\` takes POST, not GET`);
    }
    const { params, access } = readRequest(context.strapi, ctx, ctx.query);
    const found = await getService('similar', context).byId(ctx.params.id, params, access);
    send(context, ctx, found satisfies SimilarResponse);
  }),
});

export const explain = (context: Strapi) => ({
  /** `GET /api/similar/:id/explain/:other`; with `format=png` the two pictures, lit where they match. */
  find: withHttpErrors(async (ctx) => {
    const { format, ...query } = readExplainQuery(ctx.query, isStrict(context.strapi));
    const { params, access } = readRequest(context.strapi, ctx, query);
    const { id, other } = ctx.params;
    const { overlay, ...found } = await getService('explain', context).items(id, other, access, params.locale);
    if (format === 'png') return send(context, ctx, Buffer.from(overlay), 'image/png');
    const { query: queryId, result: resultId, explanation } = found;
    const similarity = rounded(explanation.similarity, 3);
    const data = { ...explanation, similarity, pictures: { query: queryId, result: resultId } };
    send(context, ctx, { data } satisfies ExplainResponse);
  }),
});

async function byWords(context: Strapi, ctx: Context): Promise<void> {
  const { params, access } = readRequest(context.strapi, ctx, ctx.query);
  const { q, type = 'file' } = params;
  if (q === undefined) throw expected('words (to search by a picture, POST it)', 'q', 'none');
  const found = await getService('similar', context).byWords(q, { ...params, type }, access);
  send(context, ctx, found satisfies SimilarResponse);
}

export const search = (context: Strapi) => ({
  /**
   * `POST /api/similar/search`, multipart with `picture`; parameters as those of `GET /api/similar/:id`, and `crop`, in the query string.
   * `GET /api/similar/search?q=…`: by words alone. Whoever may do the one may do the other.
   */
  find: withHttpErrors(async (ctx) => {
    if (ctx.method !== 'POST') return byWords(context, ctx);
    const { crop: box, ...query } = ctx.query;
    const crop = readCrop(box);
    const { params, access } = readRequest(context.strapi, ctx, query);
    ctx.body = await getService('sent-picture', context).use(ctx, (path) =>
      getService('similar', context).byPath(path, crop, { ...params, type: params.type ?? 'file' }, access),
    );
  }),
});

export const batch = (context: Strapi) => ({
  /** `POST /api/similar/batch` with `{ ids }`; parameters as those of `GET /api/similar/:id`, in the query string. */
  find: withHttpErrors(async (ctx) => {
    const { params, access } = readRequest(context.strapi, ctx, ctx.query);
    const { maxBatch } = readConfig(context.strapi).api;
    const { ids } = readBatchBody(bodyOf(ctx), maxBatch);
    ctx.body = (await getService('similar', context).batch(ids, params, access)) satisfies SimilarBatchResponse;
  }),
});
