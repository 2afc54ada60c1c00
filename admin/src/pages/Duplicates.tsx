import {
  EmptyStateLayout,
  Field,
  Flex,
  Loader,
  SingleSelect,
  SingleSelectOption,
  Typography,
} from '@strapi/design-system';
import { useState } from 'react';
import type { DuplicatesResponse } from '../../../plugin/contracts/admin';
import type { Verdict } from '../../../plugin/contracts/rules';
import { Paging } from '../components/Paging';
import { Slider } from '../components/Slider';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { DuplicateGroup } from './DuplicateGroup';

const PAGE_SIZE = 10;
/** In the list of what is shown. */
const OPEN = 'open';
/** While pictures are being compared. */
const POLL_MS = 2_000;

export function Duplicates() {
  const text = useText();
  const api = useApi();
  // Undefined: where the configuration begins.
  const [least, setLeast] = useState<number>();
  const [samePhoto, setSamePhoto] = useState(true);
  const [judged, setJudged] = useState<Verdict['kind']>();
  const [page, setPage] = useState(1);
  const params = { ...(least !== undefined && { least }), samePhoto, page, ...(judged && { judged }) };
  const { data, error, loading, reload } = useRemote(
    JSON.stringify(params),
    (signal) => api.duplicates(params, signal),
    { delayMs: 150, pollMs: (known?: DuplicatesResponse) => (isComparing(known) ? POLL_MS : undefined) },
  );

  return (
    <Flex direction="column" alignItems="stretch" gap={6} paddingTop={6}>
      <Flex gap={6} alignItems="flex-end">
        <Field.Root width="260px">
          <Field.Label>{text('duplicates.kind')}</Field.Label>
          <SingleSelect
            value={samePhoto ? 'same-photo' : 'similar'}
            onChange={(value) => {
              setPage(1);
              setSamePhoto(value === 'same-photo');
            }}
          >
            <SingleSelectOption value="same-photo">{text('duplicates.kind.samePhoto')}</SingleSelectOption>
            <SingleSelectOption value="similar">{text('duplicates.kind.similar')}</SingleSelectOption>
          </SingleSelect>
        </Field.Root>
        {!samePhoto && (
          <Slider
            label={text('duplicates.least')}
            value={least ?? data?.least ?? 0.9}
            min={0.8}
            max={1}
            levels={data?.levels}
            onChange={(value) => {
              setPage(1);
              setLeast(value);
            }}
          />
        )}
        <Field.Root width="220px">
          <Field.Label>{text('duplicates.show')}</Field.Label>
          <SingleSelect
            value={judged ?? OPEN}
            onChange={(value) => {
              setPage(1);
              setJudged(value === OPEN ? undefined : (value as Verdict['kind']));
            }}
          >
            <SingleSelectOption value={OPEN}>{text('duplicates.open')}</SingleSelectOption>
            <SingleSelectOption value="same">{text('duplicates.judged.same')}</SingleSelectOption>
            <SingleSelectOption value="different">{text('duplicates.judged.different')}</SingleSelectOption>
          </SingleSelect>
        </Field.Root>
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
      <Paging page={page} pageSize={PAGE_SIZE} total={data?.total} onPage={setPage} />
    </Flex>
  );
}

const isComparing = (data?: DuplicatesResponse) => data !== undefined && data.compared.done < data.compared.total;
