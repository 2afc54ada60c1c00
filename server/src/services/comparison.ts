import { type Judgement, noAgreement } from '../../../plugin/compare/agreement';
import type { Comparison } from '../../../plugin/compare/comparison';
import { tally } from '../../../plugin/compare/record';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import {
  type Agreement,
  COMPARED,
  type ComparedMatch,
  type ComparedPictureResponse,
  type ComparedPicturesResponse,
  type ComparisonResponse,
  type Vote,
  type VoteResponse,
} from '../../../plugin/contracts/comparison';
import { SimilarError } from '../../../plugin/errors';
import type { FileId, Match } from '../../../plugin/ports';
import type { Similarity } from '../../../plugin/similarity';
import type { AdminAccess } from '../access/admin';
import { FILE, forbidden } from '../access/content-api';
import type { AdminFiles } from '../search/admin-files';
import { rounded } from '../util/rounded';
import type { Judgements } from './judgements';

export interface ComparisonsDeps {
  core: () => Similarity;
  adminFiles: AdminFiles;
  judgements: Judgements;
}

/** Another model on a sample of the library, as an administrator may see it. */
export function createComparisons({ core, adminFiles, judgements }: ComparisonsDeps) {
  const comparison = (): Comparison => core().comparison;
  /** Counting costs two searches for each decision. */
  const counted = new WeakMap<Judgement[], { startedAt: number; agreement: Promise<Agreement | undefined> }>();

  async function agreementOf(startedAt: number): Promise<Agreement> {
    const decided = await judgements.all();
    let known = counted.get(decided);
    if (known?.startedAt !== startedAt) {
      known = { startedAt, agreement: comparison().agreement(decided) };
      counted.set(decided, known);
    }
    const agreement = await known.agreement.catch((error) => {
      counted.delete(decided);
      throw error;
    });
    if (!agreement) counted.delete(decided);
    return agreement ?? noAgreement();
  }

  async function state(): Promise<ComparisonResponse> {
    const status = await comparison().status();
    return {
      models: comparison().models(),
      live: { model: core().space.model },
      ...(status && { comparison: { ...status, agreement: await agreementOf(status.startedAt) } }),
    };
  }

  /** Pictures of the sample that the administrator may read. @throws SimilarError `FORBIDDEN` or `NOT_COMPARING` */
  async function readable(access: AdminAccess): Promise<FileId[]> {
    if (!(await access.can(FILE))) throw forbidden(access, FILE);
    return adminFiles.visible(await comparison().sample(), access);
  }

  /** @throws as `readable`, or SimilarError `NOT_FOUND` */
  async function beside(id: FileId, access: AdminAccess): Promise<Set<FileId>> {
    const among = new Set(await readable(access));
    if (among.has(id)) return among;
    throw new SimilarError('NOT_FOUND', `There is no picture ${id} in the sample that you may see`, { id });
  }

  const withVote = (vote: Vote | undefined) => (vote ? { vote } : {});

  return {
    state,

    /** @throws SimilarError `COMPARISON_RUNS`, `COMPARISON_EMPTY` or `INVALID_PARAMETER` */
    async begin({ model, size }: { model: string; size: number }): Promise<ComparisonResponse> {
      const named = (await judgements.all()).flatMap(({ asked, shown }) => [...asked, ...shown]);
      await comparison().begin({ model, size, named });
      return state();
    },

    async discard(): Promise<ComparisonResponse> {
      await comparison().discard();
      return state();
    },

    async pictures(
      { page, pageSize }: { page: number; pageSize: number },
      access: AdminAccess,
    ): Promise<ComparedPicturesResponse> {
      const ids = await readable(access);
      const shown = ids.slice((page - 1) * pageSize, page * pageSize);
      const [found, votes] = await Promise.all([adminFiles.pictures(shown, access), comparison().votes()]);
      const pictures = shown.flatMap((id) => {
        const picture = found.get(id);
        return picture ? [{ ...picture, ...withVote(votes.get(id)) }] : [];
      });
      return { pictures, total: ids.length };
    },

    /** Ranked among the pictures that the administrator may read. */
    async picture(id: FileId, access: AdminAccess): Promise<ComparedPictureResponse> {
      const among = await beside(id, access);
      const [ranking, votes] = await Promise.all([comparison().ranking(), comparison().votes()]);
      if (!ranking.has(id)) {
        throw new SimilarError('NOT_FOUND', `Picture ${id} has no vector of one of the models`, { id });
      }
      const live = ranking.nearest('live', [id], COMPARED, among);
      const other = ranking.nearest('other', [id], COMPARED, among);
      const ids = [id, ...[...live, ...other].map(({ fileId }) => fileId)];
      const pictures = await adminFiles.pictures(ids, access);
      const shown = (matches: Match[]): ComparedMatch[] =>
        matches.flatMap(({ fileId, similarity }) => {
          const picture = pictures.get(fileId);
          return picture ? [{ picture, similarity: rounded(similarity, 3) }] : [];
        });
      return {
        picture: pictures.get(id) as AdminPicture,
        ...withVote(votes.get(id)),
        live: shown(live),
        other: shown(other),
      };
    },

    async vote(id: FileId, vote: Vote | null, access: AdminAccess): Promise<VoteResponse> {
      await beside(id, access);
      await comparison().vote(id, vote);
      return { vote, votes: tally(await comparison().votes()) };
    },
  };
}
