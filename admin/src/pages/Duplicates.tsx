import { EmptyStateLayout, Flex, Loader, Typography } from '@strapi/design-system';
import type { DuplicatesResponse } from '../../../plugin/contracts/admin';
import type { Verdict } from '../../../plugin/contracts/rules';
import { Choice } from '../components/Choice';
import { Paging } from '../components/Paging';
import { Slider } from '../components/Slider';
import { useAddress, usePage } from '../hooks/use-address';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { DuplicateGroup } from './DuplicateGroup';

const PAGE_SIZE = 10;
/** In the list of what is shown. */
const OPEN = 'open';
const JUDGED: ReadonlyArray<Verdict['kind']> = ['same', 'different'];
/** While pictures are being compared. */
const POLL_MS = 2_000;

export function Duplicates() {
  const text = useText();
  const api = useApi();
  const address = useAddress('duplicates');
  // Undefined: where the configuration begins.
  const least = readLeast(address.get('least'));
  const samePhoto = address.get('find') !== 'similar';
  const judged = JUDGED.find((kind) => kind === address.get('show'));
  const { page, onPage } = usePage(address);
  const params = { ...(least !== undefined && { least }), samePhoto, page, ...(judged && { judged }) };
  const { data, error, loading, reload } = useRemote(
    JSON.stringify(params),
    (signal) => api.duplicates(params, signal),
    { delayMs: 150, pollMs: (known?: DuplicatesResponse) => (isComparing(known) ? POLL_MS : undefined) },
  );

  return (
    <Flex direction="column" alignItems="stretch" gap={6} paddingTop={6}>
      <Flex gap={6} alignItems="flex-end">
        <Choice
          label={text('duplicates.kind')}
          value={samePhoto ? 'same-photo' : 'similar'}
          onChange={(value) => address.set({ find: value === 'same-photo' ? undefined : value, page: undefined })}
          options={[
            { value: 'same-photo', label: text('duplicates.kind.samePhoto') },
            { value: 'similar', label: text('duplicates.kind.similar') },
          ]}
          width="260px"
        />
        {!samePhoto && (
          <Slider
            label={text('duplicates.least')}
            value={least ?? data?.least ?? 0.9}
            min={0.8}
            max={1}
            levels={data?.levels}
            onChange={(value) => address.set({ least: String(value), page: undefined }, true)}
          />
        )}
        <Choice
          label={text('duplicates.show')}
          value={judged ?? OPEN}
          onChange={(value) => address.set({ show: value === OPEN ? undefined : value, page: undefined })}
          options={[
            { value: OPEN, label: text('duplicates.open') },
            ...JUDGED.map((kind) => ({ value: kind, label: text(`duplicates.judged.${kind}`) })),
          ]}
        />
        {data && (
          <Typography textColor="neutral600" role="status">
            {text('duplicates.count', { count: data.total })}
            {isComparing(data) && ` · ${text('duplicates.comparing', data.compared)}`}
          </Typography>
        )}
      </Flex>
      {error && (
        <Typography textColor="danger600" role="alert">
          {error.message}
        </Typography>
      )}
      {!data && loading && <Loader>{text('loading')}</Loader>}
      {data && data.groups.length === 0 && (
        <EmptyStateLayout content={text(samePhoto ? 'duplicates.noCopies' : 'duplicates.none')} />
      )}
      {data?.groups.map((group) => (
        <DuplicateGroup
          key={group.pictures.map(({ id }) => id).join(' ')}
          group={group}
          levels={data.levels}
          shown={{ least: data.least, samePhoto, judged }}
          onChanged={reload}
        />
      ))}
      <Paging page={page} pageSize={PAGE_SIZE} total={data?.total} onPage={onPage} />
    </Flex>
  );
}

const isComparing = (data?: DuplicatesResponse) => data !== undefined && data.compared.done < data.compared.total;

/** What somebody has typed into the address is not sent where the server would refuse it. */
function readLeast(value: string | undefined): number | undefined {
  const least = Number(value);
  return value !== undefined && least >= 0.8 && least <= 1 ? least : undefined;
}
