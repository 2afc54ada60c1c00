import type { LikenessLevels } from '../../../plugin/contracts/admin';
import type { TextId } from '../hooks/use-text';

/** What a cosine is called: the same words wherever pictures are compared. */
export function likenessOf(similarity: number, { alike, veryAlike }: LikenessLevels): TextId {
  if (similarity >= veryAlike) return 'likeness.very';
  return similarity >= alike ? 'likeness.alike' : 'likeness.loosely';
}
