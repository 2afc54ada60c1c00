import type { Core } from '@strapi/strapi';
import { SIMILAR_CHANGED } from '../../plugin/contracts/webhook';
import { searchOf } from './compose';
import { subscribeToChanges } from './lifecycles';
import { removeAbandoned } from './media/temp-folder';
import { registerPermissions } from './permissions';
import { getService } from './util/get-service';
import { whenServing } from './util/serving';

const waiting = new WeakMap<Core.Strapi, () => void>();

export async function bootstrap({ strapi }: { strapi: Core.Strapi }): Promise<void> {
  await registerPermissions(strapi);
  // Now and not at the first request: an operator should see a wrong type or attribute at once.
  searchOf(strapi).contentTypes.all();
  await getService(strapi, 'settings').open();
  subscribeToChanges(strapi);
  strapi.get('webhookStore').addAllowedEvent('SIMILAR_CHANGED', SIMILAR_CHANGED);
  checkConfig(strapi);
  const stopWaiting = whenServing(strapi, () => {
    // What is left there takes room and does no harm.
    removeAbandoned().catch((error) =>
      strapi.log.debug(`[similar] Old temporary folders could not be removed: ${error.message}`),
    );
    getService(strapi, 'settings').follow();
    getService(strapi, 'indexing').start();
    getService(strapi, 'changed').start();
  });
  waiting.set(strapi, stopWaiting);
}

export async function destroy({ strapi }: { strapi: Core.Strapi }): Promise<void> {
  waiting.get(strapi)?.();
  getService(strapi, 'settings').close();
  await getService(strapi, 'changed').stop();
  await getService(strapi, 'indexing').stop();
}

/** What ends the boot says whose configuration it is. */
function checkConfig(strapi: Core.Strapi): void {
  try {
    getService(strapi, 'indexing').check();
  } catch (error) {
    throw new Error(`The configuration of the plugin “similar”: ${(error as Error).message}`, { cause: error });
  }
}
