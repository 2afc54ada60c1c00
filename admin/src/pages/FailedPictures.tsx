import { Box, Button, Flex, Link, Table, Tbody, Td, Tr, Typography } from '@strapi/design-system';
import { useEffect, useState } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import type { FailedPicture, FailureReason } from '../../../plugin/contracts/admin';
import { ColumnHeads } from '../components/ColumnHeads';
import { Thumbnail } from '../components/Thumbnail';
import { type RetryOnly, useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useRetry } from '../hooks/use-retry';
import { useText } from '../hooks/use-text';
import { failureText } from '../utils/failure-text';
import { libraryPath } from '../utils/library-path';
import { FailureReasons } from './FailureReasons';

/** Shown at first, and by each “More”; the server gives no more than `MOST`. */
const STEP = 50;
const MOST = 500;
const AGAIN_MS = 3_000;
/** One and the same: what depends on the list would run for each new empty one. */
const NONE: FailedPicture[] = [];
const NO_REASONS: FailureReason[] = [];

interface FailedPicturesProps {
  count: number;
  canManage: boolean;
  onRetried(): void;
}

/** Pictures without a vector, each with the reason. */
export function FailedPictures({ count, canManage, onRetried }: FailedPicturesProps) {
  const text = useText();
  const api = useApi();
  const { retry, busy } = useRetry();
  // What is being tried again is not failed at the moment: it stays in view until the list knows the outcome.
  const [held, setHeld] = useState<FailedPicture[]>([]);
  const [trying, setTrying] = useState(false);
  const [limit, setLimit] = useState(STEP);
  const [code, setCode] = useState<string>();
  const { data: reasons = NO_REASONS, reload: reloadReasons } = useRemote(`reasons ${count}`, (signal) =>
    api.failureReasons(signal),
  );
  const { data: failed = NONE, reload } = useRemote(
    `failed ${count} ${limit} ${code}`,
    (signal) => api.failed(limit, code, signal),
    {
      // What is tried again may have failed again before anybody saw the count change.
      pollMs: (known = []) => (!code && known.length < Math.min(count, limit) ? AGAIN_MS : undefined),
      subject: code,
    },
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a list that was loaded after the outcome knows it
  useEffect(() => {
    if (!trying) setHeld([]);
  }, [failed]);

  const shown = [...failed, ...held.filter(({ fileId }) => !failed.some((one) => one.fileId === fileId))];
  const chosen = reasons.find((one) => one.code === code);
  // The last one of its kind has been mended.
  if (code && !chosen && !busy && reasons.length > 0) setCode(undefined);
  if (count === 0 && shown.length === 0) return null;

  async function again(only: RetryOnly): Promise<void> {
    setHeld(failed.filter(({ fileId }) => only.fileIds?.includes(fileId) ?? true));
    setTrying(true);
    await retry(only, onRetried);
    setTrying(false);
    onRetried();
    reload();
    reloadReasons();
  }

  return (
    <Box>
      <Flex justifyContent="space-between" paddingBottom={3}>
        <Typography variant="beta" tag="h2">
          {text('failed.title', { count: Math.max(count, shown.length) })}
        </Typography>
        {canManage && (
          <Button variant="secondary" disabled={busy} onClick={() => again({ code })}>
            {chosen ? text('failed.retryThese', { count: chosen.count }) : text('failed.retryAll')}
          </Button>
        )}
      </Flex>
      {reasons.length > 1 && (
        <FailureReasons
          reasons={reasons}
          chosen={code}
          disabled={busy}
          onChoose={(next) => {
            setHeld([]);
            setLimit(STEP);
            setCode(next);
          }}
        />
      )}
      <Table colCount={4} rowCount={shown.length + 1}>
        <ColumnHeads ids={['failed.picture', 'failed.name', 'failed.reason']} />
        <Tbody>
          {shown.map(({ fileId, state, picture, code: why, reason }) => (
            <Tr key={fileId}>
              <Td>
                <Thumbnail picture={picture} size={40} />
              </Td>
              <Td>
                <Typography>{picture.name}</Typography>
              </Td>
              <Td>
                <Typography tag="p">{text(failureText(why))}</Typography>
                <Typography variant="pi" textColor="neutral600" lang="en">
                  {reason}
                </Typography>
              </Td>
              <Td>
                {state === 'unsupported' ? (
                  // Another try would say the same: another file is needed.
                  <Link
                    tag={RouterLink}
                    to={libraryPath(picture.name)}
                    aria-label={text('library.open', { name: picture.name })}
                  >
                    {text('library.openShort')}
                  </Link>
                ) : (
                  canManage && (
                    <Button
                      size="S"
                      variant="tertiary"
                      disabled={busy}
                      onClick={() => again({ fileIds: [fileId] })}
                      aria-label={text('failed.retryOf', { name: picture.name })}
                    >
                      {text('retry')}
                    </Button>
                  )
                )}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      {failed.length === limit && limit < MOST && (
        <Box paddingTop={3}>
          <Button variant="tertiary" onClick={() => setLimit(limit + STEP)}>
            {text('more')}
          </Button>
        </Box>
      )}
    </Box>
  );
}
