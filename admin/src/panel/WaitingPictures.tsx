import { Box, Flex, Link, TextButton, Typography } from '@strapi/design-system';
import { Link as RouterLink } from 'react-router-dom';
import type { ItemsResponse } from '../../../plugin/contracts/admin';
import { useAllowed } from '../hooks/use-allowed';
import { useRetry } from '../hooks/use-retry';
import { useText } from '../hooks/use-text';
import { libraryPath } from '../utils/library-path';
import { MANAGE } from '../utils/permissions';

interface WaitingPicturesProps {
  waiting: ItemsResponse['waiting'];
  onRetried(): void;
}

/** Pictures of the entry that take no part, and why. */
export function WaitingPictures({ waiting, onRetried }: WaitingPicturesProps) {
  const text = useText();
  const { retry, busy } = useRetry();
  const { canManage = false } = useAllowed(MANAGE);
  const pending = waiting.filter(({ state }) => state === 'pending').length;
  const ended = waiting.filter(({ state }) => state !== 'pending');
  if (waiting.length === 0) return null;

  async function again(id: number): Promise<void> {
    await retry({ fileIds: [id] }, onRetried);
    onRetried();
  }

  return (
    <Flex direction="column" alignItems="stretch" gap={2} role="status">
      {pending > 0 && <Typography variant="pi">{text('panel.pending', { count: pending })}</Typography>}
      {ended.map(({ id, state, name, reason }) => (
        <Box key={id} background="warning100" padding={2} hasRadius>
          <Typography variant="pi">
            {text(name ? 'panel.failedOf' : 'panel.failed', { name: name ?? '', reason: reason ?? '' })}{' '}
          </Typography>
          {state === 'unsupported' && name && (
            <Link tag={RouterLink} to={libraryPath(name)}>
              {text('library.openShort')}
            </Link>
          )}
          {state !== 'unsupported' && canManage && (
            <TextButton disabled={busy} onClick={() => again(id)}>
              {text('retry')}
            </TextButton>
          )}
        </Box>
      ))}
    </Flex>
  );
}
