import { Box, Button, Flex, Typography } from '@strapi/design-system';
import type { Merge } from '../../../plugin/contracts/merge';
import { useText } from '../hooks/use-text';
import { canUndo, useMergeActions } from './use-merge-actions';
import { useMergeState } from './use-merge-state';

interface MergeOutcomeProps {
  merge: Merge;
  onChanged(next: Merge): void;
}

/** How a merge has ended, and the way back. */
export function MergeOutcome({ merge, onChanged }: MergeOutcomeProps) {
  const text = useText();
  const stateOf = useMergeState();
  const { undo, busy } = useMergeActions(onChanged);
  return (
    <Flex direction="column" alignItems="stretch" gap={4}>
      <Box role="status">
        {stateOf(merge).map((line) => (
          <Typography key={line} tag="p">
            {line}
          </Typography>
        ))}
      </Box>
      {canUndo(merge) && (
        <Box>
          <Button variant="secondary" disabled={busy} onClick={() => undo(merge)}>
            {text('rule.undo')}
          </Button>
        </Box>
      )}
    </Flex>
  );
}
