import type { Knex } from 'knex';
import type { FileId } from '../ports';
import { originalOf } from '../same-photo/picture-digest';
import { eachChunk, pagesOf } from './chunks';
import { EMBEDDINGS } from './schema';

interface Row {
  id: number;
  file_id: FileId;
  seq: number | string | null;
  digest: string;
}

/** What is learnt from the library has the number of a vector in its place. */
const DIGEST = /^[0-9a-f]{31}/;

/** What pictures were when they were embedded last, in whatever space. Two have the same bytes if this is the same, and only then. */
export function createKnexContents(knex: Knex) {
  const columns = ['id', 'file_id', 'seq', 'digest'];
  const rows = () => knex(EMBEDDINGS).whereNotNull('digest').select(columns);

  /** Of the rows of a file, that of the latest vector. */
  function latest(found: Row[], into: Map<FileId, { seq: number; content: string }>): void {
    for (const { file_id, seq, digest } of found) {
      const content = DIGEST.test(digest) ? originalOf(digest) : undefined;
      const at = Number(seq ?? 0);
      if (content && (into.get(file_id)?.seq ?? -1) < at) into.set(file_id, { seq: at, content });
    }
  }

  return {
    async of(fileIds: readonly FileId[]): Promise<Map<FileId, string>> {
      const known = new Map<FileId, { seq: number; content: string }>();
      latest(await eachChunk<Row>(fileIds, (ids) => rows().whereIn('file_id', ids)), known);
      return new Map([...known].map(([id, { content }]) => [id, content]));
    },

    /** Walks through all pictures. @returns by content, those that have one of these. */
    async having(contents: ReadonlySet<string>): Promise<Map<string, FileId[]>> {
      const known = new Map<FileId, { seq: number; content: string }>();
      if (contents.size > 0) for await (const page of pagesOf<Row>(rows, 'id')) latest(page, known);
      const found = new Map<string, FileId[]>();
      for (const [id, { content }] of known) {
        if (contents.has(content) && found.get(content)?.push(id) === undefined) found.set(content, [id]);
      }
      return found;
    },
  };
}

export type Contents = ReturnType<typeof createKnexContents>;
