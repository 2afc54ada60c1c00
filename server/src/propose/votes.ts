export interface Ballot {
  choice: string;
  weight: number;
}

export interface Agreement {
  choice: string;
  /** Ballots for it. */
  votes: number;
  /** All ballots. */
  of: number;
}

/** One look-alike is chance. */
const LEAST_VOTES = 2;
const LEAST_SHARE = 0.6;

/** What most say, by weight; undefined where too few agree. */
export function agreement(ballots: readonly Ballot[]): Agreement | undefined {
  const weights = new Map<string, number>();
  let total = 0;
  for (const { choice, weight } of ballots) {
    weights.set(choice, (weights.get(choice) ?? 0) + weight);
    total += weight;
  }
  const [first] = [...weights].sort(([, a], [, b]) => b - a);
  if (!first || first[1] < LEAST_SHARE * total) return undefined;
  const [choice] = first;
  const votes = ballots.filter((ballot) => ballot.choice === choice).length;
  return votes < LEAST_VOTES ? undefined : { choice, votes, of: ballots.length };
}
