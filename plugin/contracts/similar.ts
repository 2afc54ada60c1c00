/** The HTTP API for similar items, shared by server, admin and clients. Types only. */

/** `GET /api/similar/:id`; `POST /api/similar/search` and `/batch` take the same. */
export interface SimilarQuery {
  locale?: string;
  status?: 'published' | 'draft';
  fields?: unknown;
  populate?: unknown;
  /** In Strapi's vocabulary, about what is found. */
  filters?: Record<string, unknown>;
  /** Of the first 1,000 results. Sizes above `api.maxLimit` are cut to it. */
  pagination?: { page?: number; pageSize?: number } | { start?: number; limit?: number };
  /** What to search for: `file`, or the uid of a content type. Default: the type of the queried item. */
  type?: 'file' | (string & {});
  /** Minimum `SimilarItem.score` of look-alikes, from 0 to 1. It limits neither what editors pinned nor what fills a page. */
  minScore?: number;
  /** Minimum similarity of look-alikes, as the configuration defines it in `thresholds`. */
  likeness?: Likeness;
  /** Ids of files or entries: more like these. */
  like?: Array<string | number>;
  /** Ids of files or entries: less like these. */
  unlike?: Array<string | number>;
  /** Ids of files or entries that are left out; with a file also the entries that hold it, with an entry also its pictures. */
  exclude?: Array<string | number>;
  /** Words that the results should also show, if the model knows words. */
  q?: string;
  /** From 0 to 1: how much `q` counts beside the pictures. Default: 0.5. */
  wordWeight?: number;
  /** From 0 to 1: how much the results should differ from each other. */
  diversify?: number;
  /** How to compare entries with several pictures. */
  match?: 'best' | 'mean';
  /** `#a33`, `a33` or `#aa3333`: only pictures that show this colour, and entries that have such a picture. */
  color?: string;
  /** With `color`, from 0 to 1: instead of leaving out other colours, what has it ranks higher; at 1 only the colour counts. */
  colorWeight?: number;
  /** Whether `meta.colors` says which colours the look-alikes have. */
  colors?: boolean;
  /** Attributes and relations that have the same value as in the queried entry. Empty: none, whatever is configured. */
  same?: string[];
  /** Attribute → how near it is to that of the queried entry: `20%` of it, or `-5..10` for 5 less to 10 more. */
  within?: Record<string, string>;
  /** Attribute or relation of which each value is listed once. Empty: none, whatever is configured. */
  groupBy?: string;
  /** With `groupBy`: also list one of the queried entry's own group. */
  ownGroup?: boolean;
  /** Of entries whose matched pictures are the same, list the first only. */
  collapse?: boolean;
}

/** From similar to the same picture, saved again. */
export type Likeness = 'similar' | 'near-duplicate' | 'identical';

/**
 * What two pictures have to do with each other. `identical`: the same bytes; `same-photo`: one is a copy of the other, saved again,
 * resized, lighter or darker, mirrored, turned by quarters or cut by up to a quarter of a side; `similar`: neither.
 */
export type MatchVerdict = 'identical' | 'same-photo' | 'similar';

/** A part of a picture in shares of its width and height, from 0, 0 (top left) to 1, 1. */
export interface CropBox {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface PictureRef {
  id: number;
  documentId: string;
  url: string;
}

/** An entry whose type was not given. */
export type AnyEntry = Record<string, unknown>;

/** @typeParam Entry what Strapi's content API gives of the entries. */
export interface SimilarItem<Entry = AnyEntry> {
  /** `file` for a picture of the media library, else the uid of the entry's content type. */
  type: 'file' | (string & {});
  /** `visual`: it looks similar; `pinned`: an editor put it there; `fallback`: there were too few look-alikes. */
  source: 'visual' | 'pinned' | 'fallback';
  /** The model's cosine of the best matching pair of pictures, rounded to 3 decimals; null where none were compared. */
  similarity: number | null;
  /**
   * Share of random pairs of this library that are less alike in the space that ranks, from 0 to 1, rounded to 4 decimals;
   * null as `similarity`.
   */
  score: number | null;
  /** With `groupBy`: how many other entries of its group the filters let through. */
  group?: { others: number };
  /** Which pictures matched: one of the queried item (null: the uploaded picture), one of this item. */
  match?: { query: PictureRef | null; result: PictureRef; verdict: MatchVerdict };
  /** Present when `type` is `file`: the file, sanitised as Strapi's own content API does. */
  file?: Record<string, unknown>;
  /** Present otherwise: the entry in the requested locale, sanitised likewise. */
  entry?: Entry;
}

/**
 * `ready`: every picture of the queried item was used. `partial`: some are not embedded yet. `pending`: none is, the list is
 * empty. `failed`: none can be, `reason` says why. `empty`: the entry has no picture.
 */
export type SimilarStatus = 'ready' | 'partial' | 'pending' | 'failed' | 'empty';

export type SimilarPagination =
  | { page: number; pageSize: number; hasMore: boolean }
  | { start: number; limit: number; hasMore: boolean };

export interface SimilarResponse<Entry = AnyEntry> {
  data: SimilarItem<Entry>[];
  meta: {
    pagination: SimilarPagination;
    /** Name of the model, e.g. `efficientnet-lite0`. */
    model: string;
    /** Vectors of one space are comparable, others never. */
    space: string;
    status: SimilarStatus;
    reason?: string;
    /** Ids of `like` and `unlike` that are no picture and no entry any more; the others steered the search. */
    missingExamples?: string[];
    /** With `colors`: of the first 200 results, how many each named colour would leave. */
    colors?: ColourCount[];
  };
}

/** A named colour, and how many have it. */
export interface ColourCount {
  /** In English, such as `navy`. */
  name: string;
  /** For `SimilarQuery.color`. */
  hex: string;
  count: number;
}

/** `GET /api/similar/:id/explain/:other` */
export interface ExplainResponse {
  data: {
    /** Cosine of the best matching pair of pictures, rounded to 3 decimals. */
    similarity: number;
    /** File ids of that pair. */
    pictures: { query: number; result: number };
    /** Per cell of a 7 × 7 grid, row by row: its part of the cosine. Each list adds up to it. */
    regions: { query: number[]; result: number[] };
    /** How much of what the model sees in the two depends on each colour; they add up to 1. */
    channels: { red: number; green: number; blue: number };
  };
}

/** What went wrong for one id of a batch; the code is one of docs/errors.md. */
export interface SimilarProblem {
  error: { status: number; code: string; message: string };
}

/** `POST /api/similar/batch`: per id, in the order of the ids. */
export interface SimilarBatchResponse<Entry = AnyEntry> {
  data: Array<{ id: string } & (SimilarResponse<Entry> | SimilarProblem)>;
}
