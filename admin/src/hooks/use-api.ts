import { useFetchClient } from '@strapi/strapi/admin';
import { useMemo } from 'react';
import type {
  AdminPicture,
  DuplicatesResponse,
  FailedPicture,
  FailureReason,
  GroupVerdict,
  ItemsRequest,
  ItemsResponse,
  NoticesResponse,
  PairExplanation,
} from '../../../plugin/contracts/admin';
import type { CarryReport } from '../../../plugin/contracts/carry';
import type {
  ComparedPictureResponse,
  ComparedPicturesResponse,
  ComparisonResponse,
  Vote,
  VoteResponse,
} from '../../../plugin/contracts/comparison';
import type { DecisionKind, DecisionsResponse } from '../../../plugin/contracts/decisions';
import type { MapCancelResponse, MapGrouping, MapGroupsResponse, MapResponse } from '../../../plugin/contracts/map';
import type { Merge, MergePlan, MergesResponse } from '../../../plugin/contracts/merge';
import type { Progress } from '../../../plugin/contracts/progress';
import type {
  PictureProposalsRequest,
  PictureProposalsResponse,
  PictureText,
  TextProposalsResponse,
  ValueProposalsRequest,
  ValueProposalsResponse,
} from '../../../plugin/contracts/proposals';
import type { Rule, Verdict } from '../../../plugin/contracts/rules';
import type { PreviewResponse, SettingsRequest, SettingsResponse } from '../../../plugin/contracts/settings';
import type { WebhookTest } from '../../../plugin/contracts/webhook';
import { useText } from './use-text';

type Task =
  | 'pause'
  | 'resume'
  | 'sweep'
  | 'rebuild'
  | 'map/recompute'
  | 'spaces/cancel'
  | 'spaces/roll-back'
  | 'spaces/build';

/** A picture as Strapi's media library has it. */
export interface LibraryFile {
  id: number;
  name: string;
  url: string;
}

/** As the content manager lists it. */
export type FoundEntry = { documentId: string } & Record<string, unknown>;

export interface AdminSearchQuery {
  type: string;
  locale?: string;
  like?: string[];
  unlike?: string[];
  q?: string;
  wordWeight?: number;
  color?: string;
  colors?: boolean;
  least?: number;
  filters?: object;
  folder?: number;
  limit: number;
}

export interface GroupFilters {
  least?: number;
  samePhoto: boolean;
  judged?: Verdict['kind'];
  folder?: number;
  usedIn?: string;
}

/** As the media library nests them. */
export interface Folder {
  id: number;
  name: string;
  children: Folder[];
}

/** Which failed pictures are tried again; neither: all. */
export interface RetryOnly {
  fileIds?: number[];
  code?: string;
}

export interface MergeChoice {
  keep: number;
  remove: number[];
  least: number;
}

