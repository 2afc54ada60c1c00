import type { Core } from '@strapi/strapi';

/** What a visitor who is not logged in may do in the shop. */
const PUBLIC_ACTIONS = [
  'api::product.product.find',
  'api::product.product.findOne',
  'api::category.category.find',
  'api::category.category.findOne',
  'plugin::upload.content-api.find',
  'plugin::upload.content-api.findOne',
  'plugin::similar.similar.find',
  'plugin::similar.search.find',
  'plugin::similar.batch.find',
  'plugin::similar.explain.find',
];

async function grantPublicActions(strapi: Core.Strapi) {
  const permissions = strapi.db.query('plugin::users-permissions.permission');
  const role = await strapi.db.query('plugin::users-permissions.role').findOne({ where: { type: 'public' } });
  const granted = await permissions.findMany({ where: { role: role.id } });
  const missing = PUBLIC_ACTIONS.filter((action) => !granted.some((permission) => permission.action === action));
  for (const action of missing) await permissions.create({ data: { action, role: role.id } });
}

async function addGerman(strapi: Core.Strapi) {
  const locales = strapi.plugin('i18n').service('locales');
  if (!(await locales.findByCode('de'))) await locales.create({ code: 'de', name: 'German (de)' });
}

export default {
  async bootstrap({ strapi }: { strapi: Core.Strapi }) {
    const store = strapi.store({ type: 'core', name: 'shop' });
    // Once only: what an administrator changes afterwards stays as it is.
    if (await store.get({ key: 'prepared' })) return;
    await addGerman(strapi);
    await grantPublicActions(strapi);
    await store.set({ key: 'prepared', value: true });
  },
};
