import type { SimilarStatus } from '../../../plugin/contracts/similar';
import { type ErrorCode, expected, expectedInstead, SimilarError } from '../../../plugin/errors';
import { sha256Of } from '../../../plugin/files/sha256';
import { gather } from '../../../plugin/gather';
import type { Crop, FileId } from '../../../plugin/ports';
import type { Query } from '../../../plugin/search/neighbours';
import type { Examples, SpaceSearch } from '../../../plugin/search/space-search';
import { type Weights, withWeights } from '../../../plugin/search/weights';
import type { Similarity } from '../../../plugin/similarity';
import type { AdminAccess } from '../access/admin';
import { type Access, FILE, forbidden } from '../access/content-api';
import type { Slots } from '../util/slots';
import type { SimilarParams } from '../validation/similar-query';
import type { AdminFiles } from './admin-files';
import { askedPictures } from './asked-pictures';
import type { Target } from './candidates';
import type { ContentTypes } from './content-types';
import type { Pictures } from './picture-relations';
import type { QueryItem, QueryItems } from './query-item';
import { OTHER_NODES_MS, TtlCache } from './ttl-cache';

/** A request's query, ready to be searched with. */
export interface ResolvedQuery {
  search: SpaceSearch;
  /** Empty: nothing can be searched with yet, or at all. */
  queries: Query[];
  /** The queried file or entry; absent for an uploaded picture. */
  queryItem?: QueryItem;
  target: Target;
  status: SimilarStatus;
  reason?: string;
  /** Examples that are no picture or entry any more. */
  missingExamples: string[];
  excluded: Excluded;
}

/** What is no result because the request names it. */
interface Excluded {
  documentIds: ReadonlySet<string>;
  /** Neither these files, nor the entries that hold one of them. */
  pictures: ReadonlySet<FileId>;
}

/** What a request names beside what it is about. */
interface NamedItems {
  examples: Examples;
  missingExamples: string[];
  excludedIds: ReadonlySet<string>;
  /** Of these ids the files. */
  excludedFiles: ReadonlySet<FileId>;
  /** These files, and the pictures of these entries. */
  excludedPictures: ReadonlySet<FileId>;
}

interface Progress {
  status: SimilarStatus;
  reason?: string;
  /** Pictures with a vector. */
  searchable: FileId[];
}

const MAX_ENTRIES = 50_000;

type Params = Pick<SimilarParams, 'type' | 'like' | 'unlike' | 'exclude' | 'locale' | 'q' | 'wordWeight' | 'likeness'>;

export interface QueriesDeps {
  core: () => Similarity;
  contentTypes: ContentTypes;
  adminFiles: AdminFiles;
  queryItems: QueryItems;
  /** Of pictures that come with a request. */
  maxSentPixels: () => number;
  /** For what costs more than looking up. */
  slots: Slots;
}

/** Words count as much as pictures do. */
const WORD_WEIGHT = 0.5;

