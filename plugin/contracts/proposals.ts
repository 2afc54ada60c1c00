/** What the admin proposes for empty fields. Nothing is written: the editor takes a proposal over, or leaves it. Types only. */
import type { AdminItem, AdminPicture } from './admin';

/** `POST /similar/proposals/pictures`: pictures of the library that would fit an entry that has none. */
export interface PictureProposalsRequest {
  /** Uid of a content type with pictures. */
  type: string;
  /** The entry, where it has been saved. */
  documentId?: string;
  locale?: string;
  /** As the form has it now. */
  title?: string;
  /**
   * What the form has and has not saved, by attribute: the value of an enumeration, the documentId of what a relation leads to, null for
   * nothing. Of the other attributes, what is stored counts.
   */
  values?: Record<string, string | null>;
}

export interface ProposedPicture extends AdminPicture {
  /** No media field holds it. */
  unused: boolean;
}

export interface PictureProposalsResponse {
  /** First those that nothing uses, then those of the siblings themselves, then others. */
  pictures: ProposedPicture[];
  /** Entries that have the most in common with this one, and pictures: those, and what looks like them, are proposed. */
  siblings: number;
  /** Whether the title was searched for, too. */
  words: boolean;
  /** It can be soon: the part of the model for words is being loaded. */
  wordsUnready: boolean;
}

/** `POST /similar/proposals/values`: what most look-alikes have where this entry has nothing. */
export interface ValueProposalsRequest {
  type: string;
  documentId?: string;
  locale?: string;
  /** Those of the form. */
  pictures: number[];
  /** Attributes that the form has filled, saved or not. */
  filled?: string[];
}

/** An entry that a relation may lead to, as the content manager's relation field names it. */
export type RelatedEntry = Pick<AdminItem, 'id' | 'documentId' | 'locale' | 'label' | 'published'>;

export type ProposedValue = {
  attribute: string;
  /** Look-alikes that have it. */
  votes: number;
  /** Look-alikes that have anything there. */
  of: number;
} & ({ value: string } | { entry: RelatedEntry });

export interface ValueProposalsResponse {
  values: ProposedValue[];
}

/** `POST /similar/proposals/texts`: texts of look-alikes for pictures that have none. */
export interface TextProposalsRequest {
  pictures: number[];
}

export type PictureText = 'alternativeText' | 'caption';

export interface ProposedText {
  text: string;
  /** Whose text it is. */
  from: AdminPicture;
  /** Cosine of the two pictures. */
  similarity: number | null;
}

export type TextProposals = { picture: AdminPicture } & { [Kind in PictureText]?: ProposedText };

export interface TextProposalsResponse {
  /** The pictures for which there is a proposal, in the order in which they were named. */
  pictures: TextProposals[];
}
