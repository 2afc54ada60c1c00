import { Flex, Typography } from '@strapi/design-system';
import type { Vote } from '../../../plugin/contracts/comparison';
import { useText } from '../hooks/use-text';

interface VotesProps {
  votes: Record<Vote, number>;
  /** The model in use; absent where it may be another one by now. */
  live?: string;
  other: string;
}

/** How many votes each model got. */
export function Votes({ votes, live, other }: VotesProps) {
  const text = useText();
  const counts = [
    [live ? text('model.liveOf', { model: live }) : text('model.formerly'), votes.live],
    [other, votes.other],
    [text('model.noDifference'), votes.same],
  ] as const;
  return (
    <Flex tag="dl" gap={8} wrap="wrap">
      {counts.map(([name, count]) => (
        <Flex key={name} direction="column" alignItems="flex-start">
          <Typography variant="sigma" textColor="neutral600" tag="dt">
            {name}
          </Typography>
          <Typography tag="dd">{text('model.votes', { count })}</Typography>
        </Flex>
      ))}
    </Flex>
  );
}