/** The server's admin endpoints, typed. Every call rejects with an error whose message is the server's. */
export function useApi() {
  const { get, post, put, del } = useFetchClient();
  const unreachable = useText()('unreachable');
  return useMemo(() => {
    /** The browser has its own words, in its own language, for a server that does not answer. */
    const reached = <T>(answer: Promise<T>): Promise<T> =>
      answer.catch((error) => {
        throw error instanceof TypeError ? new Error(unreachable, { cause: error }) : error;
      });
    const read = async <T>(path: string, signal?: AbortSignal, params?: object): Promise<T> =>
      (await reached(get<T>(`/similar/${path}`, { signal, params } as never))).data;
    const send = async <T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> =>
      (await reached(post<T>(`/similar/${path}`, body, { signal } as never))).data;

    return {
      items: (request: ItemsRequest, signal?: AbortSignal) => send<ItemsResponse>('items', request, signal),
      search(picture: Blob, wanted: AdminSearchQuery, signal?: AbortSignal) {
        // Lists get commas.
        const given = Object.entries(wanted).filter(([, value]) => value !== undefined && String(value) !== '');
        const query = new URLSearchParams(
          given.map(([name, value]) => [name, name === 'filters' ? JSON.stringify(value) : String(value)]),
        );
        const form = new FormData();
        form.append('picture', picture);
        return send<ItemsResponse>(`search?${query}`, form, signal);
      },
      explain: (query: number, result: number, signal?: AbortSignal) =>
        read<PairExplanation>(`explain/${query}/${result}`, signal),
      notices: (within: number, signal?: AbortSignal) => read<NoticesResponse>('notices', signal, { within }),
      proposedPictures: (request: PictureProposalsRequest, signal?: AbortSignal) =>
        send<PictureProposalsResponse>('proposals/pictures', request, signal),
      proposedValues: (request: ValueProposalsRequest, signal?: AbortSignal) =>
        send<ValueProposalsResponse>('proposals/values', request, signal),
      proposedTexts: (pictures: number[], signal?: AbortSignal) =>
        send<TextProposalsResponse>('proposals/texts', { pictures }, signal),
      setRule: (rule: Rule) => send<Rule>('rules', rule),
      removeRule: (rule: Rule) => send<{ removed: boolean }>('rules/remove', rule),
      decisions: (
        params: { kind?: DecisionKind; author?: string; page: number; pageSize: number },
        signal?: AbortSignal,
      ) => read<DecisionsResponse>('decisions', signal, params),
      undoDecision: (id: number) => send<{ removed: boolean }>('decisions/undo', { id }),
      decisionsFile: async () =>
        (await reached(get<Blob>('/similar/decisions/file', { responseType: 'blob' } as never))).data,
      importDecisions(content: Blob, options: { dryRun: boolean; replace: boolean }, signal?: AbortSignal) {
        const form = new FormData();
        form.append('file', content, 'similar-decisions.json');
        const { dryRun, replace } = options;
        return send<CarryReport>(`decisions/file?dryRun=${dryRun}&replace=${replace}`, form, signal);
      },
      judgeGroup: (verdict: GroupVerdict) => send<{ pictures: number }>('verdicts', verdict),
      undoGroup: (verdict: GroupVerdict) => send<{ pictures: number }>('verdicts/remove', verdict),
      duplicates: (params: GroupFilters & { page: number }, signal?: AbortSignal) =>
        read<DuplicatesResponse>('duplicates', signal, { ...params, pageSize: 10 }),
      duplicatesCsv: async (params: GroupFilters) =>
        (await reached(get<Blob>('/similar/duplicates/csv', { params, responseType: 'blob' } as never))).data,
      planMerge: (wanted: MergeChoice, signal?: AbortSignal) =>
        send<MergePlan>('duplicates/merge/plan', wanted, signal),
      merge: (wanted: MergeChoice & { plan: string }) => send<Merge>('duplicates/merge', wanted),
      merges: (params: { page: number; pageSize: number }, signal?: AbortSignal) =>
        read<MergesResponse>('duplicates/merges', signal, params),
      undoMerge: (id: string) => send<Merge>(`duplicates/merges/${id}/undo`),
      finishMerge: (id: string) => send<Merge>(`duplicates/merges/${id}/finish`),
      /** Strapi's own endpoints, with its own permissions. */
      file: async (id: number, signal?: AbortSignal) =>
        (await reached(get<LibraryFile>(`/upload/files/${id}`, { signal } as never))).data,
      folders: async (signal?: AbortSignal) =>
        (await reached(get<{ data: Folder[] }>('/upload/folder-structure', { signal } as never))).data.data,
      /** In the order of the content manager's list, those that it finds by these words. */
      entries: async (uid: string, words: string, locale: string | undefined, signal?: AbortSignal) => {
        const params = { page: 1, pageSize: 10, ...(words && { _q: words }), ...(locale && { locale }) };
        const path = `/content-manager/collection-types/${uid}`;
        return (await reached(get<{ results: FoundEntry[] }>(path, { signal, params } as never))).data.results;
      },
      /** As its draft is stored. */
      entry: async (uid: string, documentId: string, locale: string | undefined, signal?: AbortSignal) => {
        const params = locale ? { locale } : {};
        const path = `/content-manager/collection-types/${uid}/${documentId}`;
        return (await reached(get<{ data: FoundEntry }>(path, { signal, params } as never))).data.data;
      },
      /** documentIds of what an entry's relation has, as its draft is stored; the first hundred. */
      related: async (uid: string, documentId: string, field: string, locale?: string, signal?: AbortSignal) => {
        const params = { page: 1, pageSize: 100, ...(locale && { locale }) };
        const path = `/content-manager/relations/${uid}/${documentId}/${field}`;
        const { data } = await reached(get<{ results: FoundEntry[] }>(path, { signal, params } as never));
        return data.results.map((found) => found.documentId);
      },
      /** Changes these fields of an entry's draft; the others stay. */
      saveEntry: (uid: string, documentId: string, locale: string | undefined, fields: object) => {
        const params = locale ? { locale } : {};
        const path = `/content-manager/collection-types/${uid}/${documentId}`;
        return reached(put(path, { ...fields, ...params }, { params } as never));
      },
      /** What is said of a file; what is not named stays. */
      changeFile: (id: number, texts: Partial<Record<PictureText, string>>) => {
        const form = new FormData();
        form.append('fileInfo', JSON.stringify(texts));
        return reached(post(`/upload?id=${id}`, form));
      },
      deleteFile: (id: number) => reached(del(`/upload/files/${id}`)),
      cancelLayout: () => send<MapCancelResponse>('map/cancel'),
      map: (signal?: AbortSignal) => read<MapResponse>('map', signal),
      mapPictures: (ids: number[], signal?: AbortSignal) =>
        read<AdminPicture[]>('map/pictures', signal, { ids: ids.join(',') }),
      mapGroups: (by: MapGrouping, signal?: AbortSignal) => read<MapGroupsResponse>('map/groups', signal, { by }),
      /** The latest ones that reach the configured threshold. */
      newestDuplicates: (pageSize: number, signal?: AbortSignal) =>
        read<DuplicatesResponse>('duplicates', signal, { pageSize, samePhoto: true, order: 'newest' }),
      progress: (signal?: AbortSignal) => read<Progress>('progress', signal),
      /** @param code only those that failed for this reason. */
      failed: (limit: number, code?: string, signal?: AbortSignal) =>
        read<FailedPicture[]>('failed', signal, { limit, ...(code && { code }) }),
      failureReasons: (signal?: AbortSignal) => read<FailureReason[]>('failed/reasons', signal),
      retry: (only: RetryOnly) => send<{ retried: number }>('retry', only),
      run: (task: Task) => send<unknown>(task),
      comparison: (signal?: AbortSignal) => read<ComparisonResponse>('comparison', signal),
      compare: (model: string, size: number) => send<ComparisonResponse>('comparison', { model, size }),
      discardComparison: () => reached(del('/similar/comparison')),
      comparedPictures: (params: { page: number; pageSize: number }, signal?: AbortSignal) =>
        read<ComparedPicturesResponse>('comparison/pictures', signal, params),
      comparedPicture: (id: number, signal?: AbortSignal) =>
        read<ComparedPictureResponse>(`comparison/pictures/${id}`, signal),
      vote: async (id: number, vote: Vote | null) =>
        (await reached(put<VoteResponse>(`/similar/comparison/pictures/${id}/vote`, { vote }))).data,
      chooseModel: (model: string) => send<Progress>('spaces/choose', { model }),
      acceptMissing: () => send<unknown>('sweep', { acceptMissing: true }),
      settings: (signal?: AbortSignal) => read<SettingsResponse>('settings', signal),
      changeSettings: async (request: SettingsRequest) =>
        (await reached(put<SettingsResponse>('/similar/settings', request))).data,
      testWebhook: () => send<WebhookTest>('webhook/test'),
      preview: (threshold: number, signal?: AbortSignal) =>
        read<PreviewResponse>('settings/preview', signal, { threshold }),
    };
  }, [get, post, put, del, unreachable]);
}
