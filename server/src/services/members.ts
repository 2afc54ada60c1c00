import type { Core } from '@strapi/strapi';
import type { FileId } from '../../../plugin/pipeline/ports';
import type { Reader } from '../util/reader';
import { ShortMemory } from '../util/short-memory';
import { filesOf, filterOf, type PictureType, populateOf } from './content-types';

/** An entry and its pictures. */
export interface Member {
  documentId: string;
  pictures: FileId[];
}

export interface View {
  reader: Pick<Reader, 'status'>;
  locale?: string;
}

/** How long another node may find an entry by pictures that it no longer has. What is shown of it is always read anew. */
const TTL_MS = 5_000;
const MAX_ENTRIES = 50_000;

/** Ids in one query: far below what any database takes. */
const CHUNK = 500;

/** Which entries hold which pictures: asked for by every search, and seldom changed. */
const membersService = ({ strapi }: { strapi: Core.Strapi }) => {
  /** Picture → entries that hold it. */
  const holders = new ShortMemory<Member[]>(TTL_MS, MAX_ENTRIES);
  /** Entry → itself, or null when there is none. */
  const entries = new ShortMemory<Member | null>(TTL_MS, MAX_ENTRIES);

  async function read(type: PictureType, filters: object, { reader, locale }: View): Promise<Member[]> {
    const rows = (await strapi.documents(type.uid as never).findMany({
      filters,
      status: reader.status,
      ...(locale && { locale }),
      fields: ['documentId'],
      populate: populateOf(type, { fields: ['mime'] }),
      sort: 'id:asc',
    } as never)) as Array<{ documentId: string }>;
    return rows.map((row) => {
      const files = filesOf<{ id: FileId; mime?: string | null }>(type, row);
      const pictures = files.filter(({ mime }) => mime?.startsWith('image/')).map(({ id }) => id);
      return { documentId: row.documentId, pictures };
    });
  }

  const keyOf = ({ uid }: PictureType, { reader, locale }: View, what: string | number) =>
    `${uid} ${reader.status} ${locale ?? ''} ${what}`;

  return {
    /** The entries that hold any of these pictures, each once. */
    async holding(type: PictureType, fileIds: readonly FileId[], view: View): Promise<Member[]> {
      const found = new Map<string, Member>();
      const unknown: FileId[] = [];
      for (const id of fileIds) {
        const known = holders.get(keyOf(type, view, id));
        if (!known) unknown.push(id);
        for (const member of known ?? []) found.set(member.documentId, member);
      }
      for (let at = 0; at < unknown.length; at += CHUNK) {
        const some = unknown.slice(at, at + CHUNK);
        const keep = holders.keeper();
        const members = await read(type, filterOf(type, some), view);
        for (const id of some) {
          keep(
            keyOf(type, view, id),
            members.filter(({ pictures }) => pictures.includes(id)),
          );
        }
        for (const member of members) found.set(member.documentId, member);
      }
      return [...found.values()];
    },

    async entry(type: PictureType, documentId: string, view: View): Promise<Member | undefined> {
      const key = keyOf(type, view, documentId);
      const known = entries.get(key);
      if (known !== undefined) return known ?? undefined;
      const keep = entries.keeper();
      const [member] = await read(type, { documentId }, view);
      // What does not exist is not remembered: guesses would fill the memory.
      if (member) keep(key, member);
      return member;
    },

    /** Entries have changed. */
    forget(): void {
      holders.forget();
      entries.forget();
    },
  };
};

export default membersService;
