import { isFetchError } from '@strapi/strapi/admin';
import { type TextId, useText } from '../hooks/use-text';
import texts from '../translations/en.json';
import { codeOf } from '../utils/error-code';

/** What went wrong and what to do, in the reader's language: the server says it in English, with names of files. */
export function useProblem() {
  const text = useText();

  function say(code: string): string {
    const id = `model.problem.${code}`;
    return text(id in texts ? (id as TextId) : 'model.problem.other', { code });
  }

  function sayError(error: Error): string {
    // What no server has said is in the reader's language already.
    return isFetchError(error) ? say(codeOf(error) ?? String(error.status ?? '')) : error.message;
  }

  return {
    say,
    sayError,
    /** The same error, in these words. */
    told: <T>(answer: Promise<T>): Promise<T> =>
      answer.catch((error) => {
        throw new Error(sayError(error), { cause: error });
      }),
  };
}
