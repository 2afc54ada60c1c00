import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import type { FailedPicture, FailureReason } from '../../../plugin/contracts/admin';
import type { Progress } from '../../../plugin/contracts/progress';
import type { Similarity } from '../../../plugin/similarity';
import { adminAccess } from '../access/admin';
import { getService } from '../util/get-service';
import { readFailedQuery, readModelBody, readRetryBody, readSweepBody } from '../validation/admin';
import { bodyOf } from './body';
import { withHttpErrors } from './http-errors';

const core = (strapi: Core.Strapi): Similarity => getService('indexing', { strapi }).core();

const indexingController = ({ strapi }: { strapi: Core.Strapi }) => {
  /** Does something, and answers with what it led to. */
  const act = (work: (core: Similarity, ctx: Context) => void | Promise<void>) =>
    withHttpErrors(async (ctx) => {
      await work(core(strapi), ctx);
      ctx.body = (await core(strapi).progress()) satisfies Progress;
    });

  return {
    /** `GET /similar/progress` */
    progress: withHttpErrors(async (ctx) => {
      ctx.body = (await core(strapi).progress()) satisfies Progress;
    }),

    /** `GET /similar/failed?after=<file id>&limit=<n>&code=<code>`: pictures that could not be embedded, with the reason. */
    failed: withHttpErrors(async (ctx) => {
      const { after, limit, code } = readFailedQuery(ctx.query);
      const found = await getService('failed', { strapi }).after(after, limit, adminAccess(strapi, ctx), code);
      ctx.body = found satisfies FailedPicture[];
    }),

    /** `GET /similar/failed/reasons`: how many pictures could not be embedded for which reason. */
    failedReasons: withHttpErrors(async (ctx) => {
      ctx.body = (await getService('failed', { strapi }).reasons()) satisfies FailureReason[];
    }),

    /** `POST /similar/retry` with `{ fileIds }` or `{ code }`, or without a body for all of them. */
    retry: withHttpErrors(async (ctx) => {
      const { fileIds, code } = readRetryBody(bodyOf(ctx) ?? {});
      ctx.body = { retried: await core(strapi).retry(fileIds ?? code) };
    }),

    /** `POST /similar/pause`: pictures wait in the queue of this node until it is resumed or restarted. */
    pause: act((core) => core.pause()),

    /** `POST /similar/resume` */
    resume: act((core) => core.resume()),

    /** `POST /similar/sweep`: checks for pictures that hooks missed. With `{ acceptMissing: true }` also when many bytes are missing. */
    sweep: withHttpErrors(async (ctx) => {
      const options = readSweepBody(bodyOf(ctx) ?? {});
      ctx.body = await core(strapi).sweep(options);
    }),

    /** `POST /similar/rebuild`: rebuilds the index from the stored vectors. */
    rebuild: act((core) => core.rebuild()),

    /** `POST /similar/spaces/cancel`: the next space is no longer built. */
    cancelSwitch: act((core) => core.cancelSwitch()),

    /** `POST /similar/spaces/roll-back`: the earlier space is live again. */
    rollBack: act((core) => core.rollBack()),

    /** `POST /similar/spaces/build`: the configured space is built although it was cancelled or rolled back. */
    buildConfigured: act((core) => core.buildConfigured()),

    /** `POST /similar/spaces/choose` with `{ model }`: its space is built, and takes over until the configuration names another one. */
    chooseModel: act((core, ctx) => core.chooseModel(readModelBody(bodyOf(ctx)).model)),
  };
};

export default indexingController;
