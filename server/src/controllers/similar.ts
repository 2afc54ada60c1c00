import type { Core } from '@strapi/strapi';
import type { SimilarResponse } from '../../../plugin/contracts/similar';
import { readConfig } from '../config';
import { getService } from '../util/get-service';
import { withHttpErrors } from '../util/http-errors';
import { readQuery } from '../util/query-params';
import { contentApiReader } from '../util/reader';

const similarController = ({ strapi }: { strapi: Core.Strapi }) => ({
  /** `GET /api/similar/:id` */
  find: withHttpErrors(async (ctx) => {
    const params = readQuery(ctx.query, readConfig(strapi).api);
    const reader = contentApiReader(strapi, ctx);
    ctx.body = (await getService(strapi, 'find-similar').find(ctx.params.id, params, reader)) satisfies SimilarResponse;
  }),
});

export default similarController;
