import type { LikenessLevels } from '../../../plugin/contracts/admin';
import type {
  PictureText,
  ProposedText,
  TextProposals,
  TextProposalsResponse,
} from '../../../plugin/contracts/proposals';
import type { FileId } from '../../../plugin/ports';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { AdminFiles, FileRow } from '../search/admin-files';
import type { FindSimilar } from '../services/similar';
import { paramsOf } from '../validation/admin';

const KINDS: PictureText[] = ['alternativeText', 'caption'];

/** Look-alikes with a text that are asked. */
const ASKED = 10;

export interface ProposeTextsDeps {
  find: Pick<FindSimilar, 'itemsForPictures'>;
  levels: () => LikenessLevels;
  adminFiles: Pick<AdminFiles, 'rows' | 'pictures'>;
}

/** Alternative texts and captions of look-alikes, for pictures that have none. */
export function createProposeTexts({ find, levels, adminFiles }: ProposeTextsDeps) {
  const textOf = ({ name, ...row }: FileRow, kind: PictureText): string | undefined => {
    const text = row[kind]?.trim();
    // A file's name says nothing of another picture.
    return text && text !== name ? text : undefined;
  };

  async function proposed(id: FileId, kinds: PictureText[], access: AdminAccess) {
    const filters = { $or: kinds.map((kind) => ({ $and: [{ [kind]: { $notNull: true } }, { [kind]: { $ne: '' } }] })) };
    const params = paramsOf({ type: 'file', filters, least: levels().alike, limit: ASKED });
    const { items } = await find.itemsForPictures([id], undefined, params, access);
    const found = items.flatMap(({ picture, similarity }) => (picture ? [{ from: picture, similarity }] : []));
    const rows = await adminFiles.rows(
      found.map(({ from }) => from.id),
      access,
      ['name', ...KINDS],
    );
    const rowOf = new Map(rows.map((row) => [row.id, row]));
    const first = (kind: PictureText): ProposedText | undefined => {
      for (const { from, similarity } of found) {
        const row = rowOf.get(from.id);
        const text = row && textOf(row, kind);
        if (text) return { text, from, similarity };
      }
      return undefined;
    };
    return kinds.flatMap((kind) => {
      const text = first(kind);
      return text ? [[kind, text] as const] : [];
    });
  }

  return {
    /** @throws SimilarError `FORBIDDEN` or `INDEX_UNAVAILABLE` */
    async texts(pictures: FileId[], access: AdminAccess): Promise<TextProposalsResponse> {
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      const ids = [...new Set(pictures)];
      const [rows, shown] = await Promise.all([
        adminFiles.rows(ids, access, ['name', ...KINDS]),
        adminFiles.pictures(ids, access),
      ]);
      const rowOf = new Map(rows.map((row) => [row.id, row]));
      const found: TextProposals[] = [];
      for (const id of ids) {
        const [row, picture] = [rowOf.get(id), shown.get(id)];
        const kinds = KINDS.filter((kind) => row && !row[kind]?.trim());
        if (!picture || kinds.length === 0) continue;
        const texts = await proposed(id, kinds, access);
        if (texts.length > 0) found.push({ picture, ...Object.fromEntries(texts) });
      }
      return { pictures: found };
    },
  };
}
