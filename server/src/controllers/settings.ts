import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import type { PreviewResponse, SettingsResponse } from '../../../plugin/contracts/settings';
import type { WebhookTest } from '../../../plugin/contracts/webhook';
import { adminAccess } from '../access/admin';
import { getService } from '../util/get-service';
import { readPreviewQuery, readSettingsBody } from '../validation/settings';
import { bodyOf } from './body';
import { withHttpErrors } from './http-errors';

const settingsController = ({ strapi }: { strapi: Core.Strapi }) => {
  async function show(ctx: Context): Promise<void> {
    ctx.body = (await getService('settings', { strapi }).show()) satisfies SettingsResponse;
  }

  return {
    /** `GET /similar/settings` */
    read: withHttpErrors(show),

    /** `PUT /similar/settings` with what changes; answers as `read`. */
    change: withHttpErrors(async (ctx) => {
      const { revision, changes } = readSettingsBody(bodyOf(ctx));
      await getService('settings', { strapi }).change(changes, revision);
      await show(ctx);
    }),

    /** `POST /similar/webhook/test`: also a call that failed is an answer. */
    testWebhook: withHttpErrors(async (ctx) => {
      ctx.body = (await getService('webhook', { strapi }).test()) satisfies WebhookTest;
    }),

    /** `GET /similar/settings/preview?threshold=0.9` */
    preview: withHttpErrors(async (ctx) => {
      const { threshold } = readPreviewQuery(ctx.query);
      const found = await getService('threshold-preview', { strapi }).around(threshold, adminAccess(strapi, ctx));
      ctx.body = found satisfies PreviewResponse;
    }),
  };
};

export default settingsController;
