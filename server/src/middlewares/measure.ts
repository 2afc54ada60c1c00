import type { Core } from '@strapi/strapi';
import type { Context, Next } from 'koa';
import { MEASURED, type MeasuredRoute } from '../services/metrics';
import { getService } from '../util/get-service';

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
      const { info, handler } = ctx.state.route ?? {};
      if (info?.pluginName === 'similar' && info.type === 'content-api') {
        const [controller] = String(handler).split('.');
        const seconds = (performance.now() - started) / 1000;
        if (isMeasured(controller)) getService('metrics', { strapi }).observe(controller, status, seconds);
      }
    }
  };
