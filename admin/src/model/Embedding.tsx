import { Box, Flex, Typography } from '@strapi/design-system';
import type { ComparisonStatus } from '../../../plugin/contracts/comparison';
import { Bar } from '../components/Bar';
import { useAmounts } from '../hooks/use-amounts';
import { useText } from '../hooks/use-text';
import { Card } from './Card';
import { Discard } from './Discard';

interface EmbeddingProps {
  comparison: ComparisonStatus;
  canManage: boolean;
  onDiscarded(): void;
}

/** Seconds until the sample is done, at the speed so far. */
function secondsLeft({ size, done, estimate }: ComparisonStatus): number | undefined {
  if (!estimate || estimate.pictures === 0) return undefined;
  return (estimate.seconds / estimate.pictures) * (size - done);
}

/** How far the other model is with the sample. */
export function Embedding({ comparison, canManage, onDiscarded }: EmbeddingProps) {
  const text = useText();
  const { time } = useAmounts();
  const { model, state, size, done, failed } = comparison;
  const left = secondsLeft(comparison);
  return (
    <Card title={text(state === 'preparing' ? 'model.preparing' : 'model.embedding', { model })}>
      <Box>
        <Bar value={Math.floor((100 * done) / Math.max(1, size))} label={text('model.progress')} />
        <Typography variant="pi" role="status" tag="p" paddingTop={2}>
          {text('model.seen', { done, size })}
          {failed > 0 && ` · ${text('index.failedCount', { failed })}`}
          {left !== undefined && left > 0 && ` · ${text('model.left', { time: time(left) })}`}
        </Typography>
      </Box>
      <Typography textColor="neutral600">{text('model.waits')}</Typography>
      {canManage && (
        <Flex>
          <Discard label={text('model.discard')} loses={text('model.discardHelp')} onDiscarded={onDiscarded} />
        </Flex>
      )}
    </Card>
  );
}
