/** What the plugin adds to the schema, as docs/graphql.md shows it. */

/** Of both queries: about what is found, whatever was asked about. */
const SHARED_ARGUMENTS = `
      pagination: SimilarPaginationInput
      minScore: Float
      likeness: SimilarLikeness
      like: [ID!]
      unlike: [ID!]
      exclude: [ID!]
      "Words that the results should also show, if the model knows words"
      q: String
      wordWeight: Float
      diversify: Float
      match: SimilarMatching
      color: String
      colorWeight: Float
      colors: Boolean
      same: [String!]
      within: JSON
      groupBy: String
      ownGroup: Boolean
      collapse: Boolean`;

const ITEM = `
    source: SimilarSource!
    "Cosine of the best matching pair of pictures; null if none were compared"
    similarity: Float
    "Share of random pairs of this library that are less similar"
    score: Float
    group: SimilarGroup
    match: SimilarMatch`;

const COMMON = `
  input SimilarPaginationInput {
    page: Int
    pageSize: Int
    start: Int
    limit: Int
  }

  "How alike look-alikes have to be"
  enum SimilarLikeness { SIMILAR NEAR_DUPLICATE IDENTICAL }

  "How entries with several pictures are compared"
  enum SimilarMatching { BEST MEAN }

  "Found by similarity, pinned by an editor, or filled in because too few items were similar"
  enum SimilarSource { VISUAL PINNED FALLBACK }

  "Whether all, some or none of the queried item's pictures are embedded yet, have failed, or it has none"
  enum SimilarStatus { READY PARTIAL PENDING FAILED EMPTY }

  "The same bytes; a copy, saved again, resized, mirrored, turned or cut; or neither"
  enum SimilarVerdict { IDENTICAL SAME_PHOTO SIMILAR }

  type SimilarPicture {
    id: ID!
    documentId: ID!
    url: String!
  }

  "Which pictures matched"
  type SimilarMatch {
    query: SimilarPicture
    result: SimilarPicture!
    verdict: SimilarVerdict!
  }

  type SimilarGroup {
    "How many other entries of the group the filters let through"
    others: Int!
  }

  "In the form of the request"
  type SimilarPagination {
    page: Int
    pageSize: Int
    start: Int
    limit: Int
    hasMore: Boolean!
  }

  type SimilarMeta {
    pagination: SimilarPagination!
    model: String!
    "Vectors of one space are comparable"
    space: String!
    status: SimilarStatus!
    "Why a picture of the queried item could not be embedded"
    reason: String
    missingExamples: [ID!]
    "With the argument colors: how many of the first 200 results have each named colour"
    colors: [SimilarColor!]
  }

  type SimilarColor {
    name: String!
    "For the argument color"
    hex: String!
    count: Int!
  }
`;

/** How the values of the HTTP API are called here: GraphQL knows no hyphens in names. */
export const ENUMS = {
  SimilarVerdict: { IDENTICAL: 'identical', SAME_PHOTO: 'same-photo', SIMILAR: 'similar' },
  SimilarLikeness: { SIMILAR: 'similar', NEAR_DUPLICATE: 'near-duplicate', IDENTICAL: 'identical' },
  SimilarMatching: { BEST: 'best', MEAN: 'mean' },
  SimilarSource: { VISUAL: 'visual', PINNED: 'pinned', FALLBACK: 'fallback' },
  SimilarStatus: { READY: 'ready', PARTIAL: 'partial', PENDING: 'pending', FAILED: 'failed', EMPTY: 'empty' },
};

/** A content type as the schema names it. */
export interface EntryType {
  uid: string;
  name: string;
  /** Absent where the project has switched filters off. */
  filters?: string;
  /** Whether it gets a field `similar`: not where it has an attribute of that name. */
  extended: boolean;
}

export interface Offer {
  /** Name of the type of files; absent where the project keeps them out of its schema. */
  file?: string;
  entries: EntryType[];
  /** Name of the type of locales. */
  locale: string;
  /** Whether `Query.similar` and `Query.similarSearch` are free. */
  query: boolean;
}

function queryTypes({ file, entries, locale }: Offer): string {
  return `
  ${entries.length > 0 ? `union SimilarEntry = ${entries.map(({ name }) => name).join(' | ')}` : ''}

  type SimilarItem {
    "'file', or the uid of the entry's content type"
    type: String!${ITEM}
    ${file ? `file: ${file}` : ''}
    ${entries.length > 0 ? 'entry: SimilarEntry' : ''}
  }

  type SimilarResponse {
    data: [SimilarItem!]!
    meta: SimilarMeta!
  }

  extend type Query {
    "What looks like a file or an entry, best first"
    similar(
      id: ID!
      locale: ${locale}
      status: PublicationStatus = PUBLISHED
      "As in the HTTP API, such as {stock: {$gt: 0}}, sent as a variable"
      filters: JSON
      "What to search for: 'file', or the uid of a content type. Default: the type of the queried item"
      type: String${SHARED_ARGUMENTS}
    ): SimilarResponse

    "What words describe, best first, if the model knows words"
    similarSearch(
      q: String!
      locale: ${locale}
      status: PublicationStatus = PUBLISHED
      "As in the HTTP API, such as {stock: {$gt: 0}}, sent as a variable"
      filters: JSON
      "What to search for: 'file', or the uid of a content type. Default: 'file'"
      type: String
      pagination: SimilarPaginationInput
      minScore: Float
      like: [ID!]
      unlike: [ID!]
      exclude: [ID!]
      diversify: Float
      color: String
      groupBy: String
      collapse: Boolean
    ): SimilarResponse
  }`;
}

const entryTypes = ({ name, filters }: EntryType): string => `
  type ${name}SimilarItem {${ITEM}
    entry: ${name}!
  }

  type ${name}SimilarResponse {
    data: [${name}SimilarItem!]!
    meta: SimilarMeta!
  }

  extend type ${name} {
    "Entries of this type that look like this one, best first, in its locale and state"
    similar(
      ${filters ? `filters: ${filters}` : ''}${SHARED_ARGUMENTS}
    ): ${name}SimilarResponse
  }`;

/** In GraphQL's schema language. */
export const typeDefsOf = (offer: Offer): string =>
  [COMMON, offer.query ? queryTypes(offer) : '', ...offer.entries.filter((e) => e.extended).map(entryTypes)].join('\n');

/** Names of the types that this makes. */
export const namesOf = (typeDefs: string): string[] =>
  [...typeDefs.matchAll(/^ *(?:type|enum|input|union) (\w+)/gm)].map(([, name]) => name);
