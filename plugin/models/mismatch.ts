import { SimilarError } from '../errors';

/** What the configuration says of a model's file is not so. @param key of its entry in `models.custom`. */
export function modelMismatch(model: string, key: string, problem: string): SimilarError {
  return new SimilarError('MODEL_MISMATCH', `\`models.custom.${model}.${key}\`: ${problem}.`, { model, key });
}
