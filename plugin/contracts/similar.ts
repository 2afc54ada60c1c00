/** `GET /api/similar/:id`, shared by server, admin and clients. Types only. */

export interface SimilarQuery {
  locale?: string;
  fields?: unknown;
  populate?: unknown;
  pagination?: { page?: number; pageSize?: number } | { start?: number; limit?: number };
}

export interface PictureRef {
  id: number;
  documentId: string;
  url: string;
}

export interface SimilarItem {
  /** `file` for a picture of the media library, else the uid of the entry's content type. */
  type: 'file' | (string & {});
  /** Cosine of the best matching pair of pictures, rounded to 3 decimals. */
  similarity: number;
  /** Which pictures matched: one of the asked item, one of this item. */
  match: { query: PictureRef; result: PictureRef };
  /** Present when `type` is `file`: the file, sanitised as Strapi's own content API does. */
  file?: Record<string, unknown>;
  /** Present otherwise: the published entry in the asked locale, sanitised likewise. */
  entry?: Record<string, unknown>;
}

/**
 * `ready`: every picture of the asked item took part. `partial`: some are not embedded yet. `pending`: none is, the list is
 * empty. `failed`: none can be, `reason` says why. `empty`: the entry has no picture.
 */
export type SimilarStatus = 'ready' | 'partial' | 'pending' | 'failed' | 'empty';

export type SimilarPagination =
  | { page: number; pageSize: number; hasMore: boolean }
  | { start: number; limit: number; hasMore: boolean };

export interface SimilarResponse {
  data: SimilarItem[];
  meta: {
    pagination: SimilarPagination;
    /** Name of the model, e.g. `efficientnet-lite0`. */
    model: string;
    /** Vectors of one space are comparable, others never. */
    space: string;
    status: SimilarStatus;
    reason?: string;
  };
}
