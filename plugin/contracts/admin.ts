/** The admin's requests to the server, besides progress.ts. Types only. */
import type { StoredRule, Verdict } from './rules';
import type { ColourCount, MatchVerdict, SimilarItem, SimilarStatus } from './similar';

/** `GET /similar/types`: what the admin has to know on every page. */
export interface TypesResponse {
  types: PictureTypeInfo[];
  /** After an upload, `GET /similar/notices` may have something to say. */
  notices: boolean;
}

/** A content type whose entries have pictures. */
export interface PictureTypeInfo {
  uid: string;
  /** As the content manager calls it. */
  name: string;
  kind: 'collectionType' | 'singleType';
  /** The attribute that the content manager shows as an entry's title. */
  mainField: string;
  /** Ways to its pictures: attribute names through components. */
  paths: string[][];
  /** The relation to which the panel adds items; absent where there is none, or where the administrator may not fill it. */
  relate?: string;
  /** Languages of its entries, the default one first; empty for types that are not localised. */
  locales: Array<{ code: string; name: string }>;
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

/** Cosines from which pictures are said to be alike, and very alike; others are loosely alike. */
export interface LikenessLevels {
  alike: number;
  veryAlike: number;
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
  /** What the two pictures have to do with each other; absent where none were compared. */
  verdict?: MatchVerdict;
  /** Where results are grouped: how many other entries its group has. */
  group?: { others: number };
  /** Of the entry's draft, as relations of a form name it; absent for files. */
  id?: number;
  /** Absent for files and for types that are not localised. */
  locale?: string;
  /** The only entry of its type. */
  single?: boolean;
  /** Of a type that the content manager does not show: it has no page there. */
  hidden?: boolean;
  /** Absent for files and for types without draft and publish. */
  published?: boolean;
  /** The picture that matched, or the item's first one. */
  picture: AdminPicture | null;
  /** The query picture that it matched; null for an uploaded one. */
  query: AdminPicture | null;
}

/** `POST /similar/items`: what looks like these pictures, or like those of a stored entry. */
export interface ItemsRequest {
  /** What is looked for: `file`, or the uid of a content type. */
  type: string;
  /** Pictures of the media library, e.g. those of the form that is being edited; absent: those of the entry's draft as it is stored. */
  pictures?: number[];
  /** The entry for which the items are shown: it is not a result, and its rules apply. */
  documentId?: string;
  locale?: string;
  like?: string[];
  unlike?: string[];
  /** As in `SimilarQuery`. */
  exclude?: string[];
  /** Words that the items should show; without pictures and documentId, all that is searched by. */
  q?: string;
  wordWeight?: number;
  /** Of entries: as the content manager's list takes them. */
  filters?: object;
  /** Of files: id of a folder; those in its folders count too. */
  folder?: number;
  /** As in `SimilarQuery`. */
  color?: string;
  colors?: boolean;
  /** Smallest cosine. */
  least?: number;
  start?: number;
  limit?: number;
}

export interface ItemsResponse {
  items: AdminItem[];
  levels: LikenessLevels;
  hasMore: boolean;
  /** As `meta.colors` of the content API, where they were asked for. */
  colors?: ColourCount[];
  status: SimilarStatus;
  /** The query pictures; none for an uploaded picture. */
  pictures: number[];
  /** The query pictures that have no vector (yet), and why. */
  waiting: Array<{ id: number; name?: string; state: 'pending' | 'failed' | 'unsupported'; reason?: string }>;
  /** The model knows words: `q` may steer the list. */
  words: boolean;
  /** What editors decided for this entry, and what they hid everywhere that would be in this list. */
  rules: Array<StoredRule & { label: string }>;
}

export interface DuplicateGroup {
  /** Smallest cosine by which a picture of the group is linked to another one; null where copies are turned, and it is not known. */
  similarity: number | null;
  /** Of the group as a whole: all have the same bytes, all are copies of one photo, or neither. */
  verdict: MatchVerdict;
  /** How many pictures it has. */
  count: number;
  /** Of those the oldest 50. */
  pictures: Array<
    AdminPicture & { bytes: number; width?: number; height?: number; usages: Usage[]; usageCount: number }
  >;
}

/** Where a picture is used. */
export interface Usage {
  type: string;
  documentId: string;
  label: string;
  locale?: string;
  single?: boolean;
  /** Of a type that the content manager does not show: it has no page there. */
  hidden?: boolean;
}

/** `POST /similar/verdicts` and `POST /similar/verdicts/remove`: about all pictures of a group, also those that are not shown. */
export interface GroupVerdict {
  kind: Verdict['kind'];
  /** Id of one of its pictures. */
  picture: number;
  /** As the page was asked for it; absent: as its address without parameters. */
  least?: number;
  samePhoto?: boolean;
  judged?: Verdict['kind'];
  /** How many pictures it had: with any other number, the answer is 409. Absent: it does not matter. */
  count?: number;
}

/**
 * `GET /similar/duplicates?least=&samePhoto=&page=&pageSize=&judged=&order=&folder=&usedIn=`; `samePhoto=true`: copies of one photo, however alike, in
 * place of all that is alike from `least` on; `judged=same` or `different`: what was judged so, in place of what was not judged; `order=newest`: by the newest picture of each group;
 * `folder` (its id) and `usedIn` (a content type): groups with at least one picture in that folder or one in it, and used by such an entry.
 */
export interface DuplicatesResponse {
  /** The cosine from which pictures are shown: the requested one, or `thresholds.nearDuplicate`. */
  least: number;
  levels: LikenessLevels;
  groups: DuplicateGroup[];
  total: number;
  /** Pictures that were compared, of all that have a vector: the rest follows automatically. */
  compared: { done: number; total: number };
}

/** A picture with where it is used, as far as this administrator may read that. */
export interface UsedPicture extends AdminPicture {
  /** How many entries use it. */
  usageCount: number;
  /** Of those the first ten. */
  usages: Usage[];
  /** No media field holds it, not even one that this administrator may not read. */
  unused: boolean;
}

/** A picture that somebody has uploaded although the library already had it: the same file, or the same photo. */
export interface Notice {
  uploaded: UsedPicture;
  existing: UsedPicture;
  verdict: Exclude<MatchVerdict, 'similar'>;
}

/** `GET /similar/notices?within=<seconds>`: about what this administrator has uploaded. */
export interface NoticesResponse {
  notices: Notice[];
  /** Uploaded pictures that have not been compared yet. */
  pending: number;
}

/** `GET /similar/explain/:query/:result`: see `Explanation` for what the numbers mean. */
export interface PairExplanation {
  similarity: number;
  regions: { query: number[]; result: number[] };
  channels: { red: number; green: number; blue: number };
  /** PNG in base64: both pictures side by side, lit where they match. */
  overlay: string;
}

/** `GET /similar/failed/reasons`: one of them. */
export interface FailureReason {
  /** As in docs/errors.md. */
  code: string;
  count: number;
}

/** `GET /similar/failed?after=&limit=&code=` */
export interface FailedPicture {
  fileId: number;
  state: 'failed' | 'unsupported';
  code?: string;
  reason?: string;
  picture: AdminPicture;
}
