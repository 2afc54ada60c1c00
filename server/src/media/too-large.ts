import { SimilarError } from '../../../plugin/errors';

export const tooLarge = (maxBytes: number, details: Record<string, unknown>) =>
  new SimilarError('TOO_LARGE', `The file has more than ${maxBytes} bytes, the most that is read`, details);
