/** Typed client of the HTTP API, for browsers and servers: needs nothing but fetch. Exported as `strapi-plugin-similar/client`. */
import type {
  CropBox,
  ExplainResponse,
  SimilarBatchResponse,
  SimilarQuery,
  SimilarResponse,
} from './contracts/similar';

export type * from './contracts/similar';

export interface SimilarClientOptions {
  /** Address of Strapi, with the prefix of its content API if that is not `/api`: `https://cms.example.com`. */
  url: string;
  /** API token or JWT. */
  token?: string;
  /** Another one than the global `fetch`, e.g. one that caches. */
  fetch?: typeof fetch;
}

type Id = string | number;

/** Strapi's error body. */
interface ErrorBody {
  error?: { message?: string; details?: { code?: string; remedy?: string } };
}

/** An answer other than 2xx: the message is the server's; `code` is one of docs/errors.md. */
export class SimilarHttpError extends Error {
  override readonly name = 'SimilarHttpError';

  constructor(
    readonly status: number,
    message: string,
    readonly code?: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}

export interface SimilarClient {
  /** What looks like a file or an entry. @throws SimilarHttpError */
  find(id: Id, query?: SimilarQuery, init?: RequestInit): Promise<SimilarResponse>;
  /** What looks like a picture that is not in the library. @throws SimilarHttpError */
  search(picture: Blob, query?: SimilarQuery & { crop?: CropBox }, init?: RequestInit): Promise<SimilarResponse>;
  /** Several ids in one call. @throws SimilarHttpError */
  batch(ids: readonly Id[], query?: SimilarQuery, init?: RequestInit): Promise<SimilarBatchResponse>;
  /** Why two items are alike. @throws SimilarHttpError */
  explain(id: Id, other: Id, query?: Pick<SimilarQuery, 'locale'>, init?: RequestInit): Promise<ExplainResponse>;
}

export function createSimilarClient({ url, token, fetch: send = fetch }: SimilarClientOptions): SimilarClient {
  const base = url.replace(/\/+$/, '');
  const api = `${/\/api$/.test(base) ? base : `${base}/api`}/similar`;

  async function ask<T>(path: string, query: object | undefined, init: RequestInit = {}): Promise<T> {
    const search = toQueryString(query ?? {});
    const headers = new Headers(init.headers);
    if (token && !headers.has('authorization')) headers.set('authorization', `Bearer ${token}`);
    const response = await send(`${api}/${path}${search && `?${search}`}`, { ...init, headers });
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) return body as T;
    const { message = response.statusText, details } = (body as ErrorBody | undefined)?.error ?? {};
    throw new SimilarHttpError(response.status, message, details?.code, details?.remedy);
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

    batch(ids, query, init) {
      const headers = new Headers(init?.headers);
      headers.set('content-type', 'application/json');
      return ask('batch', query, { ...init, method: 'POST', headers, body: JSON.stringify({ ids }) });
    },

    explain: (id, other, query, init) => ask(`${part(id)}/explain/${part(other)}`, query, init),
  };
}

/** Lists that the API reads with commas; all others are nested as Strapi's query strings are. */
const COMMA_LISTS = new Set(['like', 'unlike', 'exclude']);

/** `{ filters: { price: { $lt: 5 } } }` → `filters[price][$lt]=5`. Undefined values are left out. */
function toQueryString(query: object): string {
  const params = new URLSearchParams();
  function add(name: string, value: unknown): void {
    if (value === undefined || value === null) return;
    if (typeof value !== 'object') params.append(name, String(value));
    else for (const [key, inner] of Object.entries(value)) add(`${name}[${key}]`, inner);
  }
  for (const [name, value] of Object.entries(query)) {
    if (COMMA_LISTS.has(name) && Array.isArray(value)) {
      if (value.length > 0) params.append(name, value.join(','));
    } else add(name, value);
  }
  return params.toString();
}