/** Turns ids, a picture that was sent and examples into vectors, and checks that the caller may ask. */
export function createQueries({ core, contentTypes, adminFiles, queryItems, maxSentPixels, slots }: QueriesDeps) {
  /** Pictures that had a vector a moment ago: seldom lost, and needed by every search. */
  const embedded = new TtlCache<string, true>(OTHER_NODES_MS, MAX_ENTRIES);

  /** Of the ids of a batch in one query. */
  const statusOf = gather(async (ids: FileId[]) => {
    const items = await core().itemStatus([...new Set(ids)]);
    const found = new Map(items.map((item) => [item.fileId, item]));
    return ids.map((id) => found.get(id));
  });

  /** How far these pictures are, and those that can be searched with. */
  async function progressOf({ space }: SpaceSearch, pictures: FileId[]): Promise<Progress> {
    if (pictures.length === 0) return { status: 'empty', searchable: [] };
    const keyOf = (id: FileId) => `${space.id} ${id}`;
    if (pictures.every((id) => embedded.get(keyOf(id)))) return { status: 'ready', searchable: pictures };
    const items = (await Promise.all(pictures.map(statusOf))).filter((item) => item !== undefined);
    const searchable = items.filter(({ hasVector }) => hasVector).map(({ fileId }) => fileId);
    const ended = items.filter(({ state }) => state === 'failed' || state === 'unsupported');
    const reason = ended[0]?.reason;
    const keep = embedded.begin();
    for (const id of searchable) keep(keyOf(id), true);
    if (searchable.length === pictures.length) return { status: 'ready', searchable };
    if (searchable.length > 0) return { status: 'partial', searchable, ...(reason && { reason }) };
    // A picture without a row counts as pending: the sweep will find it.
    return ended.length === pictures.length
      ? { status: 'failed', searchable, reason }
      : { status: 'pending', searchable };
  }

  /** Once per request: the ids of a batch share its words. */
  const wordsBy = new WeakMap<Params, { search: SpaceSearch; vector: Promise<Float32Array> }>();

  function wordsOf(search: SpaceSearch, params: Params, words: string): Promise<Float32Array> {
    const known = wordsBy.get(params);
    // Another space may have become live between two ids.
    if (known?.search === search) return known.vector;
    const vector = slots(() => search.embedWords(words));
    wordsBy.set(params, { search, vector });
    return vector;
  }

  /** The examples of a request, and its words. */
  async function steering(search: SpaceSearch, { examples }: NamedItems, params: Params): Promise<Examples> {
    const { q, wordWeight: weight = WORD_WEIGHT } = params;
    return q === undefined ? examples : { ...examples, words: { vector: await wordsOf(search, params, q), weight } };
  }

  /** Queries of the pictures that are embedded. */
  async function queriesOf(search: SpaceSearch, { pictures, weights }: Pictures, items: NamedItems, params: Params) {
    const examples = await steering(search, items, params);
    const { searchable, ...progress } = await progressOf(search, pictures);
    const queries = await search.queries(askedPictures(searchable, weights), examples);
    return { ...progress, queries: withWeights(queries, weights) };
  }

  async function targetOf(type: string | undefined, queryItem: QueryItem | undefined, access: Access): Promise<Target> {
    const target = type ? targetNamed(type) : { uid: queryItem?.uid ?? FILE, type: queryItem?.type };
    if (!(await access.can(target.uid))) throw forbidden(access, target.uid);
    return target;
  }

  /** @throws SimilarError `INVALID_PARAMETER` */
  function targetNamed(type: string): Target {
    if (type === 'file' || type === FILE) return { uid: FILE };
    const types = contentTypes.all();
    const found = types.get(type);
    if (found) return { uid: type, type: found };
    const choice = ['file', ...types.keys()].join(', ');
    throw expectedInstead(`one of ${choice}`, 'type', `"${type}"`);
  }

  /** Those of these ids that there are, for this caller. @param tolerated reasons to do without an item. */
  async function itemsOf(ids: string[], tolerated: ErrorCode[], { locale }: Params, access: Access) {
    const items = new Map<string, QueryItem>();
    async function add(id: string): Promise<void> {
      try {
        items.set(id, await queryItems.find(id, access, locale));
      } catch (error) {
        if (!(error instanceof SimilarError && tolerated.includes(error.code))) throw error;
      }
    }
    await Promise.all([...new Set(ids)].map(add));
    return items;
  }

  async function findNamed(params: Params, access: Access): Promise<NamedItems> {
    const { like, unlike, exclude } = params;
    const [examples, excluded] = await Promise.all([
      itemsOf([...like, ...unlike], ['NOT_FOUND'], params, access),
      itemsOf(exclude, ['NOT_FOUND', 'FORBIDDEN'], params, access),
    ]);
    const picturesOf = (ids: string[]) => ids.flatMap((id) => examples.get(id)?.pictures ?? []);
    const files = [...excluded.values()].filter(({ uid }) => uid === FILE);
    return {
      examples: { like: picturesOf(like), unlike: picturesOf(unlike) },
      missingExamples: [...new Set([...like, ...unlike])].filter((id) => !examples.has(id)),
      excludedIds: new Set(exclude),
      excludedFiles: new Set(files.flatMap(({ pictures }) => pictures)),
      excludedPictures: new Set([...excluded.values()].flatMap(({ pictures }) => pictures)),
    };
  }

  /** Once per request: the ids of a batch share its parameters. */
  const namedBy = new WeakMap<Params, Promise<NamedItems>>();

  function namedItems(params: Params, access: Access): Promise<NamedItems> {
    const known = namedBy.get(params) ?? findNamed(params, access);
    namedBy.set(params, known);
    return known;
  }

  /** What the request names, as it concerns results of this kind: an entry has pictures, and a picture has none. */
  function named(items: NamedItems, { type }: Target, queryItem?: QueryItem) {
    const { missingExamples, excludedIds, excludedFiles, excludedPictures } = items;
    const documentIds = queryItem ? new Set([...excludedIds, queryItem.documentId]) : excludedIds;
    return { missingExamples, excluded: { documentIds, pictures: type ? excludedFiles : excludedPictures } };
  }

  async function seenOf(
    pictures: FileId[],
    { type }: Target,
    documentId: string | undefined,
    { locale }: Params,
    access: AdminAccess,
  ): Promise<Pictures> {
    const seen = new Set(await adminFiles.visible(pictures, access));
    let weights: Weights | undefined;
    if (type && documentId && (seen.size < pictures.length || type.weights)) {
      const stored = await queryItems.storedPictures(type, documentId, access, locale);
      for (const id of stored.pictures) seen.add(id);
      // Those that have not been saved yet count fully.
      weights = stored.weights;
    }
    return { pictures: pictures.filter((id) => seen.has(id)), weights };
  }

  async function ofItem(
    queryItem: QueryItem,
    asked: Target | Promise<Target>,
    params: Params,
    access: Access,
  ): Promise<ResolvedQuery> {
    const [target, items] = await Promise.all([asked, namedItems(params, access)]);
    const { search } = core();
    const found = await queriesOf(search, queryItem, items, params);
    return { search, queryItem, target, ...found, ...named(items, target, queryItem) };
  }

  async function ofPictures(
    { uid, type }: Target,
    pictures: Pictures,
    documentId: string | undefined,
    params: Params,
    access: Access,
  ): Promise<ResolvedQuery> {
    const queryItem: QueryItem = { uid, type, documentId: documentId ?? '', ...pictures };
    return ofItem(queryItem, { uid, type }, params, access);
  }

  return {
    target: targetNamed,

    /** Pictures lost their vectors. */
    forget: () => embedded.forget(),

    /** @throws SimilarError `NOT_FOUND`, `FORBIDDEN` or `INVALID_PARAMETER`. */
    async byId(id: string, params: Params, access: Access): Promise<ResolvedQuery> {
      const queryItem = await queryItems.find(id, access, params.locale);
      return ofItem(queryItem, targetOf(params.type, queryItem, access), params, access);
    },

    /** A file, or an entry with those of its pictures that the administrator may see in it. @throws as `byId`. */
    async bySeen(id: string, params: Params, access: AdminAccess): Promise<ResolvedQuery> {
      const item = await queryItems.find(id, access, params.locale);
      const { type, documentId } = item;
      const stored = type && (await queryItems.storedPictures(type, documentId, access, params.locale));
      return ofItem({ ...item, ...stored }, targetOf(params.type, item, access), params, access);
    },

    /** An entry of `params.type`, of which also the results are. @throws as `byId`. */
    async byEntry(documentId: string, params: Params, access: Access): Promise<ResolvedQuery> {
      const target = await targetOf(params.type, undefined, access);
      if (!target.type) throw new SimilarError('INVALID_PARAMETER', 'Files are no entries', { name: 'type' });
      return ofItem(await queryItems.entry(target.type, documentId, access, params.locale), target, params, access);
    },

    /**
     * Pictures of the media library, e.g. those that an editor has chosen and not saved yet: those that the administrator may
     * see there, or in the entry as it is stored.
     * @param documentId of the entry that they are for: it is not a result.
     */
    async byPictures(pictures: FileId[], documentId: string | undefined, params: Params, access: AdminAccess) {
      const target = await targetOf(params.type, undefined, access);
      const seen = await seenOf(pictures, target, documentId, params, access);
      return ofPictures(target, seen, documentId, params, access);
    },

    /** The pictures of an entry of `params.type` as far as the caller may see them: none of an entry that is not there. */
    async byStored(documentId: string, params: Params, access: AdminAccess) {
      const target = await targetOf(params.type, undefined, access);
      if (!target.type) {
        throw new SimilarError('INVALID_PARAMETER', 'Expected pictures, because files contain none', {
          name: 'pictures',
        });
      }
      const pictures = await queryItems.storedPictures(target.type, documentId, access, params.locale);
      return ofPictures(target, pictures, documentId, params, access);
    },

    /**
     * A picture that is not in the library and does not get there.
     * @throws SimilarError with the picture's code, or `EMBEDDER_UNAVAILABLE`.
     */
    async byPath(path: string, crop: Crop | undefined, params: Params, access: Access): Promise<ResolvedQuery> {
      const { search } = core();
      const target = await targetOf(params.type, undefined, access);
      const items = await namedItems(params, access);
      const result = await search.embed(path, { crop, urgent: true, untrusted: { maxPixels: maxSentPixels() } });
      if (!result.ok) throw new SimilarError(result.code, result.reason, { name: 'picture' });
      const digest = crop ? undefined : await sha256Of(path);
      const examples = await steering(search, items, params);
      const queries = [await search.queryOf({ ...result, digest }, examples)];
      return { search, queries, target, status: 'ready', ...named(items, target) };
    },

    /**
     * Words alone.
     * @throws SimilarError `MODEL_WITHOUT_TEXT`, `WORDS_UNREADY`, `TOO_MANY_SEARCHES`, `INVALID_PARAMETER`, `FORBIDDEN`
     */
    async byWords(words: string, params: Params, access: Access): Promise<ResolvedQuery> {
      if (params.likeness) {
        throw expected('a parameter that does without a picture, such as minScore', 'likeness', params.likeness);
      }
      const { search } = core();
      const target = await targetOf(params.type, undefined, access);
      const items = await namedItems(params, access);
      const queries = [await search.queryOfWords(await wordsOf(search, params, words), items.examples)];
      return { search, queries, target, status: 'ready', ...named(items, target) };
    },
  };
}

export type Queries = ReturnType<typeof createQueries>;
