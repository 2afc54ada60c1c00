/** Another model beside the live one, on a sample of the library: what the admin asks for, and what it is told. */
import { z } from 'zod';
import type { AdminPicture } from './admin';

/** Pictures of a sample. A library that has fewer is compared as a whole. */
export const SAMPLE = { least: 500, most: 5_000, usual: 1_000 };

/** Look-alikes in each list. */
export const COMPARED = 7;

export const VOTES = ['live', 'other', 'same'] as const;

/** Whose look-alikes are better: those of the model that answers searches, those of the other one, or neither. */
export type Vote = (typeof VOTES)[number];

const SIZE = `Expected an integer from ${SAMPLE.least} to ${SAMPLE.most}`;

/** `POST /similar/comparison` */
export const comparisonRequest = z.strictObject({
  model: z.string().min(1).max(100),
  size: z
    .int({ error: SIZE })
    .min(SAMPLE.least, { error: SIZE })
    .max(SAMPLE.most, { error: SIZE })
    .default(SAMPLE.usual),
});

/** `PUT /similar/comparison/pictures/:id/vote`; null takes a vote back. */
export const voteRequest = z.strictObject({
  vote: z.enum(VOTES, { error: `Expected one of ${VOTES.join(', ')}, or null` }).nullable(),
});

/** A model that can be compared with the live one. */
export interface ComparableModel {
  name: string;
  dimensions: number;
  /** Absent where it is not stated. */
  licence?: string;
  /** Nobody has compared its vectors with those of its authors' code yet. */
  unverified: boolean;
  /** Of `models.custom`. */
  custom: boolean;
  /** It comes with the package: nothing is downloaded. */
  bundled: boolean;
}

/** What a space of the other model would take, for the pictures that have no vector in it yet. */
export interface BuildEstimate {
  pictures: number;
  /** At the speed of the sample, on this node. */
  seconds: number;
  databaseBytes: number;
  indexBytes: number;
}

/** How many decisions of a kind there are in the sample, and how many each model agrees with. */
export interface AgreementCount {
  of: number;
  live: number;
  other: number;
}

export interface Agreement {
  /** Pinned items that are among the first look-alikes: more is better. */
  pins: AgreementCount;
  /** Hidden items that are among them: fewer is better. */
  hides: AgreementCount;
  /** Pictures judged the same that are among them: more is better. */
  same: AgreementCount;
  /** Pictures judged different that are not among them: more is better. */
  different: AgreementCount;
}

/** `preparing`: the model is fetched and loaded. */
export type ComparisonState = 'preparing' | 'embedding' | 'ready' | 'failed';

/** Without what editors decided, which the server adds. */
export interface ComparisonStatus {
  model: string;
  state: ComparisonState;
  /** Why it failed. */
  problem?: { code: string; message: string; remedy: string };
  /** Pictures of the sample. */
  size: number;
  /** Of those, how many the other model has seen; with those that failed. */
  done: number;
  failed: number;
  /** Milliseconds since 1970. */
  startedAt: number;
  estimate?: BuildEstimate;
  votes: Record<Vote, number>;
}

/** `GET /similar/comparison` */
export interface ComparisonResponse {
  models: ComparableModel[];
  live: { model: string };
  comparison?: ComparisonStatus & { agreement: Agreement };
}

/** `PUT /similar/comparison/pictures/:id/vote` */
export interface VoteResponse {
  vote: Vote | null;
  /** All of them. */
  votes: Record<Vote, number>;
}

/** `GET /similar/comparison/pictures?page=&pageSize=`: those of the sample that this administrator may read. */
export interface ComparedPicturesResponse {
  pictures: Array<AdminPicture & { vote?: Vote }>;
  /** Of all pages. */
  total: number;
}

export interface ComparedMatch {
  picture: AdminPicture;
  /** Cosine of the model's own vectors. */
  similarity: number;
}

/** `GET /similar/comparison/pictures/:id`: the first look-alikes by each model, best first. */
export interface ComparedPictureResponse {
  picture: AdminPicture;
  vote?: Vote;
  live: ComparedMatch[];
  other: ComparedMatch[];
}
