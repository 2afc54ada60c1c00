import type { LikenessLevels } from '../../../plugin/contracts/admin';
import type { PictureProposalsRequest, PictureProposalsResponse } from '../../../plugin/contracts/proposals';
import { SimilarError } from '../../../plugin/errors';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';
import type { Titles } from '../search/titles';
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
  titles: Pick<Titles, 'usages'>;
  adminFiles: Pick<AdminFiles, 'visible'>;
}

/** Pictures of the library for an entry that has none: such as those of its siblings, and what its title says. */
export function createProposePictures(deps: ProposePicturesDeps) {
  const { find, knowsWords, levels, typeNamed, siblings, titles, adminFiles } = deps;

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
      const like = await adminFiles.visible(
        await siblings.pictures({ type, documentId, locale, values }, access),
        access,
      );
      const words = title && knowsWords() ? title : undefined;
      let searched = words !== undefined;
      const items = await search(like, words, access).catch((error) => {
        // The first words wait for their part of the model, or it cannot be had: siblings say enough.
        if (!words || !(error instanceof SimilarError) || !NO_WORDS.has(error.code)) throw error;
        searched = false;
        return search(like, undefined, access);
      });
      const found = items.flatMap(({ picture }) => picture ?? []);
      const ids = found.map(({ id }) => id);
      const usages = await titles.usages(ids, access);
      const pictures = found.map((picture) => ({ ...picture, unused: usages.get(picture.id)?.unused ?? false }));
      pictures.sort((a, b) => Number(b.unused) - Number(a.unused));
      return { pictures: pictures.slice(0, SHOWN), siblings: like.length, words: searched };
    },
  };
}

const NO_WORDS = new Set(['WORDS_UNREADY', 'MODEL_WITHOUT_TEXT', 'TOO_MANY_SEARCHES', 'EMBEDDER_UNAVAILABLE']);
