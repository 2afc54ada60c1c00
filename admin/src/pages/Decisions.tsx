import { Box, Flex, Loader, Typography } from '@strapi/design-system';
import { DECISION_KINDS, type DecisionKind } from '../../../plugin/contracts/decisions';
import { Choice } from '../components/Choice';
import { Empty } from '../components/Empty';
import { Paging } from '../components/Paging';
import { useAddress, usePage } from '../hooks/use-address';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { DecisionTable } from './DecisionTable';

const PAGE_SIZE = 20;
/** In the lists of kinds and of people. */
const ALL = 'all';

/** All pins, hides and verdicts, whoever made them and wherever. */
export function Decisions() {
  const text = useText();
  const api = useApi();
  const address = useAddress('decisions');
  const kind = DECISION_KINDS.find((known) => known === address.get('kind'));
  const author = address.get('by');
  const { page, onPage } = usePage(address);
  const params = { page, pageSize: PAGE_SIZE, ...(kind && { kind }), ...(author && { author }) };
  const { data, error, loading, reload } = useRemote(JSON.stringify(params), (signal) => api.decisions(params, signal));

  const people = [...new Set([...(data?.authors ?? []), ...(author ? [author] : [])])];
  const filter = (key: string) => (value: string) =>
    address.set({ [key]: value === ALL ? undefined : value, page: undefined });
  return (
    <Flex direction="column" alignItems="stretch" gap={6} paddingTop={6}>
      <Flex gap={6} alignItems="flex-end" wrap="wrap">
        <Choice
          label={text('decisions.kind')}
          value={kind ?? ALL}
          onChange={filter('kind')}
          options={[
            { value: ALL, label: text('decisions.all') },
            ...DECISION_KINDS.map((value: DecisionKind) => ({ value, label: text(`decision.${value}`) })),
          ]}
        />
        <Choice
          label={text('decisions.by')}
          value={author ?? ALL}
          onChange={filter('by')}
          options={[
            { value: ALL, label: text('decisions.everybody') },
            ...people.map((name) => ({ value: name, label: name })),
          ]}
        />
        {data && (
          <Typography textColor="neutral600" role="status">
            {text('decisions.count', { count: data.total })}
          </Typography>
        )}
      </Flex>
      {error && (
        <Typography textColor="danger600" role="alert">
          {error.message}
        </Typography>
      )}
      {!data && loading && <Loader>{text('loading')}</Loader>}
      {data?.total === 0 && <Empty content={text('decisions.none')} />}
      {data && data.decisions.length > 0 && (
        <Box aria-busy={loading}>
          <DecisionTable decisions={data.decisions} onChanged={reload} />
        </Box>
      )}
      {data && data.unreadable > 0 && (
        <Typography textColor="neutral600">{text('decisions.unreadable', { count: data.unreadable })}</Typography>
      )}
      <Paging page={page} pageSize={PAGE_SIZE} total={data?.total} onPage={onPage} />
    </Flex>
  );
}
