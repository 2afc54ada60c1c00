import type { PreviewPair, PreviewResponse } from '../../../plugin/contracts/settings';
import type { Link } from '../../../plugin/search/link';
import { PairsAround } from '../../../plugin/search/pairs-around';
import type { Similarity } from '../../../plugin/similarity';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';

const SHOWN = 3;
/** More than are shown: pictures may have been deleted meanwhile. */
const KEPT = 12;

export interface ThresholdPreviewDeps {
  core: () => Similarity;
  adminFiles: AdminFiles;
}

/** What a threshold means in this library: pairs of its own pictures that are just alike enough, and others that just are not. */
export const createThresholdPreview = ({ core, adminFiles }: ThresholdPreviewDeps) => ({
  /** @throws SimilarError `FORBIDDEN` or `INDEX_UNAVAILABLE` */
  async around(threshold: number, access: AdminAccess): Promise<PreviewResponse> {
    if (!(await access.can(FILE))) throw forbidden(access, FILE);
    const { search, duplicates } = core();
    const pairs = new PairsAround(threshold, KEPT);
    // Duplicates are rare: a sample holds hardly any of them, and no more than those that are known are shown.
    for (const pair of await search.samplePairs()) pairs.add(pair);
    const compared = await duplicates.showTo(pairs);
    const { above, below } = pairs;
    const ids = [...above, ...below].flatMap(({ a, b }) => [a, b]);
    const pictures = await adminFiles.pictures(ids, access);
    const show = (links: Link[]) =>
      links
        .flatMap(({ a, b, similarity }): PreviewPair[] => {
          const [first, second] = [pictures.get(a), pictures.get(b)];
          return first && second ? [{ similarity, pictures: [first, second] }] : [];
        })
        .slice(0, SHOWN);
    return { above: show(above), below: show(below), compared };
  },
});

export type ThresholdPreview = ReturnType<typeof createThresholdPreview>;
