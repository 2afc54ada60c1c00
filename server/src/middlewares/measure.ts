import type { Core } from '@strapi/strapi';
import type { Context, Next } from 'koa';
import { MEASURED, type MeasuredRoute } from '../services/metrics';
import { getService } from '../util/get-service';
import { ownRoute } from './own-route';

const isMeasured = (controller: string): controller is MeasuredRoute => MEASURED.some((name) => name === controller);

/** Notes how long requests of the content API took, and how they ended. */
export const measure =
  (strapi: Core.Strapi) =>
  async (ctx: Context, next: Next): Promise<void> => {
    const started = performance.now();
    let status = 500;
    try {
      await next();
      status = ctx.status;
    } finally {
      const route = ownRoute(ctx);
      if (route?.info.type === 'content-api') {
        const [controller] = route.handler.split('.');
        const seconds = (performance.now() - started) / 1000;
        if (isMeasured(controller)) getService('metrics', { strapi }).observe(controller, status, seconds);
      }
    }
  };
