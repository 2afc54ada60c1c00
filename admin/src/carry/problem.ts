import { isFetchError } from '@strapi/strapi/admin';
import type { useText } from '../hooks/use-text';
import { codeOf } from '../utils/error-code';

/** Why a file was not taken, in the reader's language; which place in it, only the server's own sentence says. */
export function problemOf(error: Error, text: ReturnType<typeof useText>): string {
  if (!isFetchError(error)) return error.message;
  if (error.status === 413) return text('carry.error.tooLarge');
  if (error.status === 403) return text('carry.error.forbidden');
  const code = codeOf(error);
  if (code === 'DECISIONS_INVALID') return text('carry.error.invalid', { reason: error.message });
  if (code === 'SETTINGS_CHANGED') return text('carry.error.settingsChanged');
  return text('carry.error.other', { reason: error.message });
}
