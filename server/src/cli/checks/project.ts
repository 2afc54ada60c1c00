import path from 'node:path';
import type { Core } from '@strapi/strapi';
import { configSchema } from '../../../../plugin/contracts/config';
import { operatorsConfig, readConfig, stateDirOf } from '../../config';
import { getService } from '../../util/get-service';
import { complaintAbout } from '../../util/strapi-version';
import { bootProject } from '../strapi-project';
import { type Check, type Finding, runChecks } from './check';
import { folderCheck } from './machine';

/** Loads the project in `appDir`, looks at what the plugin needs of it, and ends it again. */
export async function checkProject(appDir: string): Promise<Finding[]> {
  let strapi: Core.Strapi | undefined;
  const [loaded] = await runChecks([
    {
      name: 'Strapi',
      async run() {
        const { version } = require(require.resolve('@strapi/strapi/package.json', { paths: [appDir] }));
        const complaint = complaintAbout(version);
        if (complaint) return { state: 'problem', detail: version, remedy: complaint };
        try {
          strapi = await bootProject(appDir);
        } catch (error) {
          const detail = `${version} cannot be loaded: ${(error as Error).message.split('\n')[0]}`;
          return {
            state: 'problem',
            detail,
            remedy: 'The project itself does not start: `npm run develop` says more.',
          };
        }
        if (!strapi.plugins.similar) {
          const remedy = 'Install it in this project, and enable `similar` in config/plugins.';
          return { state: 'problem', detail: `${version}, without the plugin`, remedy };
        }
        return { state: 'ok', detail: `${version}, ${appDir}` };
      },
    },
  ]);
  if (!strapi) return [loaded];
  try {
    return [loaded, ...(loaded.state === 'ok' ? await runChecks(checksOf(strapi)) : [])];
  } finally {
    await strapi.destroy();
  }
}

function checksOf(strapi: Core.Strapi): Check[] {
  const config = readConfig(strapi);
  const isLocal = strapi.config.get('plugin::upload.provider', 'local') === 'local';
  const uploads = path.join(strapi.dirs.static.public, 'uploads');
  return [
    {
      name: 'Configuration',
      async run() {
        const own = Object.keys((operatorsConfig(strapi) ?? {}) as object).filter((key) => key in configSchema.shape);
        return { state: 'ok', detail: own.length > 0 ? `config/plugins sets ${own.join(', ')}` : 'defaults' };
      },
    },
    {
      name: 'Database',
      async run() {
        const { connection, dialect } = strapi.db;
        await connection.raw('select 1');
        await getService(strapi, 'indexing').records();
        const { ready, pending, failed, unsupported } = await getService(strapi, 'indexing').core().progress();
        const detail = `${dialect.client}: ${ready} pictures ready, ${pending} waiting, ${failed + unsupported} failed`;
        if (failed === 0) return { state: 'ok', detail };
        return {
          state: 'warning',
          detail,
          remedy: '“Similar items › Index” in the admin lists them with their reasons.',
        };
      },
    },
    isLocal
      ? folderCheck('Uploads', uploads, 'Give the user that runs Strapi the right to write there, or mount the volume.')
      : {
          name: 'Uploads',
          run: async () => ({ state: 'ok', detail: `by ${strapi.config.get('plugin::upload.provider')}` }),
        },
    folderCheck(
      'State folder',
      stateDirOf(strapi, config),
      'Set stateDir to a folder that can be written to; until then the index is kept in memory and built at each start.',
    ),
  ];
}
