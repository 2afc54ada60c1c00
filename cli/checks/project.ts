import { createRequire } from 'node:module';
import path from 'node:path';
import type { Core } from '@strapi/strapi';
import { complaintAbout } from '../../server/src/util/strapi-version';
import { bootProject } from '../strapi-project';
import { type Finding, runChecks } from './check';

/** Loads the project in `appDir`, checks what the plugin needs from it, and shuts it down again. */
export async function checkProject(appDir: string): Promise<Finding[]> {
  let strapi: Core.Strapi | undefined;

  async function load(): Promise<Omit<Finding, 'name'>> {
    const version = versionIn(appDir);
    if (!version) {
      const remedy =
        'Run it in the folder of a Strapi project with installed packages, or name that folder with --app.';
      return { state: 'problem', detail: `no Strapi in ${appDir}`, remedy };
    }
    const complaint = complaintAbout(version);
    if (complaint) return { state: 'problem', detail: version, remedy: complaint };
    try {
      strapi = await bootProject(appDir);
    } catch (error) {
      const detail = `${version} cannot be loaded: ${(error as Error).message.split('\n')[0]}`;
      return { state: 'problem', detail, remedy: 'The project itself does not start: `npm run develop` says more.' };
    }
    if (strapi.plugins.similar) return { state: 'ok', detail: `${version}, ${appDir}` };
    const remedy = 'Install it in this project, and enable `similar` in config/plugins.';
    return { state: 'problem', detail: `${version}, without the plugin`, remedy };
  }

  const [loaded] = await runChecks([{ name: 'Strapi', run: load }]);
  if (!strapi) return [loaded];
  try {
    if (loaded.state !== 'ok') return [loaded];
    // Loads parts of Strapi, which need not be there, nor be new enough, before.
    const { checksOf } = require('./in-project') as typeof import('./in-project');
    return [loaded, ...(await runChecks(checksOf(strapi)))];
  } finally {
    await strapi.destroy();
  }
}

function versionIn(appDir: string): string | undefined {
  try {
    return createRequire(path.join(appDir, 'package.json'))('@strapi/strapi/package.json').version;
  } catch {
    return undefined;
  }
}
