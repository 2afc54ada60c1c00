import type { Core } from '@strapi/strapi';
import type { MergePlan } from '../../../plugin/contracts/merge';
import { adminAccess } from '../access/admin';
import { mergeRights } from '../access/merge-rights';
import { readConfig } from '../config';
import { getService } from '../util/get-service';
import { readPlanBody } from '../validation/merge';
import { bodyOf } from './body';
import { withHttpErrors } from './http-errors';

/** Copies of a picture become one. */
const mergingController = ({ strapi }: { strapi: Core.Strapi }) => ({
  /** `POST /similar/duplicates/merge/plan`: writes nothing. */
  plan: withHttpErrors(async (ctx) => {
    const query = readPlanBody(bodyOf(ctx), readConfig(strapi).thresholds);
    const plans = getService('merging', { strapi });
    ctx.body = (await plans.plan(query, adminAccess(strapi, ctx), mergeRights(strapi, ctx))) satisfies MergePlan;
  }),
});

export default mergingController;
