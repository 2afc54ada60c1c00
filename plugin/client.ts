/** Typed client of the HTTP API, for browsers and servers: needs nothing but fetch. Exported as `strapi-plugin-similar/client`. */
import type {
  AnyEntry,
  CropBox,
  ExplainResponse,
  SimilarBatchResponse,
  SimilarQuery,
  SimilarResponse,
} from './contracts/similar';
import { toQueryString } from './query-string';

export type * from './contracts/similar';

export interface SimilarClientOptions {
  /** Address of Strapi: `https://cms.example.com`, or `https://example.com/cms` if it is below a path. */
  url: string;
  /** `api.rest.prefix` of Strapi's configuration: `/v1`, or an empty string for none. Default: `/api`. */
  prefix?: string;
  /** API token or JWT. */
  token?: string;
  /** Used instead of the global `fetch`, e.g. one that caches. */
  fetch?: typeof fetch;
  /**
   * How many responses to GET are kept for reuse while the server answers 304 (ETag). For servers: browsers do it automatically.
   * Default: none.
   */
  keep?: number;
}

type Id = string | number;

/** Strapi's error body. */
interface ErrorBody {
  error?: { message?: string; details?: { code?: string; remedy?: string } };
}

/**
 * An answer other than 2xx: the message is the server's; `code` is one of docs/errors.md. Or one that is no JSON, e.g. a page of a proxy:
 * its code is `NOT_JSON`.
 */
export class SimilarHttpError extends Error {
  override readonly name = 'SimilarHttpError';

  constructor(
    readonly status: number,
    message: string,
    readonly code?: string,
    readonly remedy?: string,
    /** Seconds to wait before the next attempt, where the server says so (429, 503). */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

export interface SimilarClient {
  /** What looks like a file or an entry. @throws SimilarHttpError */
  find<Entry = AnyEntry>(id: Id, query?: SimilarQuery, init?: RequestInit): Promise<SimilarResponse<Entry>>;
  /** What looks like a picture that is not in the library. @throws SimilarHttpError */
  search<Entry = AnyEntry>(
    picture: Blob,
    query?: SimilarQuery & { crop?: CropBox },
    init?: RequestInit,
  ): Promise<SimilarResponse<Entry>>;
  /** What words describe, if the model knows words. `query.type` is `file` by default. @throws SimilarHttpError */
  searchWords<Entry = AnyEntry>(
    words: string,
    query?: Omit<SimilarQuery, 'q' | 'wordWeight' | 'likeness'>,
    init?: RequestInit,
  ): Promise<SimilarResponse<Entry>>;
  /** Several ids in one call. @throws SimilarHttpError */
  batch<Entry = AnyEntry>(
    ids: readonly Id[],
    query?: SimilarQuery,
    init?: RequestInit,
  ): Promise<SimilarBatchResponse<Entry>>;
  /** Why two items are alike. @throws SimilarHttpError */
  explain(id: Id, other: Id, query?: ExplainQuery, init?: RequestInit): Promise<ExplainResponse>;
  /** The same as a PNG: both pictures side by side, lit where they match. @throws SimilarHttpError */
  explainPicture(id: Id, other: Id, query?: ExplainQuery, init?: RequestInit): Promise<Blob>;
}

type ExplainQuery = Pick<SimilarQuery, 'locale' | 'status'>;

/**
 * Speaks the HTTP API, from browsers, servers and edge runtimes.
 *
 * All methods take an `init` as `fetch` does, e.g. with a `signal` to abort by; then they reject as `fetch` does. What is no answer of
 * the server (no network, aborted) is not a `SimilarHttpError`.
 * @example
 * interface Product { documentId: string; name: string }
 * const similar = createSimilarClient({ url: 'https://cms.example.com', token: 'an API token' });
 * const { data } = await similar.find<Product>('a documentId', { filters: { stock: { $gt: 0 } }, pagination: { limit: 7 } });
 * for (const { entry, similarity } of data) console.log(entry?.name, similarity);
 */
export function createSimilarClient({
  url,
  prefix = '/api',
  token,
  fetch: send = fetch,
  keep = 0,
}: SimilarClientOptions): SimilarClient {
  const trimmed = (text: string) => text.replace(/^\/+|\/+$/g, '');
  const api = [url.replace(/\/+$/, ''), trimmed(prefix), 'similar'].filter(Boolean).join('/');
  /** Oldest first. */
  const kept = new Map<string, { etag: string; body: unknown }>();

  function remember(key: string, etag: string | null, body: unknown): void {
    kept.delete(key);
    if (!etag || keep < 1) return;
    kept.set(key, { etag, body });
    if (kept.size > keep) kept.delete(kept.keys().next().value as string);
  }

  async function ask<T>(
    path: string,
    query: object | undefined,
    init: RequestInit = {},
    read: (response: Response) => Promise<unknown> = readJson,
  ): Promise<T> {
    const search = toQueryString(query ?? {});
    const headers = new Headers(init.headers);
    if (token && !headers.has('authorization')) headers.set('authorization', `Bearer ${token}`);
    const address = `${api}/${path}${search && `?${search}`}`;
    // Others may see other things.
    const key = `${init.method ?? 'GET'} ${address} ${headers.get('authorization')}`;
    const known = kept.get(key);
    if (known && !headers.has('if-none-match')) headers.set('if-none-match', known.etag);
    const response = await send(address, { ...init, headers });
    if (response.status === 304 && known) {
      remember(key, known.etag, known.body);
      return known.body as T;
    }
    if (!response.ok) throw await errorOf(response);
    const body = await read(response);
    if (!init.method) remember(key, response.headers.get('etag'), body);
    return body as T;
  }

  const part = (id: Id) => encodeURIComponent(String(id));

  return {
    find: (id, query, init) => ask(part(id), query, init),

    search(picture, { crop, ...query } = {}, init) {
      const body = new FormData();
      body.append('picture', picture);
      const box = crop && { crop: [crop.left, crop.top, crop.width, crop.height].join(',') };
      return ask('search', { ...query, ...box }, { ...init, method: 'POST', body });
    },

    searchWords: (q, query, init) => ask('search', { ...query, q }, init),

    batch(ids, query, init) {
      const headers = new Headers(init?.headers);
      headers.set('content-type', 'application/json');
      return ask('batch', query, { ...init, method: 'POST', headers, body: JSON.stringify({ ids }) });
    },

    explain: (id, other, query, init) => ask(`${part(id)}/explain/${part(other)}`, query, init),

    explainPicture: (id, other, query, init) =>
      ask(`${part(id)}/explain/${part(other)}`, { ...query, format: 'png' }, init, (response) => response.blob()),
  };
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    const type = response.headers.get('content-type') ?? 'no content type';
    const message = `Expected JSON from ${response.url || 'the server'} but received ${type}; are \`url\` and \`prefix\` right?`;
    throw new SimilarHttpError(response.status, message, 'NOT_JSON');
  }
}

async function errorOf(response: Response): Promise<SimilarHttpError> {
  // A proxy may answer with a page.
  const body = (await response.json().catch(() => undefined)) as ErrorBody | undefined;
  const { message = response.statusText, details } = body?.error ?? {};
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
  return new SimilarHttpError(response.status, message, details?.code, details?.remedy, retryAfter);
}
