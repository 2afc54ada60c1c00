import path from 'node:path';
import type { Core } from '@strapi/strapi';
import { configKeys, type SimilarConfig } from '../../plugin/contracts/config';
import { ERRORS, type SimilarError } from '../../plugin/errors';
import { lookForExtension } from '../../plugin/vector-index/pgvector-table';
import { lookForWeaviate } from '../../plugin/vector-index/weaviate-connection';
import { operatorsConfig, readConfig, stateDirOf } from '../../server/src/config';
import { getService } from '../../server/src/util/get-service';
import { showPreset } from '../../server/src/util/show-settings';
import type { Check } from './check';
import { folderCheck } from './machine';

/** What the plugin needs of a project that is loaded. */
export function checksOf(strapi: Core.Strapi): Check[] {
  const config = readConfig(strapi);
  const isLocal = strapi.config.get('plugin::upload.provider', 'local') === 'local';
  const uploads = path.join(strapi.dirs.static.public, 'uploads');
  return [
    {
      name: 'Configuration',
      async run() {
        const own = Object.keys((operatorsConfig(strapi) ?? {}) as object).filter((key) => key in configKeys.shape);
        if (own.length === 0) return { state: 'ok', detail: 'defaults' };
        const preset = showPreset({ config }, operatorsConfig(strapi));
        const set = preset?.values
          .filter(({ source }) => source === 'preset')
          .map(({ key, value }) => `${key}: ${value}`);
        const ofPreset = set ? `; the preset ${preset?.name} sets ${set.join(', ')}` : '';
        return { state: 'ok', detail: `config/plugins sets ${own.join(', ')}${ofPreset}` };
      },
    },
    {
      name: 'Database',
      async run() {
        const { connection, dialect } = strapi.db;
        await connection.raw('select 1');
        const indexing = getService('indexing', { strapi });
        const { ready, pending, failed, unsupported } = await indexing.counts();
        const { BYTES_MISSING: missing = 0 } = await indexing.failures();
        const ofThem = missing > 0 ? ` (the bytes of ${missing} are on no node)` : '';
        const detail = `${dialect.client}: ${ready} pictures ready, ${pending} waiting, ${failed + unsupported} failed${ofThem}`;
        if (failed === 0) return { state: 'ok', detail };
        const listed = '“Similar items › Index” in the admin lists them with their reasons.';
        return { state: 'warning', detail, remedy: missing > 0 ? `${listed} ${ERRORS.BYTES_MISSING.remedy}` : listed };
      },
    },
    ...(config.index.provider === 'pgvector' ? [pgvector(strapi)] : []),
    ...(config.index.provider === 'weaviate' ? [weaviate(config.index)] : []),
    isLocal
      ? folderCheck('Uploads', uploads, 'Give the user that runs Strapi write permission there, or mount the volume.')
      : {
          name: 'Uploads',
          run: async () => ({ state: 'ok', detail: `stored by ${strapi.config.get('plugin::upload.provider')}` }),
        },
    folderCheck(
      'State folder',
      stateDirOf(strapi, config),
      'Set stateDir to a writable folder; until then the index is kept in memory and rebuilt at every start.',
    ),
  ];
}

const pgvector = (strapi: Core.Strapi): Check => ({
  name: 'pgvector',
  async run() {
    const { version, problem } = await lookForExtension(strapi.db.connection);
    if (problem) return { state: 'problem', detail: problem, remedy: ERRORS.PGVECTOR_UNAVAILABLE.remedy };
    return { state: 'ok', detail: version ? `version ${version}` : 'installed, and created at the first start' };
  },
});

const weaviate = (config: SimilarConfig['index']): Check => ({
  name: 'Weaviate',
  async run() {
    try {
      return { state: 'ok', detail: await lookForWeaviate(config) };
    } catch (error) {
      const { message, remedy } = error as SimilarError;
      return { state: 'problem', detail: message, remedy: remedy ?? ERRORS.WEAVIATE_UNAVAILABLE.remedy };
    }
  },
});
