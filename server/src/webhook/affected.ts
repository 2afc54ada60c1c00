import type { Core } from '@strapi/strapi';
import { type FileId, refOf, type TopKey } from '../../../plugin/ports';
import { type Weights, withWeights } from '../../../plugin/search/weights';
import type { Similarity } from '../../../plugin/similarity';
import { chunks } from '../../../plugin/store/chunks';
import { type Access, FILE } from '../access/content-api';
import { askedPictures } from '../search/asked-pictures';
import type { ContentTypes, PictureType } from '../search/content-types';
import type { EntryPictures, EntryPicturesLookup, EntryVersion } from '../search/entry-pictures';
import { localesOf } from '../util/locales';

/** What has changed, as it was noted. */
export interface Changed {
  /** Pictures: new, replaced or gone. */
  files: ReadonlySet<FileId>;
  /** Entries by documentId: saved, published, gone, pinned or hidden. */
  entries: ReadonlySet<string>;
}

/** So many times as many neighbours of a changed picture are looked at as results count, and so many at least. */
const REACH = 10;
const LEAST_REACH = 100;

export interface AffectedDeps {
  strapi: Core.Strapi;
  core: () => Similarity;
  contentTypes: ContentTypes;
  entryPictures: EntryPicturesLookup;
  access: Access;
}

/**
 * Which entries, and where wanted which files, a change can have given other top results: those that are
 * changed themselves, those whose results hung on what has changed, and those that hold pictures near to it.
 */
export function createAffected({ strapi, core, contentTypes, entryPictures, access }: AffectedDeps) {
  /** The changed entries of a type that are there now. */
  async function changedMembers(
    type: PictureType,
    { files, entries }: Changed,
    view: EntryVersion,
  ): Promise<EntryPictures[]> {
    const documentIds = new Set(entries);
    for (const { documentId } of await entryPictures.holding(type, [...files], view)) documentIds.add(documentId);
    const found: EntryPictures[] = [];
    for (const chunk of chunks([...documentIds])) {
      const known = await Promise.all(chunk.map((documentId) => entryPictures.entry(type, documentId, view)));
      found.push(...known.filter((member) => member !== undefined));
    }
    return found;
  }

  async function near(pictures: FileId[], top: number, weights?: Weights): Promise<FileId[]> {
    const { search } = core();
    const queries = withWeights(await search.queries(askedPictures(pictures, weights)), weights);
    if (queries.length === 0) return [];
    const neighbours = await search.neighbours(queries, { limit: Math.max(REACH * top, LEAST_REACH) });
    return neighbours.map(({ fileId }) => fileId);
  }

  /** These files and those near to them, by documentId, as far as they are there now. */
  async function filesAround(files: ReadonlySet<FileId>, top: number): Promise<string[]> {
    const ids = new Set(files);
    for (const id of files) for (const other of await near([id], top)) ids.add(other);
    const found: string[] = [];
    for (const chunk of chunks([...ids])) {
      const rows = await strapi.db.query(FILE).findMany({ select: ['documentId'], where: { id: { $in: chunk } } });
      for (const { documentId } of rows) found.push(documentId);
    }
    return found;
  }

  return {
    /** @param top how many results count. */
    async by(
      changed: Changed,
      { top, files }: { top: number; files: boolean },
      tops: { hangingOn(refs: string[]): Promise<TopKey[]> },
    ): Promise<TopKey[]> {
      const keys = new Map<string, TopKey>();
      function add(key: TopKey): void {
        // Some are still known from when files counted.
        if (key.type === 'file' && !files) return;
        keys.set(`${key.type} ${key.documentId} ${key.locale ?? ''}`, key);
      }
      const refs = [...[...changed.files].map(refOf), ...changed.entries];
      for (const [uid, type] of contentTypes.all()) {
        for (const locale of await localesOf(strapi, uid)) {
          const view = { access, ...(locale && { locale }) };
          const keyOf = (documentId: string): TopKey => ({ type: uid, documentId, ...(locale && { locale }) });
          for (const member of await changedMembers(type, changed, view)) {
            refs.push(member.documentId);
            add(keyOf(member.documentId));
            const around = await entryPictures.holding(type, await near(member.pictures, top, member.weights), view);
            for (const { documentId } of around) add(keyOf(documentId));
          }
        }
      }
      if (files) for (const documentId of await filesAround(changed.files, top)) add({ type: 'file', documentId });
      for (const key of await tops.hangingOn(refs)) add(key);
      return [...keys.values()];
    },
  };
}

export type Affected = ReturnType<typeof createAffected>;
