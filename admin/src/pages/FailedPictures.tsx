import { Box, Button, Flex, Table, Tbody, Td, Th, Thead, Tr, Typography } from '@strapi/design-system';
import { useState } from 'react';
import { Thumbnail } from '../components/Thumbnail';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';

/** Shown at first, and by each “More”; the server gives no more than `MOST`. */
const STEP = 50;
const MOST = 500;
const AGAIN_MS = 3_000;

interface FailedPicturesProps {
  count: number;
  canManage: boolean;
  onRetried(): void;
}

/** Pictures without a vector, each with the reason. */
export function FailedPictures({ count, canManage, onRetried }: FailedPicturesProps) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const [limit, setLimit] = useState(STEP);
  const { data = [], reload } = useRemote(`failed ${count} ${limit}`, (signal) => api.failed(limit, signal), {
    // What is tried again may have failed again before anybody saw the count change.
    pollMs: (known = []) => (known.length < Math.min(count, limit) ? AGAIN_MS : undefined),
  });
  if (count === 0) return null;

  const retry = (fileIds?: number[]) =>
    act(async () => {
      await api.retry(fileIds);
      onRetried();
      reload();
    }, 'failed.retried');

  return (
    <Box>
      <Flex justifyContent="space-between" paddingBottom={3}>
        <Typography variant="beta" tag="h2">
          {text('failed.title', { count })}
        </Typography>
        {canManage && (
          <Button variant="secondary" disabled={busy} onClick={() => retry()}>
            {text('failed.retryAll')}
          </Button>
        )}
      </Flex>
      <Table colCount={4} rowCount={data.length + 1}>
        <Thead>
          <Tr>
            {(['failed.picture', 'failed.name', 'failed.reason'] as const).map((id) => (
              <Th key={id}>
                <Typography variant="sigma">{text(id)}</Typography>
              </Th>
            ))}
            <Th> </Th>
          </Tr>
        </Thead>
        <Tbody>
          {data.map(({ fileId, picture, reason }) => (
            <Tr key={fileId}>
              <Td>
                <Thumbnail picture={picture} size={40} />
              </Td>
              <Td>
                <Typography>{picture.name}</Typography>
              </Td>
              <Td>
                <Typography>{reason}</Typography>
              </Td>
              <Td>
                {canManage && (
                  <Button
                    size="S"
                    variant="tertiary"
                    disabled={busy}
                    onClick={() => retry([fileId])}
                    aria-label={text('failed.retryOf', { name: picture.name })}
                  >
                    {text('retry')}
                  </Button>
                )}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      {data.length === limit && limit < MOST && (
        <Box paddingTop={3}>
          <Button variant="tertiary" onClick={() => setLimit(limit + STEP)}>
            {text('more')}
          </Button>
        </Box>
      )}
    </Box>
  );
}
