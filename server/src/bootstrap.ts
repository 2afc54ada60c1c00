import type { Core } from '@strapi/strapi';
import { SIMILAR_CHANGED } from '../../plugin/contracts/webhook';
import { FILE } from './access/content-api';
import { guardedTypes } from './access/guarded-types';
import { searchOf } from './compose';
import { readConfig } from './config';
import { subscribeToChanges } from './lifecycles';
import { removeAbandoned } from './media/temp-folder';
import { addPartIndexes } from './part-indexes';
import { registerPermissions } from './permissions';
import { getService } from './util/get-service';
import { logOf } from './util/log';
import { whenServing } from './util/serving';

const waiting = new WeakMap<Core.Strapi, () => void>();

export async function bootstrap({ strapi }: { strapi: Core.Strapi }): Promise<void> {
  await registerPermissions(strapi);
  // Now and not at the first request: an operator should see a wrong type or attribute at once.
  searchOf(strapi).contentTypes.all();
  await getService('settings', { strapi }).open();
  subscribeToChanges(strapi);
  strapi.get('webhookStore').addAllowedEvent('SIMILAR_CHANGED', SIMILAR_CHANGED);
  checkConfig(strapi);
  warnOfGuards(strapi);
  const stopWaiting = whenServing(strapi, () => {
    // What is left there takes room and does no harm.
    removeAbandoned().catch((error) =>
      logOf(strapi).debug(`Old temporary folders could not be removed: ${error.message}`),
    );
    void addPartIndexes(strapi);
    getService('settings', { strapi }).follow();
    getService('indexing', { strapi }).start();
    getService('changed', { strapi }).start();
    getService('merge-looks', { strapi }).start();
  });
  waiting.set(strapi, stopWaiting);
}

export async function destroy({ strapi }: { strapi: Core.Strapi }): Promise<void> {
  waiting.get(strapi)?.();
  getService('settings', { strapi }).close();
  await getService('merge-looks', { strapi }).stop();
  await getService('changed', { strapi }).stop();
  await getService('indexing', { strapi }).stop();
}

/** Permissions are asked by the plugin; what a project adds to its own routes is not. */
function warnOfGuards(strapi: Core.Strapi): void {
  if (readConfig(strapi).api.filtersFor) return;
  const guarded = guardedTypes(strapi, [FILE, ...searchOf(strapi).contentTypes.all().keys()]);
  if (guarded.length === 0) return;
  logOf(strapi).warn(
    `Policies, middlewares or an own controller of ${guarded.join(', ')} do not apply to /api/similar: whoever may \`find\` them there, finds all of them. ` +
      'Where this is too much, set `api.filtersFor` (docs/api.md, “Policies”).',
  );
}

/** What ends the boot says whose configuration it is. */
function checkConfig(strapi: Core.Strapi): void {
  try {
    getService('indexing', { strapi }).check();
  } catch (error) {
    throw new Error(`The configuration of the plugin “similar”: ${(error as Error).message}`, { cause: error });
  }
}
