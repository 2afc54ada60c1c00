import type { Core } from '@strapi/strapi';
import type { HealthResponse } from '../../../plugin/contracts/health';
import { isStrict } from '../config';
import { getService } from '../util/get-service';
import { readNothing } from '../validation/bodies';
import { RETRY_AFTER_SECONDS, withHttpErrors } from './http-errors';

export const health = ({ strapi }: { strapi: Core.Strapi }) => ({
  /** `GET /api/similar/health`: 503 while this node answers no searches. */
  find: withHttpErrors(async (ctx) => {
    if (isStrict(strapi)) readNothing(ctx.query);
    const data = await getService('health', { strapi }).get();
    ctx.set('Cache-Control', 'no-store');
    if (!data.ready) ctx.set('Retry-After', RETRY_AFTER_SECONDS);
    ctx.status = data.ready ? 200 : 503;
    ctx.body = { data } satisfies HealthResponse;
  }),
});
