import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import type { SimilarResponse } from '../../../plugin/contracts/similar';
import { SimilarError } from '../../../plugin/errors';
import { gather } from '../../../plugin/gather';
import { readRequest } from '../access/request';
import { readConfig } from '../config';
import type { FindSimilar } from '../services/similar';

/** What one request has asked so far. */
interface Asked {
  count: number;
  /** By type and parameters: entries that are asked about in the same words share an answer. */
  entries: Map<string, (documentId: string) => Promise<SimilarResponse | SimilarError>>;
}

/** The searches of GraphQL requests: those that the HTTP API makes, and of a request no more than of a batch. */
export function createSearches(strapi: Core.Strapi, find: () => FindSimilar) {
  const requests = new WeakMap<Context, Asked>();

  /** @throws SimilarError `INVALID_PARAMETER` */
  function count(ctx: Context): Asked {
    const asked = requests.get(ctx) ?? { count: 0, entries: new Map() };
    requests.set(ctx, asked);
    const { maxBatch } = readConfig(strapi).api;
    if (++asked.count <= maxBatch) return asked;
    const message = `Expected at most ${maxBatch} searches in a request, each \`similar\` of each entry being one`;
    throw new SimilarError('INVALID_PARAMETER', message, { name: 'similar' });
  }

  return {
    async byId(ctx: Context, id: string, query: Record<string, unknown>): Promise<SimilarResponse> {
      count(ctx);
      const { params, access } = readRequest(strapi, ctx, query);
      return find().byId(id, params, access);
    },

    async byWords(ctx: Context, query: Record<string, unknown>): Promise<SimilarResponse> {
      count(ctx);
      const { params, access } = readRequest(strapi, ctx, query);
      return find().byWords(params.q as string, { ...params, type: params.type ?? 'file' }, access);
    },

    /** @param query with `type`, which is that of the entry. */
    async byEntry(ctx: Context, documentId: string, query: Record<string, unknown>): Promise<SimilarResponse> {
      const { entries } = count(ctx);
      const key = JSON.stringify(query);
      let ask = entries.get(key);
      if (!ask) {
        const { params, access } = readRequest(strapi, ctx, query);
        ask = gather((ids: string[]) => find().entries(ids, params, access));
        entries.set(key, ask);
      }
      const answer = await ask(documentId);
      if (answer instanceof SimilarError) throw answer;
      return answer;
    },
  };
}

export type Searches = ReturnType<typeof createSearches>;
