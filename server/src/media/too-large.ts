import { SimilarError } from '../../../plugin/errors';

export const tooLarge = (maxBytes: number, details: Record<string, unknown>) =>
  new SimilarError('TOO_LARGE', `The file has more than the ${maxBytes} bytes that are allowed`, details);
