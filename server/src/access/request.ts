import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { SimilarError } from '../../../plugin/errors';
import { isStrict, readConfig } from '../config';
import { readQuery, type SimilarParams } from '../validation/similar-query';
import { type Access, contentApiAccess } from './content-api';

/**
 * What a caller of the content API wants, and on whose behalf it is read.
 * @param query as of a query string, whichever way it came.
 * @throws SimilarError `INVALID_PARAMETER` or `DRAFTS_OFF`
 */
export function readRequest(
  strapi: Core.Strapi,
  ctx: Context,
  query: unknown,
): { params: SimilarParams; access: Access } {
  const { api } = readConfig(strapi);
  const params = readQuery(query, api, isStrict(strapi));
  if (params.status === 'draft' && !api.drafts) {
    throw new SimilarError('DRAFTS_OFF', '`status=draft` is switched off here');
  }
  return { params, access: contentApiAccess(strapi, ctx, params.status) };
}
