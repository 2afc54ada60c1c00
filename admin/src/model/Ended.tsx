import { Flex, Link, Typography } from '@strapi/design-system';
import { Link as RouterLink } from 'react-router-dom';
import type { ComparisonStatus } from '../../../plugin/contracts/comparison';
import { useText } from '../hooks/use-text';
import { Card } from './Card';
import { Discard } from './Discard';
import { useProblem } from './use-problem';
import { Votes } from './Votes';

interface EndedProps {
  comparison: ComparisonStatus;
  /** The model that answers searches. */
  live: string;
  canManage: boolean;
  onDiscarded(): void;
}

/** A comparison that shows no pictures any more: the model was refused, or searches are answered by another one than before. */
export function Ended({ comparison: { model, problem, votes }, live, canManage, onDiscarded }: EndedProps) {
  const text = useText();
  const { say } = useProblem();
  const isInUse = live === model;
  const voted = votes.live + votes.other + votes.same > 0;
  return (
    <Card title={text(isInUse ? 'model.inUse' : 'model.refused', { model })}>
      {problem && !isInUse && (
        <Typography textColor="danger600" role="alert">
          {say(problem.code)}
        </Typography>
      )}
      {voted && <Votes votes={votes} other={model} />}
      {canManage ? (
        <Flex gap={4} wrap="wrap">
          <Discard
            label={text('model.chooseAnother')}
            loses={voted ? text('model.discardHelp') : undefined}
            onDiscarded={onDiscarded}
          />
          {isInUse && (
            <Link tag={RouterLink} to="?tab=index">
              {text('model.switchBack')}
            </Link>
          )}
        </Flex>
      ) : (
        <Typography textColor="neutral600">{text('model.onlyManagers')}</Typography>
      )}
    </Card>
  );
}
