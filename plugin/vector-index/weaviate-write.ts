import type { Collection } from 'weaviate-client';
import type { FileId } from '../ports';
import { MARK } from './weaviate-collection';
import type { Insert } from './weaviate-insert';
import {
  deleteFiles,
  deletePoints,
  heldFiles,
  heldPoints,
  holdersOf,
  insertFiles,
  insertPoints,
  type NewFile,
} from './weaviate-objects';

/** A collection, and what adds to it. */
export interface Target {
  collection: Collection;
  insert: Insert;
}

/**
 * Nodes put the same vectors: what is there already is not sent. A Weaviate node that was away may have been brought a file and not its
 * point, so both are looked for.
 */
export async function putFiles({ collection, insert }: Target, files: readonly NewFile[]): Promise<void> {
  const held = new Map(
    (await heldFiles(collection, [MARK, ...files.map(({ fileId }) => fileId)])).map((one) => [one.fileId, one]),
  );
  const newer = files.filter(({ fileId, seq }) => (held.get(fileId)?.seq ?? -1) < seq);
  const same = files.filter(({ fileId, seq, point }) => {
    const one = held.get(fileId);
    return one?.seq === seq && one.point === point;
  });
  await sendMissing(same);
  if (newer.length === 0) return;
  // Whether it is there is not asked: of several copies one answers, and it may not have heard yet that it was deleted.
  await insertPoints(insert, newer);
  const lastSeq = newer.reduce((last, { seq }) => Math.max(last, seq), held.get(MARK)?.seq ?? 0);
  await insertFiles(insert, newer, lastSeq);
  // Another node may have deleted a point just before a file had it here.
  await sendMissing(newer);
  await deleteUnheld(
    { collection, insert },
    newer.flatMap(({ fileId }) => held.get(fileId)?.point ?? []),
  );

  async function sendMissing(of: readonly NewFile[]): Promise<void> {
    const there = await heldPoints(collection, [...new Set(of.map(({ point }) => point))]);
    await insertPoints(
      insert,
      of.filter(({ point }) => !there.has(point)),
    );
  }
}

export async function removeFiles({ collection, insert }: Target, fileIds: readonly FileId[]): Promise<void> {
  const held = await heldFiles(collection, fileIds);
  if (held.length === 0) return;
  await deleteFiles(
    collection,
    held.map(({ fileId }) => fileId),
  );
  await deleteUnheld(
    { collection, insert },
    held.map(({ point }) => point),
  );
}

/**
 * Deletes those of these points that no file has. Another node may give one to a file at this moment: it looks whether the point is there
 * after it has written the file, and here it is looked whether a file has come after the point was deleted. One of the two sees it.
 */
export async function deleteUnheld({ collection, insert }: Target, points: readonly string[]): Promise<void> {
  const unheld = await withoutHolder(collection, points);
  if (unheld.size === 0) return;
  const deleted = await deletePoints(collection, [...unheld]);
  const still = await withoutHolder(collection, [...unheld]);
  await insert(deleted.filter(({ id }) => !still.has(id)));
}

async function withoutHolder(collection: Collection, points: readonly string[]): Promise<Set<string>> {
  const unheld = new Set(points);
  for (const { point } of await holdersOf(collection, [...unheld])) unheld.delete(point);
  return unheld;
}
