import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ContentModel, distWith, media } from './content-model';

export const USER = 'plugin::users-permissions.user';
export const ALBUM = 'plugin::album.album';
export const VAULT = 'plugin::album.vault';

/** As projects do it. */
const FILES = {
  'src/extensions/users-permissions/strapi-server.js': `
    module.exports = (plugin) => {
      plugin.contentTypes.user.schema.attributes.avatar = ${JSON.stringify(media())};
      return plugin;
    };`,
  'src/plugins/album/package.json': JSON.stringify({
    name: 'album',
    main: 'strapi-server.js',
    strapi: { kind: 'plugin', name: 'album' },
  }),
  'src/plugins/album/strapi-server.js': `
    const { factories } = require('@strapi/strapi');
    const type = (name, more) => ({
      schema: {
        kind: 'collectionType',
        collectionName: name + 's',
        info: { singularName: name, pluralName: name + 's', displayName: name },
        options: { draftAndPublish: false },
        attributes: {
          title: { type: 'string' },
          secret: { type: 'string', private: true },
          cover: ${JSON.stringify(media())},
          hidden: ${JSON.stringify(media({ private: true }))},
        },
        ...more,
      },
    });
    const visible = { visible: false };
    module.exports = {
      contentTypes: {
        album: type('album'),
        vault: type('vault', { pluginOptions: { 'content-manager': visible, 'content-type-builder': visible } }),
      },
      controllers: {
        album: factories.createCoreController('${ALBUM}'),
        vault: factories.createCoreController('${VAULT}', { find: async () => ({ data: [] }) }),
      },
      services: { album: factories.createCoreService('${ALBUM}'), vault: factories.createCoreService('${VAULT}') },
      routes: {
        'content-api': {
          type: 'content-api',
          routes: [{ method: 'GET', path: '/albums', handler: 'album.find', config: {} }],
        },
      },
    };`,
  'config/plugins.js': `
    const { default: shop } = require('../shop-plugins');
    const path = require('node:path');
    module.exports = (context) => ({
      ...shop(context),
      album: { enabled: true, resolve: path.join(__dirname, '../src/plugins/album') },
    });`,
};

/**
 * The compiled playground with an avatar for the users of Users & Permissions, and with a plugin that has types of its own. One
 * of them the content manager does not show; its controller finds nothing, and no route leads there.
 * @returns a folder for `startPlayground({ dist })`.
 */
export function distWithPluginTypes(more: ContentModel = {}): string {
  const folder = distWith(more);
  renameSync(path.join(folder, 'config/plugins.js'), path.join(folder, 'shop-plugins.js'));
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}
