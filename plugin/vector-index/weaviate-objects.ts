import { createHash } from 'node:crypto';
import type { Collection, FilterValue } from 'weaviate-client';
import type { FileId, StoredVector } from '../ports';
import { decodeFloat16 } from '../vectors/float16';
import { MARK, POINT } from './weaviate-collection';
import type { Insert, NewObject } from './weaviate-insert';

/** A file as it is held. */
export interface HeldFile {
  fileId: FileId;
  seq: number;
  /** Uuid of the point that has its vector. */
  point: string;
}

export interface NewFile extends HeldFile {
  vector: Uint16Array;
}

export interface NearPoint {
  point: string;
  similarity: number;
}

/** What a server answers a request with at most, by default (`QUERY_MAXIMUM_RESULTS`). */
export const MOST_RESULTS = 10_000;
/** Ids in one filter. */
const FILTER_SIZE = 2_000;
/** Vectors in one answer. */
const POINTS_SIZE = 200;

const uuidOf = (of: string | Uint8Array): string =>
  createHash('sha256')
    .update(of)
    .digest('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

export function fileOf({ fileId, seq, vector }: StoredVector): NewFile {
  return { fileId, seq, vector, point: uuidOf(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)) };
}

/** Those of these files that are there; the mark counts as one. */
export async function heldFiles(collection: Collection, fileIds: readonly FileId[]): Promise<HeldFile[]> {
  const held: HeldFile[] = [];
  for (const ids of pagesOf(fileIds, FILTER_SIZE)) {
    const filters = collection.filter.byProperty('fileId').containsAny(ids);
    const { objects } = await collection.query.fetchObjects({ filters, limit: ids.length });
    for (const { properties } of objects) held.push(properties as unknown as HeldFile);
  }
  return held;
}

/** All files that have one of these points. */
export async function holdersOf(collection: Collection, points: readonly string[]): Promise<HeldFile[]> {
  const held: HeldFile[] = [];
  const { filter } = collection;
  for (const some of pagesOf(points, FILTER_SIZE)) {
    const ofSome = filter.byProperty('point').containsAny(some);
    for (let after = -1, isMore = true; isMore; ) {
      const filters = after < 0 ? ofSome : all(ofSome, filter.byProperty('fileId').greaterThan(after));
      const sort = collection.sort.byProperty('fileId' as never);
      const { objects } = await collection.query.fetchObjects({ filters, sort, limit: MOST_RESULTS });
      for (const { properties } of objects) held.push(properties as unknown as HeldFile);
      isMore = objects.length === MOST_RESULTS;
      if (isMore) after = held[held.length - 1].fileId;
    }
  }
  return held;
}

const all = (...filters: FilterValue[]): FilterValue => ({ operator: 'And', filters, value: null });

/** @returns those of these points that are there. */
export async function heldPoints(collection: Collection, points: readonly string[]): Promise<Set<string>> {
  const held = new Set<string>();
  for (const some of pagesOf(points, FILTER_SIZE)) {
    const filters = collection.filter.byId().containsAny(some);
    const { objects } = await collection.query.fetchObjects({ filters, limit: some.length, returnProperties: [] });
    for (const { uuid } of objects) held.add(uuid);
  }
  return held;
}

export const insertPoints = (insert: Insert, files: readonly NewFile[]): Promise<void> =>
  insert(
    [...new Map(files.map((file) => [file.point, file.vector]))].map(([id, vector]) => ({
      id,
      properties: { fileId: POINT },
      vector: Array.from(decodeFloat16(vector)),
    })),
  );

/** Keeps the largest seq, too. */
export const insertFiles = (insert: Insert, files: readonly HeldFile[], lastSeq: number): Promise<void> =>
  insert([
    ...files.map(({ fileId, seq, point }) => ({ id: uuidOf(`file ${fileId}`), properties: { fileId, seq, point } })),
    { id: uuidOf('mark'), properties: { fileId: MARK, seq: lastSeq } },
  ]);

