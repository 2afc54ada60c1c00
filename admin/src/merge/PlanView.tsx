import { Flex, Table, Tbody, Td, Tr, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';
import type { MergeChange, MergePlan } from '../../../plugin/contracts/merge';
import { ColumnHeads } from '../components/ColumnHeads';
import { EntryLink } from '../components/EntryLink';
import { useText } from '../hooks/use-text';
import { fieldWords } from './field-words';

const COLUMNS = ['merge.entry', 'explore.locale', 'merge.status', 'merge.field'] as const;

/** What a merge would change, and what blocks it. */
export function PlanView({ plan }: { plan: MergePlan }) {
  const text = useText();
  const { changes, total, entries, refused } = plan;
  return (
    <Flex direction="column" alignItems="stretch" gap={3}>
      <Typography fontWeight="semiBold" role="status">
        {text('merge.total', { total, entries })}
        {changes.length < total && ` ${text('merge.first', { count: changes.length })}`}
      </Typography>
      {refused > 0 && (
        <Typography textColor="danger600" role="alert">
          {text('merge.blocked', { count: refused })}
        </Typography>
      )}
      {changes.length > 0 && (
        <Table colCount={COLUMNS.length} rowCount={changes.length + 1} aria-label={text('merge.changes')}>
          <ColumnHeads ids={COLUMNS} hasActions={false} />
          <Tbody>
            {changes.map((change, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a place may be there twice, once for each picture
              <Change key={at} change={change} />
            ))}
          </Tbody>
        </Table>
      )}
    </Flex>
  );
}

function Change({ change }: { change: MergeChange }) {
  const text = useText();
  const { formatDisplayName } = useIntl();
  const { locale, status, path, kind, reason } = change;
  return (
    <Tr>
      <Td>
        <EntryName change={change} />
        {reason && (
          <Typography variant="pi" textColor="danger600" tag="p">
            {text(`merge.reason.${reason}`)}
          </Typography>
        )}
      </Td>
      <Td>
        <Typography>{locale ? (formatDisplayName(locale, { type: 'language' }) ?? locale) : '—'}</Typography>
      </Td>
      <Td>
        <Typography>{text(`merge.status.${status}`)}</Typography>
      </Td>
      <Td>
        <Typography>{path ? fieldWords(path) : '—'}</Typography>
        {kind !== 'media' && (
          <Typography variant="pi" textColor="neutral600" tag="p">
            {text(`merge.kind.${kind}`)}
          </Typography>
        )}
      </Td>
    </Tr>
  );
}

/** Another tab shows the entry: what has been chosen here stays. */
function EntryName({ change }: { change: MergeChange }) {
  const text = useText();
  const { uid, typeName, documentId, locale, label, single, hidden } = change;
  if (!documentId) return <Typography>{text('merge.unreadable', { type: typeName })}</Typography>;
  const entry = { type: uid, documentId, label, single, hidden, ...(locale && { locale }) };
  return (
    <>
      <EntryLink entry={entry} isExternal />
      <Typography variant="pi" textColor="neutral600" tag="p">
        {typeName}
      </Typography>
    </>
  );
}
