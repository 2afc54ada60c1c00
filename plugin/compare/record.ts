import type { ComparisonState, Vote } from '../contracts/comparison';
import { type ErrorCode, SimilarError } from '../errors';
import type { FileId, Records, Space, SpaceId } from '../ports';
import { agree, leaseHolds } from '../spaces/agree';

/** What all nodes know of the comparison. @typeParam Named what has to be known to have the other model again. */
export interface ComparisonRecord<Named extends { space: Space }> {
  id: string;
  other: Named;
  live: SpaceId;
  sample: FileId[];
  startedAt: number;
  state: ComparisonState;
  problem?: { code: ErrorCode; message: string };
  done: number;
  failed: number;
  embedMs: number;
  /** Whose disk the vectors are on, and until when nobody else begins anew. */
  holder: string;
  until: number;
}

interface Votes {
  comparison: string;
  votes: Record<string, Vote>;
}

/** How many votes there are for each. */
export function tally(votes: ReadonlyMap<FileId, Vote>): Record<Vote, number> {
  const counts = { live: 0, other: 0, same: 0 };
  for (const vote of votes.values()) counts[vote]++;
  return counts;
}

const COMPARISON = 'comparison';
const VOTES = 'comparison-votes';

/** A node that says nothing for so long does not embed any more. */
export const LEASE_MS = 60_000;

export const lease = (): number => Date.now() + LEASE_MS;

export const isLeased = ({ until }: { until: number }): boolean => leaseHolds(until, LEASE_MS);

/** The one comparison of a library, in the records that nodes share. */
export function createComparisonRecord<Named extends { space: Space }>(records: Records) {
  type Comparison = ComparisonRecord<Named>;
  /** Records stay: an empty one is none. */
  type Held = { comparison?: Comparison };

  return {
    async read(): Promise<Comparison | undefined> {
      return (await records.read<Held>(COMPARISON))?.value.comparison;
    },

    /** @throws SimilarError `COMPARISON_RUNS` */
    async begin(comparison: Comparison): Promise<void> {
      await agree<Held>(records, COMPARISON, (now) => {
        const running = now?.comparison?.other.space.model;
        if (running) throw new SimilarError('COMPARISON_RUNS', `The model ${running} is being compared`);
        return { comparison };
      });
    },

    /** Changes this comparison, unless it was discarded. @returns what it is now; undefined: there is another one, or none. */
    async change(id: string, change: (now: Comparison) => Partial<Comparison>): Promise<Comparison | undefined> {
      const held = await agree<Held>(records, COMPARISON, (now) =>
        now?.comparison?.id === id ? { comparison: { ...now.comparison, ...change(now.comparison) } } : undefined,
      );
      return held?.comparison?.id === id ? held.comparison : undefined;
    },

    async clear(): Promise<void> {
      await agree<Held>(records, COMPARISON, (now) => (now?.comparison ? {} : undefined));
    },

    async votes(id: string): Promise<Map<FileId, Vote>> {
      const votes = (await records.read<Votes>(VOTES))?.value;
      if (votes?.comparison !== id) return new Map();
      return new Map(Object.entries(votes.votes).map(([fileId, vote]) => [Number(fileId), vote]));
    },

    /** @param vote null: none any more. */
    async vote(id: string, fileId: FileId, vote: Vote | null): Promise<void> {
      await agree<Votes>(records, VOTES, (now) => {
        const { [fileId]: _, ...others } = now?.comparison === id ? now.votes : {};
        return { comparison: id, votes: vote ? { ...others, [fileId]: vote } : others };
      });
    },
  };
}

export type Recorded<Named extends { space: Space }> = ReturnType<typeof createComparisonRecord<Named>>;