export async function deleteFiles(collection: Collection, fileIds: readonly FileId[]): Promise<void> {
  await deleteByIds(
    collection,
    fileIds.map((fileId) => uuidOf(`file ${fileId}`)),
  );
}

/** @returns what puts a point back. */
export async function deletePoints(collection: Collection, points: readonly string[]): Promise<NewObject[]> {
  const deleted: NewObject[] = [];
  for (const some of pagesOf(points, POINTS_SIZE)) {
    const filters = collection.filter.byId().containsAny(some);
    const { objects } = await collection.query.fetchObjects({ filters, limit: some.length, includeVector: true });
    for (const { uuid, vectors } of objects) {
      deleted.push({ id: uuid, properties: { fileId: POINT }, vector: vectors.default as number[] });
    }
  }
  await deleteByIds(collection, points);
  return deleted;
}

async function deleteByIds(collection: Collection, ids: readonly string[]): Promise<void> {
  for (const some of pagesOf(ids, FILTER_SIZE)) {
    const { failed } = await collection.data.deleteMany(collection.filter.byId().containsAny(some));
    if (failed > 0) throw new Error(`${failed} of ${some.length} objects could not be deleted`);
  }
}

/** The file's vector. */
export async function vectorOf(collection: Collection, fileId: FileId): Promise<Float32Array | undefined> {
  const file = await collection.query.fetchObjectById(uuidOf(`file ${fileId}`));
  const id = file?.properties.point as string | undefined;
  const point = id && (await collection.query.fetchObjectById(id, { includeVector: true, returnProperties: [] }));
  return point ? Float32Array.from(point.vectors.default as number[]) : undefined;
}

/** Nearest points, best first: of these, of all by comparing each, or by the graph. */
export async function nearPoints(
  collection: Collection,
  query: Float32Array,
  { limit, among }: { limit: number; among?: readonly string[] | 'all' },
): Promise<NearPoint[]> {
  const { filter } = collection;
  const filters =
    among === 'all' ? filter.byProperty('fileId').equal(POINT) : among && filter.byId().containsAny(among as string[]);
  const { objects } = await collection.query.nearVector(Array.from(query), {
    ...{ limit, filters, returnProperties: [], returnMetadata: ['distance'] },
  });
  return objects
    .map(({ uuid, metadata }) => ({ point: uuid, similarity: similarityOf(metadata?.distance as number) }))
    .sort((a, b) => b.similarity - a.similarity);
}

const similarityOf = (distance: number) => Math.min(1, Math.max(-1, 1 - distance));

/** All files that have a vector, and points that no file has. */
export async function listAll(collection: Collection): Promise<{ files: HeldFile[]; unheld: string[] }> {
  const files: HeldFile[] = [];
  const points = new Set<string>();
  for (let after: string | undefined, isMore = true; isMore; ) {
    const { objects } = await collection.query.fetchObjects({ limit: MOST_RESULTS, after });
    for (const { uuid, properties } of objects) {
      if (properties.fileId === POINT) points.add(uuid);
      else if (properties.fileId !== MARK) files.push(properties as unknown as HeldFile);
    }
    after = objects.at(-1)?.uuid;
    isMore = objects.length === MOST_RESULTS;
  }
  const held = new Set(files.map(({ point }) => point));
  return {
    files: files.filter(({ point }) => points.has(point)),
    unheld: [...points].filter((point) => !held.has(point)),
  };
}

export async function countFiles(collection: Collection): Promise<{ size: number; lastSeq: number }> {
  const { totalCount, properties } = await collection.aggregate.overAll({
    filters: collection.filter.byProperty('fileId').greaterOrEqual(MARK),
    returnMetrics: collection.metrics.aggregate('seq').integer(['maximum']),
  });
  const { maximum } = properties.seq as { maximum?: number };
  // One of them is the mark.
  return { size: Math.max(0, totalCount - 1), lastSeq: maximum ?? 0 };
}

function* pagesOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}
