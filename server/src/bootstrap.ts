import type { Core } from '@strapi/strapi';
import { SIMILAR_CHANGED } from '../../plugin/contracts/webhook';
import { subscribeToChanges } from './lifecycles';
import { registerPermissions } from './permissions';
import { getService } from './util/get-service';

export async function bootstrap({ strapi }: { strapi: Core.Strapi }): Promise<void> {
  await registerPermissions(strapi);
  // Now and not at the first request: an operator shall see a wrong type or attribute at once.
  getService(strapi, 'content-types').all();
  await getService(strapi, 'settings').open();
  subscribeToChanges(strapi);
  strapi.get('webhookStore').addAllowedEvent('SIMILAR_CHANGED', SIMILAR_CHANGED);
  getService(strapi, 'indexing').start();
  getService(strapi, 'changed').start();
}

export async function destroy({ strapi }: { strapi: Core.Strapi }): Promise<void> {
  getService(strapi, 'settings').close();
  await getService(strapi, 'changed').stop();
  await getService(strapi, 'indexing').stop();
}
