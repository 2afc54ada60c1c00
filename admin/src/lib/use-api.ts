import { useFetchClient } from '@strapi/strapi/admin';
import { useMemo } from 'react';
import type {
  BesideRequest,
  BesideResponse,
  DuplicatesResponse,
  FailedPicture,
  PairExplanation,
  PictureTypeInfo,
} from '../../../plugin/contracts/admin';
import type { Progress } from '../../../plugin/contracts/progress';
import type { Rule } from '../../../plugin/contracts/rules';

type Task = 'pause' | 'resume' | 'sweep' | 'rebuild' | 'spaces/cancel' | 'spaces/roll-back' | 'spaces/build';

export interface SentQuery {
  type: string;
  like?: string[];
  unlike?: string[];
  minScore?: number;
}

/** The server's admin endpoints, typed. Every call rejects with an error whose message is the server's. */
export function useApi() {
  const { get, post } = useFetchClient();
  return useMemo(() => {
    const read = async <T>(path: string, signal?: AbortSignal, params?: object): Promise<T> =>
      (await get<T>(`/similar/${path}`, { signal, params } as never)).data;
    const send = async <T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> =>
      (await post<T>(`/similar/${path}`, body, { signal } as never)).data;

    return {
      types: (signal?: AbortSignal) => read<PictureTypeInfo[]>('types', signal),
      beside: (request: BesideRequest, signal?: AbortSignal) => send<BesideResponse>('beside', request, signal),
      sent(picture: Blob, { type, like = [], unlike = [], minScore }: SentQuery, signal?: AbortSignal) {
        const query = new URLSearchParams({ type, limit: '24' });
        if (like.length) query.set('like', like.join(','));
        if (unlike.length) query.set('unlike', unlike.join(','));
        if (minScore) query.set('minScore', String(minScore));
        const form = new FormData();
        form.append('picture', picture);
        return send<BesideResponse>(`sent?${query}`, form, signal);
      },
      explain: (query: number, result: number, signal?: AbortSignal) =>
        read<PairExplanation>(`explain/${query}/${result}`, signal),
      setRule: (rule: Rule) => send<Rule>('rules', rule),
      removeRule: (rule: Rule) => send<{ removed: boolean }>('rules/remove', rule),
      duplicates: (params: { least: number; page: number; judged: boolean }, signal?: AbortSignal) =>
        read<DuplicatesResponse>('duplicates', signal, { ...params, pageSize: 10 }),
      progress: (signal?: AbortSignal) => read<Progress>('progress', signal),
      failed: (signal?: AbortSignal) => read<FailedPicture[]>('failed', signal),
      retry: (fileIds?: number[]) => send<{ retried: number }>('retry', fileIds ? { fileIds } : {}),
      run: (task: Task) => send<unknown>(task),
    };
  }, [get, post]);
}
