import { errors } from '@strapi/utils';
import type { SimilarError } from '../../../plugin/errors';
import { publicMessage } from './public-message';

/** Strapi's own names, so that clients handle our errors like those of the content API. */
const NAMES: Record<number, string> = {
  400: 'ValidationError',
  403: 'ForbiddenError',
  404: 'NotFoundError',
  409: 'ConflictError',
  413: 'PayloadTooLargeError',
  415: 'UnsupportedMediaTypeError',
  429: 'RateLimitError',
  501: 'NotImplementedError',
  502: 'BadGatewayError',
  503: 'ServiceUnavailableError',
};

/** What a client is told of an error, as Strapi says it. */
export interface PublicError {
  name: string;
  message: string;
  details: Record<string, unknown>;
}

/** @param status of `error`, which it has not if it is none of the client's business. */
export function publicError(error: SimilarError, status: number): PublicError {
  const { code, remedy } = error;
  const message = publicMessage(error);
  const details: Record<string, unknown> = { code, remedy };
  if (status === 400) {
    const path = String(error.details.name ?? '')
      .split(/[[\].]+/)
      .filter(Boolean);
    details.errors = [{ path, message, name: 'ValidationError' }];
  }
  return { name: NAMES[status] ?? 'ApplicationError', message, details };
}

/** Strapi has a status for it: the caller is told what is wrong. */
export const isAnswer = (error: unknown): error is Error =>
  error instanceof errors.ApplicationError ||
  error instanceof errors.HttpError ||
  (error as { expose?: boolean } | undefined)?.expose === true;
