import type { Core } from '@strapi/strapi';
import type { Progress } from '../../../plugin/contracts/progress';
import { readFailedQuery, readRetryBody } from '../util/admin-params';
import { getService } from '../util/get-service';
import { withHttpErrors } from '../util/http-errors';

const indexingController = ({ strapi }: { strapi: Core.Strapi }) => ({
  /** `GET /similar/progress` */
  progress: withHttpErrors(async (ctx) => {
    ctx.body = (await getService(strapi, 'indexing').core().progress()) satisfies Progress;
  }),

  /** `GET /similar/failed?after=<file id>&limit=<n>`: pictures that could not be embedded, with the reason. */
  failed: withHttpErrors(async (ctx) => {
    const { after, limit } = readFailedQuery(ctx.query);
    ctx.body = await getService(strapi, 'indexing').failed(after, limit);
  }),

  /** `POST /similar/retry` with `{ fileIds }`, or without a body for all of them. */
  retry: withHttpErrors(async (ctx) => {
    const { fileIds } = readRetryBody((ctx.request as { body?: unknown }).body ?? {});
    ctx.body = { retried: await getService(strapi, 'indexing').core().retry(fileIds) };
  }),
});

export default indexingController;
