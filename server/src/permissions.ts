import type { Core } from '@strapi/strapi';

const action = (uid: string, displayName: string) => ({ section: 'plugins', displayName, uid, pluginName: 'similar' });

/** What an administrator can grant to a role in the settings. */
export const registerPermissions = (strapi: Core.Strapi): Promise<void> =>
  strapi
    .service('admin::permission')
    .actionProvider.registerMany([
      action('read', 'See similar items and the state of indexing'),
      action('judge', 'Pin, hide and judge similar items (needs “See similar items”)'),
      action('manage', 'Retry pictures, rebuild the index, change model and settings'),
    ]);
