import type { Knex } from 'knex';
import type { SimilarConfig } from '../contracts/config';
import { SimilarError } from '../errors';
import type { IndexStatus, Logger, SpaceId, VectorIndex } from '../ports';
import { createExactIndex } from './exact';
import { removeIndexFiles } from './folder';
import { createPgvectorIndex } from './pgvector';
import { dropTable } from './pgvector-table';
import { createUsearchIndex } from './usearch';
import { createWeaviateIndex } from './weaviate';
import { loadWeaviate } from './weaviate-client';
import { dropCollection } from './weaviate-collection';
import { createWeaviateConnection } from './weaviate-connection';

export interface VectorIndexDeps {
  config: SimilarConfig['index'];
  /** Folder for index files. */
  stateDir: string;
  logger: Logger;
  /** The database that the vectors are stored in, where an index may live, too. The caller owns it. */
  database?: Knex;
}

type OnRestart = (status: IndexStatus) => void;
type OnReturn = () => void;

export interface VectorIndexes {
  /**
   * @param onRestart what was put before may be lost to the index.
   * @param onReturn it was away, and may lack something.
   */
  create(onRestart: OnRestart, onReturn?: OnReturn): VectorIndex;
  /** What answers in memory while the server of the index is away, and for how many vectors. */
  readonly fallback?: Fallback;
  /** After how long what it holds is compared with the store again: it may lose something without a word. */
  readonly recheckMs?: number;
  /** Deletes what any provider keeps of a space whose index is not open. */
  remove(space: SpaceId): Promise<void>;
}

interface Fallback {
  create(): VectorIndex;
  most: number;
}

interface Provider {
  /** It is on a server, which may be away. */
  isRemote?: true;
  /** As `VectorIndexes` has it. */
  recheckMs?: number;

  /**
   * What keeps it from being used here, and what to do, if something does.
   * @throws SimilarError of its own, where there is one.
   */
  problem?(deps: VectorIndexDeps): string | undefined;
  create(deps: VectorIndexDeps, onRestart: OnRestart, onReturn?: OnReturn): VectorIndex;
  remove(deps: VectorIndexDeps, space: SpaceId): Promise<void>;
}

type Name = SimilarConfig['index']['provider'];

const HOUR_MS = 3_600_000;

/** `index.provider` → vector index. */
const PROVIDERS: Record<Name, Provider> = {
  usearch: {
    create: ({ stateDir, config, logger }, onRestart) => createUsearchIndex({ stateDir, config, logger, onRestart }),
    remove: ({ stateDir }, space) => removeIndexFiles(stateDir, space),
  },
  pgvector: {
    isRemote: true,
    problem({ database }) {
      const dialect = database?.client.dialect ?? 'not known';
      if (isPostgres(database)) return undefined;
      return `needs PostgreSQL as Strapi’s database, but that is ${dialect}. Set it to \`usearch\`, or move Strapi to PostgreSQL.`;
    },
    create: ({ database, config, logger }, onRestart) =>
      createPgvectorIndex({ knex: database as Knex, config, logger, onRestart }),
    async remove({ database }, space) {
      if (isPostgres(database)) await dropTable(database, space);
    },
  },
  weaviate: {
    isRemote: true,
    recheckMs: HOUR_MS,
    problem({ config }) {
      if (!config.weaviate.url) {
        return 'needs the address of a server. Set `index.weaviate.url`, such as `http://localhost:8080`, or `index.provider` to `usearch`.';
      }
      loadWeaviate();
      return undefined;
    },
    create: ({ config, logger }, onRestart, onReturn) => createWeaviateIndex({ config, logger, onRestart, onReturn }),
    // Without being chosen, it is not asked: its server may be gone for good.
    async remove({ config, logger }, space) {
      if (config.provider !== 'weaviate') return;
      const connection = createWeaviateConnection(config, logger);
      await connection
        .call((client) => dropCollection(client, config.weaviate.prefix, space))
        .finally(() => connection.close());
    },
  },
};

const isPostgres = (database?: Knex): database is Knex => database?.client.dialect === 'postgresql';

/**
 * The vector index that the configuration names.
 * @throws SimilarError `INVALID_CONFIG` where it cannot be used here, `WEAVIATE_CLIENT_MISSING`
 */
export function createVectorIndexes(deps: VectorIndexDeps): VectorIndexes {
  const name = deps.config.provider;
  const problem = PROVIDERS[name].problem?.(deps);
  if (problem) throw new SimilarError('INVALID_CONFIG', `\`index.provider\` is \`${name}\`, which ${problem}`);
  const { fallbackVectors: most } = deps.config;
  return {
    ...(PROVIDERS[name].isRemote && most > 0 && { fallback: { create: createExactIndex, most } }),
    recheckMs: PROVIDERS[name].recheckMs,
    create: (onRestart, onReturn) => PROVIDERS[name].create(deps, onRestart, onReturn),
    async remove(space) {
      for (const provider of Object.values(PROVIDERS)) await provider.remove(deps, space);
    },
  };
}
