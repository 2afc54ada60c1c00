import type { TextId } from '../hooks/use-text';
import texts from '../translations/en.json';

/** Why a picture could not be indexed, in a few words; the server's own sentence has the details. */
export function failureText(code: string | undefined): TextId {
  const id = `failed.code.${code}`;
  return id in texts ? (id as TextId) : 'failed.code.other';
}
