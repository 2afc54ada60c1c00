import type { AdminPicture, LikenessLevels } from '../../../plugin/contracts/admin';
import type {
  PictureProposalsRequest,
  PictureProposalsResponse,
  ProposedPicture,
} from '../../../plugin/contracts/proposals';
import { type ErrorCode, SimilarError } from '../../../plugin/errors';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';
import { filesOf, type PictureRelations } from '../search/picture-relations';
import type { FindSimilar } from '../services/similar';
import { paramsOf } from '../validation/admin';
import type { PictureTypeNamed } from './picture-type-named';
import type { Siblings } from './siblings';

const SHOWN = 6;
/** More than are shown: those that nothing uses are looked for among them. */
const LOOKED_AT = 40;

export interface ProposePicturesDeps {
  find: Pick<FindSimilar, 'itemsForPictures' | 'itemsForWords'>;
  knowsWords: () => boolean;
  levels: () => LikenessLevels;
  typeNamed: PictureTypeNamed;
  siblings: Siblings;
  relations: Pick<PictureRelations, 'owners'>;
  adminFiles: Pick<AdminFiles, 'pictures'>;
}

/** Pictures of the library for an entry that has none: those of its siblings, what looks like them, and what its title says. */
export function createProposePictures(deps: ProposePicturesDeps) {
  const { find, knowsWords, levels, typeNamed, siblings, relations, adminFiles } = deps;

  async function search(pictures: number[], q: string | undefined, access: AdminAccess) {
    // What words find is less alike than any two pictures.
    const params = paramsOf({ type: 'file', limit: LOOKED_AT, ...(q ? { q } : { least: levels().alike }) });
    if (pictures.length > 0) return (await find.itemsForPictures(pictures, undefined, params, access)).items;
    return q ? (await find.itemsForWords(q, params, access)).items : [];
  }

  return {
    /** @throws SimilarError `FORBIDDEN`, `INVALID_PARAMETER` or `INDEX_UNAVAILABLE` */
    async pictures(request: PictureProposalsRequest, access: AdminAccess): Promise<PictureProposalsResponse> {
      const { documentId, locale, title, values = {} } = request;
      const type = await typeNamed(request.type, access);
      if (!(await access.can(FILE))) throw forbidden(access, FILE);
      const closest = await siblings.pictures({ type, documentId, locale, values }, access);
      const own = await adminFiles.pictures(closest, access);
      const seen = closest.filter((id) => own.has(id));
      const like = [...new Set(seen)];
      const words = title && knowsWords() ? title : undefined;
      let noWords: ErrorCode | undefined;
      const items = await search(like, words, access).catch((error) => {
        // The first words wait for their part of the model, or it cannot be had, or has no tokens for “???”: siblings say enough.
        if (!words || !(error instanceof SimilarError) || !NO_WORDS.has(error.code)) throw error;
        noWords = error.code;
        return search(like, undefined, access);
      });
      const alike = items.flatMap(({ picture }) => picture ?? []);
      // The closest sibling's first.
      const ofSiblings = like.map((id) => own.get(id) as AdminPicture);
      const found = new Map([...alike, ...ofSiblings].map((picture) => [picture.id, picture]));
      const held = filesOf(await relations.owners([...found.keys()]));
      const pictures = [...found].map(([id, picture]) => ({ ...picture, unused: !held.has(id) }));
      const rank = ({ id, unused }: ProposedPicture) => (unused ? 0 : own.has(id) ? 1 : 2);
      pictures.sort((a, b) => rank(a) - rank(b));
      return {
        pictures: pictures.slice(0, SHOWN),
        siblings: seen.length,
        words: words !== undefined && noWords === undefined,
        wordsUnready: noWords === 'WORDS_UNREADY',
      };
    },
  };
}

const NO_WORDS = new Set([
  'WORDS_UNREADY',
  'MODEL_WITHOUT_TEXT',
  'TOO_MANY_SEARCHES',
  'EMBEDDER_UNAVAILABLE',
  'INVALID_PARAMETER',
]);
