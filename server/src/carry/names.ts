import type { Core } from '@strapi/strapi';
import type { Reason, ToldItem } from '../../../plugin/contracts/carry';
import type { FileId } from '../../../plugin/ports';
import { chunks } from '../../../plugin/store/chunks';
import type { Contents } from '../../../plugin/store/contents';
import { FILE } from '../access/content-api';
import { pictureTypes } from '../util/configurable-types';
import { type CarriedItem, type CarriedPicture, nameOf } from './file';

interface FileRow {
  id: FileId;
  documentId: string;
  name?: string | null;
  hash?: string | null;
}

/** By `nameOf`: the documentId here, or why there is none. */
export type Found = Map<string, { documentId: string } | { why: Reason }>;

export interface NamesDeps {
  strapi: Core.Strapi;
  contents: Contents;
}

/**
 * Names of items that hold in other environments, and back.
 *
 * Entries have their documentId, which `strapi transfer` and `strapi export` keep. Files are known by Strapi's `hash`, the name
 * under which the file is stored: it goes with a file that is transferred. One that was uploaded again has another; it is known
 * by its bytes, of which the plugin has a checksum once it is embedded. That alone would not do: of two copies it is the same.
 */
export function createNames({ strapi, contents }: NamesDeps) {
  async function filesWhere(column: string, values: readonly unknown[]): Promise<FileRow[]> {
    const found: FileRow[] = [];
    for (const chunk of chunks([...new Set(values)])) {
      const query = { select: ['id', 'documentId', 'name', 'hash'], where: { [column]: { $in: chunk } } };
      found.push(...(await strapi.db.query(FILE).findMany(query)));
    }
    return found;
  }

  async function existing(uid: string, documentIds: Iterable<string>): Promise<Set<string>> {
    const found = new Set<string>();
    for (const chunk of chunks([...new Set(documentIds)])) {
      const query = { select: ['documentId'], where: { documentId: { $in: chunk } } };
      for (const { documentId } of await strapi.db.query(uid).findMany(query)) found.add(documentId);
    }
    return found;
  }

  async function findFiles(pictures: CarriedPicture[], found: Found): Promise<void> {
    const byHash = new Map<string, FileRow[]>();
    for (const file of await filesWhere(
      'hash',
      pictures.flatMap(({ hash }) => hash ?? []),
    )) {
      if (byHash.get(String(file.hash))?.push(file) === undefined) byHash.set(String(file.hash), [file]);
    }
    const rest: CarriedPicture[] = [];
    for (const one of pictures) {
      const hits = byHash.get(one.hash ?? '') ?? [];
      if (hits.length === 1) found.set(nameOf(one), { documentId: hits[0].documentId });
      else rest.push(one);
    }
    const byContent = await contents.having(new Set(rest.flatMap(({ content }) => content ?? [])));
    const files = new Map((await filesWhere('id', [...byContent.values()].flat())).map((file) => [file.id, file]));
    for (const one of rest) {
      const same = (byContent.get(one.content ?? '') ?? []).flatMap((id) => files.get(id) ?? []);
      const [file] = same;
      if (same.length === 1) found.set(nameOf(one), { documentId: file.documentId });
      else found.set(nameOf(one), { why: same.length > 1 ? 'many-files' : 'no-file' });
    }
  }

  return {
    /**
     * By documentId, all that have it: files, and entries of types that have pictures. What is gone, or has no name that holds
     * elsewhere, is missing.
     */
    async of(documentIds: Iterable<string>): Promise<Map<string, CarriedItem[]>> {
      const ids = [...new Set(documentIds)];
      const names = new Map<string, CarriedItem[]>();
      const add = (documentId: string, one: CarriedItem) =>
        names.set(documentId, [...(names.get(documentId) ?? []), one]);
      const files = await filesWhere('documentId', ids);
      const known = await contents.of(files.map(({ id }) => id));
      for (const { id, documentId, name, hash } of files) {
        const content = known.get(id);
        if (!hash && !content) continue;
        add(documentId, { type: 'file', ...(name && { name }), ...(hash && { hash }), ...(content && { content }) });
      }
      for (const { uid } of pictureTypes(strapi, true)) {
        for (const documentId of await existing(uid, ids)) add(documentId, { type: uid, documentId });
      }
      return names;
    },

    async find(items: readonly CarriedItem[]): Promise<Found> {
      const found: Found = new Map();
      await findFiles(
        items.filter((one): one is CarriedPicture => !('documentId' in one)),
        found,
      );
      const entries = items.filter((one) => 'documentId' in one);
      for (const uid of new Set(entries.map(({ type }) => type))) {
        const ids = entries.filter(({ type }) => type === uid).map(({ documentId }) => documentId);
        const isThere = uid in strapi.contentTypes;
        const here = isThere ? await existing(uid, ids) : new Set();
        for (const documentId of ids) {
          const one = { type: uid, documentId };
          found.set(nameOf(one), here.has(documentId) ? { documentId } : { why: isThere ? 'no-entry' : 'no-type' });
        }
      }
      return found;
    },
  };
}

export type Names = ReturnType<typeof createNames>;

/** Why there is nothing of this name. */
export const notHere = (one: CarriedItem): Reason => ('documentId' in one ? 'no-entry' : 'no-file');

/** For people. */
export function told(one: CarriedItem): ToldItem {
  const { type } = one;
  return 'documentId' in one
    ? { type, documentId: one.documentId }
    : { type, label: one.name ?? one.hash ?? one.content };
}
