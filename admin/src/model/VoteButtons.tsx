import { Button, Flex, TextButton, Typography } from '@strapi/design-system';
import type { Vote } from '../../../plugin/contracts/comparison';
import { useText } from '../hooks/use-text';
import type { sidesOf } from './sides';

interface VoteButtonsProps {
  vote: Vote | undefined;
  sides: ReturnType<typeof sidesOf>;
  onVote(vote: Vote | null): void;
}

/** Which side is better. A vote can be changed, and taken back. */
export function VoteButtons({ vote, sides, onVote }: VoteButtonsProps) {
  const text = useText();
  const choices = [
    [sides.A, 'model.betterA'],
    ['same', 'model.noDifference'],
    [sides.B, 'model.betterB'],
  ] as const;
  return (
    <>
      <Flex gap={2} wrap="wrap" role="group" aria-label={text('model.vote')}>
        {choices.map(([value, id], at) => (
          <Button
            key={id}
            variant={vote === value ? 'default' : 'secondary'}
            aria-pressed={vote === value}
            aria-keyshortcuts={String(at + 1)}
            onClick={() => onVote(value)}
          >
            {text(id)}
          </Button>
        ))}
        {/* There before it can be used, so that nothing moves when somebody has voted. */}
        <TextButton disabled={!vote} onClick={() => onVote(null)}>
          {text('model.takeBack')}
        </TextButton>
      </Flex>
      <Typography variant="pi" textColor="neutral600">
        {text('model.keys')}
      </Typography>
    </>
  );
}
