import type { Core } from '@strapi/strapi';
import { isStrict } from '../config';
import { getService } from '../util/get-service';
import { readNothing } from '../validation/bodies';
import { withHttpErrors } from './http-errors';

export const metrics = ({ strapi }: { strapi: Core.Strapi }) => ({
  /** `GET /api/similar/metrics`, in the text format of Prometheus. */
  find: withHttpErrors(async (ctx) => {
    if (isStrict(strapi)) readNothing(ctx.query);
    const { text, contentType } = await getService('metrics', { strapi }).read();
    ctx.set('Cache-Control', 'no-store');
    ctx.type = contentType;
    ctx.body = text;
  }),
});
