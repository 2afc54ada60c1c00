import { SimilarError } from '../errors';

/** @param what follows “The vector index”. */
export function unavailable(what: string): SimilarError {
  return new SimilarError('INDEX_UNAVAILABLE', `The vector index ${what}.`);
}
