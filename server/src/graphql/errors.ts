import type { Core } from '@strapi/strapi';
import { errors } from '@strapi/utils';
import { SimilarError } from '../../../plugin/errors';
import { logOf } from '../util/log';
import { isAnswer, publicError } from '../util/public-error';

/** Strapi's GraphQL plugin makes `FORBIDDEN`, `BAD_USER_INPUT` or `STRAPI_…` of these. */
function asStrapi(error: SimilarError, status: number): Error {
  const { name, message, details } = publicError(error, status);
  if (status === 400) return new errors.ValidationError(message, details);
  if (status === 403) return new errors.ForbiddenError(message, details);
  const answer = new errors.ApplicationError(message, details);
  answer.name = name as typeof answer.name;
  return answer;
}

/** What `work` gives, or an error that a client may see: Strapi's GraphQL plugin sends the messages of those that it does not know, too. */
export async function withGraphqlErrors<Result>(strapi: Core.Strapi, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SimilarError && error.status !== undefined) throw asStrapi(error, error.status);
    if (error instanceof errors.ApplicationError || error instanceof errors.HttpError) throw error;
    // As koa's `ctx.throw` makes them.
    if (isAnswer(error)) throw new errors.ApplicationError(error.message);
    const code = error instanceof SimilarError ? error.code : undefined;
    logOf(strapi).error(`GraphQL failed: ${error instanceof Error ? error.message : String(error)}`, { code });
    throw new Error('Internal Server Error');
  }
}
