import { Box, Loader, Typography } from '@strapi/design-system';
import type { Merge, MergesResponse } from '../../../plugin/contracts/merge';
import { Empty } from '../components/Empty';
import { Paging } from '../components/Paging';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { MergeTable } from './MergeTable';
import { problemOf } from './problem';

const PAGE_SIZE = 20;
/** While one of them is being worked on. */
const POLL_MS = 2_000;

const isWorkedOn = ({ state }: Merge): boolean => state === 'running' || state === 'deleting' || state === 'undoing';

/** All merges, whoever made them. */
export function Merges({ page, onPage }: { page: number; onPage(next: number): void }) {
  const text = useText();
  const api = useApi();
  const params = { page, pageSize: PAGE_SIZE };
  const { data, error, loading, reload } = useRemote(`merges ${page}`, (signal) => api.merges(params, signal), {
    pollMs: (known?: MergesResponse) => (known?.merges.some(isWorkedOn) ? POLL_MS : undefined),
  });
  return (
    <>
      {error && (
        <Typography textColor="danger600" role="alert">
          {problemOf(error, text)}
        </Typography>
      )}
      {!data && loading && <Loader>{text('loading')}</Loader>}
      {data?.total === 0 && <Empty content={text('merges.none')} />}
      {data && data.merges.length > 0 && (
        <Box aria-busy={loading}>
          <MergeTable merges={data.merges} pictures={data.pictures} onChanged={reload} />
        </Box>
      )}
      <Paging page={page} pageSize={PAGE_SIZE} total={data?.total} onPage={onPage} />
    </>
  );
}
