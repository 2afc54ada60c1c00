/** What the admin asks the server, beside progress.ts. Types only. */
import type { StoredRule } from './rules';
import type { CropBox, SimilarItem, SimilarStatus } from './similar';

/** A content type whose entries have pictures. */
export interface PictureTypeInfo {
  uid: string;
  /** As the content manager calls it. */
  name: string;
  kind: 'collectionType' | 'singleType';
  /** Ways to its pictures: attribute names through components. */
  paths: string[][];
}

export interface AdminPicture {
  id: number;
  documentId: string;
  name: string;
  url: string;
  /** The smallest rendition that fills a card. */
  thumbnail: string;
  alternativeText?: string;
}

export interface AdminItem {
  /** `file`, or the uid of a content type. */
  type: string;
  documentId: string;
  /** What the content manager shows as the entry's title; a file's name. */
  label: string;
  source: SimilarItem['source'];
  similarity: number | null;
  score: number | null;
  /** Absent for files and for types without draft and publish. */
  published?: boolean;
  /** The picture that matched, or the item's first one. */
  picture: AdminPicture | null;
  /** The asked picture that it matched; null for one that was sent. */
  asked: AdminPicture | null;
}

/** `POST /similar/beside`: what looks like these pictures. */
export interface BesideRequest {
  /** What is looked for: `file`, or the uid of a content type. */
  type: string;
  /** Pictures of the media library, e.g. those of the form that is being edited. */
  pictures: number[];
  /** The entry beside which the items are shown: it is no result, and its rules hold. */
  documentId?: string;
  locale?: string;
  like?: string[];
  unlike?: string[];
  minScore?: number;
  start?: number;
  limit?: number;
}

/** Query string of `POST /similar/sent`, which takes a picture as multipart field `picture`. */
export interface SentQuery {
  type: string;
  crop?: CropBox;
}

export interface BesideResponse {
  items: AdminItem[];
  hasMore: boolean;
  status: SimilarStatus;
  /** The asked pictures that have no vector (yet), and why. */
  waiting: Array<{ id: number; state: 'pending' | 'failed' | 'unsupported'; reason?: string }>;
  /** What editors decided beside this entry, and what they hid everywhere. */
  rules: Array<StoredRule & { label: string }>;
}

export interface DuplicateGroup {
  /** Smallest cosine by which a picture of the group is linked to another one. */
  similarity: number;
  /** All have the same bytes. */
  identical: boolean;
  pictures: Array<AdminPicture & { bytes: number; width?: number; height?: number; usages: Usage[] }>;
}

/** Where a picture is used. */
export interface Usage {
  type: string;
  documentId: string;
  label: string;
}

/** `GET /similar/duplicates?least=&page=&pageSize=` */
export interface DuplicatesResponse {
  groups: DuplicateGroup[];
  total: number;
  /** Pictures that were compared, of all that have a vector: the rest follows by itself. */
  compared: { done: number; total: number };
}

/** `GET /similar/explain/:query/:result`: see `Explanation` for what the numbers mean. */
export interface PairExplanation {
  similarity: number;
  regions: { query: number[]; result: number[] };
  channels: { red: number; green: number; blue: number };
  /** PNG in base64: both pictures side by side, lit where they match. */
  overlay: string;
}

/** `GET /similar/failed` */
export interface FailedPicture {
  fileId: number;
  state: 'failed' | 'unsupported';
  code?: string;
  reason?: string;
  picture: AdminPicture | null;
}
