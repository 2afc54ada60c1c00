import { Box, Button, Flex, Loader, Typography } from '@strapi/design-system';
import { type KeyboardEvent, type MutableRefObject, useEffect, useRef } from 'react';
import type { Vote } from '../../../plugin/contracts/comparison';
import { Thumbnail } from '../components/Thumbnail';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { LookAlikes } from './LookAlikes';
import type { Place, placeOf } from './place';
import { type Compared, sidesOf } from './sides';
import { useProblem } from './use-problem';
import { VoteButtons } from './VoteButtons';

interface ComparedPictureProps {
  place: ReturnType<typeof placeOf>;
  /** Which comparison it is. */
  of: number;
  /** Its place in the sample, from 1; undefined while that is not known. */
  number: number | undefined;
  total: number;
  names: Record<Compared, string>;
  canJudge: boolean;
  /** Why the list of pictures cannot be had. */
  problem: Error | undefined;
  left: MutableRefObject<number | undefined>;
  onOpen(place: Place): void;
  onVoted(): void;
  onClose(): void;
}

/** One picture, and what each model finds beside it: as A and B, without names until there is a vote, for those who can vote. */
export function ComparedPicture(props: ComparedPictureProps) {
  const { place, of, number, total, names, canJudge, problem, left, onOpen, onVoted, onClose } = props;
  const { id, before, after } = place;
  const text = useText();
  const api = useApi();
  const { sayError, told } = useProblem();
  const { act } = useAction();
  const section = useRef<HTMLElement>(null);
  const { data, error, loading, reload } = useRemote(id === undefined ? undefined : `${of} ${id}`, (signal) =>
    api.comparedPicture(id as number, signal),
  );
  const shown = data?.picture.id === id ? data : undefined;
  // What was wrong with another picture is no news of this one.
  const why = (loading ? undefined : error) ?? (id === undefined ? problem : undefined);

  // Keys work at once, and who does not see it is told which picture it is.
  useEffect(() => {
    left.current = id;
    section.current?.focus({ preventScroll: true });
  }, [id, left]);

  const vote = (given: Vote | null) =>
    act(async () => {
      await told(api.vote(id as number, given)).finally(onVoted);
      reload();
      // The button that takes a vote back cannot be used any more.
      if (!given) section.current?.focus({ preventScroll: true });
    });
  const go = (to: Place | undefined) => to && onOpen(to);
  const sides = sidesOf(id ?? 0);
  const votes: Record<string, Vote> = { 1: sides.A, 2: 'same', 3: sides.B };

  // Here and not on the whole page: elsewhere these keys are somebody else's.
  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowLeft') go(before);
    else if (event.key === 'ArrowRight') go(after);
    else if (canJudge && shown && votes[event.key]) void vote(votes[event.key]);
    else return;
    event.preventDefault();
  }

  return (
    <Box
      tag="section"
      ref={section}
      tabIndex={-1}
      aria-label={number === undefined ? text('model.tab') : text('model.pictureOf', { number, total })}
      onKeyDown={onKeyDown}
      style={{ outline: 'none' }}
    >
      <Flex direction="column" alignItems="stretch" gap={4}>
        <Flex gap={4} justifyContent="space-between" wrap="wrap">
          <Button variant="tertiary" onClick={onClose}>
            {text('model.back')}
          </Button>
          <Flex gap={4}>
            <Button variant="tertiary" disabled={!before} onClick={() => go(before)}>
              {text('previous')}
            </Button>
            {number !== undefined && <Typography>{text('model.pictureOf', { number, total })}</Typography>}
            <Button variant="tertiary" disabled={!after} onClick={() => go(after)}>
              {text('next')}
            </Button>
          </Flex>
        </Flex>
        {why && (
          <Typography textColor="danger600" role="alert">
            {sayError(why)}
          </Typography>
        )}
        {!shown && !why && <Loader>{text('loading')}</Loader>}
        {shown && (
          <>
            <Flex gap={6} wrap="wrap">
              <Thumbnail picture={shown.picture} size={120} />
              <Flex direction="column" alignItems="flex-start" gap={3}>
                <Typography variant="delta" tag="h2">
                  {shown.picture.name}
                </Typography>
                {canJudge && <VoteButtons vote={shown.vote} sides={sides} onVote={vote} />}
              </Flex>
            </Flex>
            <Flex gap={6} alignItems="stretch">
              {(['A', 'B'] as const).map((side) => (
                <LookAlikes
                  key={side}
                  side={side}
                  matches={shown[sides[side]]}
                  model={shown.vote || !canJudge ? names[sides[side]] : undefined}
                  isLive={sides[side] === 'live'}
                />
              ))}
            </Flex>
          </>
        )}
      </Flex>
    </Box>
  );
}
