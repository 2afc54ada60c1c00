import { isFetchError } from '@strapi/strapi/admin';
import type { TextId, useText } from '../hooks/use-text';
import { codeOf } from '../utils/error-code';

const TEXTS: Record<string, TextId> = {
  MERGE_CHANGED: 'merge.error.changed',
  MERGE_REFUSED: 'merge.error.refused',
  MERGE_TOO_LARGE: 'merge.error.tooLarge',
  MERGE_OPEN: 'merge.error.open',
  MERGE_ENDED: 'merge.error.ended',
  NOT_DUPLICATES: 'merge.error.notDuplicates',
  NOT_FOUND: 'merge.error.notFound',
  FORBIDDEN: 'merge.error.forbidden',
};

/** What went wrong, in the reader's language. */
export function problemOf(error: Error, text: ReturnType<typeof useText>): string {
  // Ours have words already: the server cannot be reached.
  if (!isFetchError(error)) return error.message;
  return text(TEXTS[codeOf(error) ?? ''] ?? 'merge.error.other');
}
