import { setImmediate as breathe } from 'node:timers/promises';
import type { MatchVerdict } from '../contracts/similar';
import type { EmbeddingStore, FileId, SpaceId } from '../ports';
import { Photo } from '../same-photo/photo';
import { originalOf } from '../same-photo/picture-digest';
import { isSamePhoto } from '../same-photo/same-photo';
import type { Known } from './known';
import { matchedPictures, type Neighbour, type Query } from './neighbours';

/** Turned by a quarter, a photo may be so little like itself to a model; below it nothing is looked at. */
export const LEAST_TURNED = 0.35;
/** Cut to four fifths of its sides it is at least so much like itself. */
export const LEAST_CUT = 0.7;
/** Pairs that are compared before others have their turn: a few milliseconds at most. */
export const AT_ONCE = 4;

/** Of two pictures whose cosine in the model's space is known. */
export function verdictOf(a: Known | undefined, b: Known | undefined, cosine: number): MatchVerdict {
  const original = originalOf(a?.digest);
  if (original !== undefined && original === originalOf(b?.digest)) return 'identical';
  if (!a?.photo || !b?.photo || cosine < LEAST_TURNED) return 'similar';
  return isSamePhoto(a.photo, b.photo, { crops: cosine >= LEAST_CUT }) ? 'same-photo' : 'similar';
}

/** Those of pictures that have a vector. */
export async function knownOf(
  store: Pick<EmbeddingStore, 'photos'>,
  space: SpaceId,
  fileIds: readonly FileId[],
): Promise<Map<FileId, Known>> {
  const found = await store.photos(space, fileIds);
  return new Map(
    [...found].map(([id, { digest, miniature }]) => [
      id,
      { digest, ...(miniature && { photo: new Photo(miniature) }) },
    ]),
  );
}

/** Of each match, with the cosines of the model's space. */
export async function verdictsOf(
  store: Pick<EmbeddingStore, 'photos'>,
  space: SpaceId,
  queries: readonly Query[],
  matches: readonly Neighbour[],
  cosines: readonly number[],
): Promise<MatchVerdict[]> {
  const near = matches.filter((_, at) => cosines[at] >= LEAST_TURNED);
  if (near.length === 0) return matches.map(() => 'similar');
  const known = new Map<FileId | null, Known>(await knownOf(store, space, [...new Set(near.flatMap(matchedPictures))]));
  for (const { fileId, sent } of queries) if (sent) known.set(fileId, sent);
  const verdicts: MatchVerdict[] = [];
  for (const [at, { fileId, queryFileId }] of matches.entries()) {
    if (at % AT_ONCE === AT_ONCE - 1) await breathe();
    verdicts.push(verdictOf(known.get(queryFileId), known.get(fileId), cosines[at]));
  }
  return verdicts;
}
