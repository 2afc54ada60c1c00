import { createHash, randomUUID } from 'node:crypto';
import type { Collection, WeaviateClient } from 'weaviate-client';
import type { SimilarConfig } from '../contracts/config';
import type { Space, SpaceId } from '../ports';
import { loadWeaviate } from './weaviate-client';

/**
 * A collection per space. Its name comes from the space, so nodes find it without an alias, and the one in use stays while another space is
 * built. It holds files, which have no vector, and points, which have one: files with the same vector share a point. Thousands of copies
 * in the graph cut it in parts that searches do not leave.
 */
export interface WeaviateCollection {
  name: string;
  /** Another one when the collection was deleted and made again: what was in it is gone then. */
  made: string;
  /** Nodes that hold each object. */
  copies: number;
}

/** `fileId` of a point. */
export const POINT = -2;
/** Of an object without a point, which keeps the largest seq that was seen. */
export const MARK = -1;
/** What a filter selects is compared exactly, however much it is. */
const ALWAYS_EXACT = 1_000_000_000;

/** Readable in no way, but different for any two spaces; the collection's description names the space. */
export const collectionName = (prefix: string, space: SpaceId): string =>
  `${prefix}_${createHash('sha256').update(space).digest('hex').slice(0, 16)}`;

/** With the consistency that is asked for. */
export const using = (client: WeaviateClient, { name }: WeaviateCollection, level: 'ONE' | 'QUORUM' | 'ALL') =>
  client.collections.get(name).withConsistency(level) as Collection;

/** Finds the collection of a space, or makes it; safe to call by several nodes at once. */
export async function openCollection(
  client: WeaviateClient,
  space: Space,
  config: SimilarConfig['index'],
): Promise<WeaviateCollection> {
  const name = collectionName(config.weaviate.prefix, space.id);
  const found = await look(client, name);
  if (found?.made) return { name, made: found.made, copies: found.copies };
  // Weaviate makes one by itself when something is put into one that has just been deleted. It is not as this plugin makes them.
  if (found) await client.collections.delete(name);
  try {
    await make(client, name, space, config);
  } catch (error) {
    const others = await findCollection(client, name);
    if (!others) throw error;
    return others;
  }
  return (await findCollection(client, name)) as WeaviateCollection;
}

/** Undefined where there is none that this plugin has made. */
export async function findCollection(client: WeaviateClient, name: string): Promise<WeaviateCollection | undefined> {
  const found = await look(client, name);
  return found?.made ? { name, made: found.made, copies: found.copies } : undefined;
}

async function look(client: WeaviateClient, name: string): Promise<{ made?: string; copies: number } | undefined> {
  if (!(await client.collections.exists(name))) return undefined;
  const { description, replication } = await client.collections.get(name).config.get();
  return { made: description?.match(/ \(([0-9a-f-]{36})\)$/)?.[1], copies: replication.factor };
}

/** Whoever uses it sees that it is gone. */
export async function dropCollection(client: WeaviateClient, prefix: string, space: SpaceId): Promise<void> {
  await client.collections.delete(collectionName(prefix, space));
}

async function make(
  client: WeaviateClient,
  name: string,
  space: Space,
  { connectivity, expansionAdd, weaviate: { replication } }: SimilarConfig['index'],
): Promise<void> {
  const { configure } = loadWeaviate();
  const { vectorIndex, vectors } = configure;
  await client.collections.create({
    name,
    description: `Vector index of ${space.id} (${randomUUID()})`,
    properties: [
      { name: 'fileId', dataType: 'int', indexFilterable: true, indexRangeFilters: true },
      { name: 'seq', dataType: 'int', indexFilterable: true },
      { name: 'point', dataType: 'text', tokenization: 'field', indexFilterable: true, indexSearchable: false },
    ],
    vectorizers: vectors.selfProvided({
      // Similarities are those of the numbers that were put.
      quantizer: vectorIndex.quantizer.none(),
      vectorIndexConfig: vectorIndex.hnsw({
        distanceMetric: 'cosine',
        maxConnections: connectivity,
        efConstruction: expansionAdd,
        flatSearchCutoff: ALWAYS_EXACT,
      }),
    }),
    // A node that was away learns of what it missed, also of what was removed.
    replication: configure.replication({
      factor: replication.factor,
      asyncEnabled: replication.factor > 1,
      deletionStrategy: 'TimeBasedResolution',
    }),
  });
}
