import { Box, Flex, TextButton, Typography } from '@strapi/design-system';
import { useRBAC } from '@strapi/strapi/admin';
import type { ItemsResponse } from '../../../plugin/contracts/admin';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { MANAGE } from '../utils/permissions';

interface WaitingPicturesProps {
  waiting: ItemsResponse['waiting'];
  onRetried(): void;
}

/** Pictures of the entry that take no part, and why. */
export function WaitingPictures({ waiting, onRetried }: WaitingPicturesProps) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const { allowedActions } = useRBAC(MANAGE as never);
  const pending = waiting.filter(({ state }) => state === 'pending').length;
  const ended = waiting.filter(({ state }) => state !== 'pending');
  if (waiting.length === 0) return null;

  const retry = (id: number) =>
    act(async () => {
      await api.retry([id]);
      onRetried();
    });

  return (
    <Flex direction="column" alignItems="stretch" gap={2} role="status">
      {pending > 0 && <Typography variant="pi">{text('panel.pending', { count: pending })}</Typography>}
      {ended.map(({ id, reason }) => (
        <Box key={id} background="warning100" padding={2} hasRadius>
          <Typography variant="pi">{text('panel.failed', { reason: reason ?? '' })} </Typography>
          {allowedActions.canManage && (
            <TextButton disabled={busy} onClick={() => retry(id)}>
              {text('retry')}
            </TextButton>
          )}
        </Box>
      ))}
    </Flex>
  );
}
