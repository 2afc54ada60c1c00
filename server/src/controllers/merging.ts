import type { Core } from '@strapi/strapi';
import type { Merge, MergePlan, MergesResponse } from '../../../plugin/contracts/merge';
import { adminAccess } from '../access/admin';
import { mergeRights } from '../access/merge-rights';
import { readConfig } from '../config';
import { getService } from '../util/get-service';
import { readMergeBody, readMergeId, readMergesQuery, readPlanBody } from '../validation/merge';
import { authorOf } from './author';
import { bodyOf } from './body';
import { withHttpErrors } from './http-errors';

/** Copies of a picture become one. */
const mergingController = ({ strapi }: { strapi: Core.Strapi }) => ({
  /** `POST /similar/duplicates/merge/plan`: writes nothing. */
  plan: withHttpErrors(async (ctx) => {
    const query = readPlanBody(bodyOf(ctx), readConfig(strapi).thresholds);
    const merging = getService('merging', { strapi });
    ctx.body = (await merging.plan(query, adminAccess(strapi, ctx), mergeRights(strapi, ctx))) satisfies MergePlan;
  }),

  /** `POST /similar/duplicates/merge` */
  merge: withHttpErrors(async (ctx) => {
    const { plan, ...query } = readMergeBody(bodyOf(ctx), readConfig(strapi).thresholds);
    const author = { id: ctx.state.user.id, name: authorOf(ctx) };
    const merging = getService('merging', { strapi });
    const access = adminAccess(strapi, ctx);
    ctx.body = (await merging.merge(query, plan, author, access, mergeRights(strapi, ctx))) satisfies Merge;
  }),

  /** `GET /similar/duplicates/merges?page=&pageSize=` */
  list: withHttpErrors(async (ctx) => {
    const page = readMergesQuery(ctx.query);
    ctx.body = (await getService('merging', { strapi }).list(page, adminAccess(strapi, ctx))) satisfies MergesResponse;
  }),

  /** `POST /similar/duplicates/merges/:id/undo` */
  undo: withHttpErrors(async (ctx) => {
    const id = readMergeId(ctx.params);
    ctx.body = (await getService('merging', { strapi }).undo(
      id,
      adminAccess(strapi, ctx),
      mergeRights(strapi, ctx),
    )) satisfies Merge;
  }),

  /** `POST /similar/duplicates/merges/:id/finish` */
  finish: withHttpErrors(async (ctx) => {
    const id = readMergeId(ctx.params);
    ctx.body = (await getService('merging', { strapi }).finish(
      id,
      adminAccess(strapi, ctx),
      mergeRights(strapi, ctx),
    )) satisfies Merge;
  }),
});

export default mergingController;
