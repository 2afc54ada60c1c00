import { Badge, Button, Table, Tbody, Td, Tr, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';
import type { DecidedItem, Decision } from '../../../plugin/contracts/decisions';
import { ColumnHeads } from '../components/ColumnHeads';
import { EntryLink } from '../components/EntryLink';
import { useAction } from '../hooks/use-action';
import { useAllowed } from '../hooks/use-allowed';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { JUDGE } from '../utils/permissions';

const COLUMNS = ['decisions.what', 'decisions.kind', 'decisions.where', 'decisions.by', 'decisions.when'] as const;

/** What, where, who, when; and its undo, for those who may judge. */
export function DecisionTable({ decisions, onChanged }: { decisions: Decision[]; onChanged(): void }) {
  const text = useText();
  const { formatDate } = useIntl();
  const api = useApi();
  const { act, busy } = useAction();
  const { canJudge = false } = useAllowed(JUDGE);

  const undo = ({ id }: Decision) =>
    act(async () => {
      await api.undoDecision(id);
      onChanged();
    }, 'rule.undone');

  return (
    <Table colCount={COLUMNS.length + 1} rowCount={decisions.length + 1} aria-label={text('decisions.tab')}>
      <ColumnHeads ids={COLUMNS} />
      <Tbody>
        {decisions.map((decision) => {
          const { id, kind, item, on, place, others, author, createdAt } = decision;
          const label = item.label ?? text('decisions.deleted');
          return (
            <Tr key={id}>
              <Td>
                <Item item={item} />
                {others !== undefined && (
                  <Typography variant="pi" textColor="neutral600" tag="p">
                    {text('decisions.others', { count: others })}
                  </Typography>
                )}
              </Td>
              <Td>
                <Badge textColor="neutral800">{text(`decision.${kind}`)}</Badge>
                {place !== undefined && (
                  <Typography variant="pi" textColor="neutral600" tag="p">
                    {text('decisions.place', { place })}
                  </Typography>
                )}
              </Td>
              <Td>
                {on ? (
                  <Item item={on} />
                ) : (
                  kind === 'hide-everywhere' && <Typography>{text('decisions.everywhere')}</Typography>
                )}
              </Td>
              <Td>
                <Typography>{author ?? '—'}</Typography>
              </Td>
              <Td>
                <Typography>{formatDate(createdAt, { dateStyle: 'medium', timeStyle: 'short' })}</Typography>
              </Td>
              <Td>
                {canJudge && (
                  <Button
                    size="S"
                    variant="tertiary"
                    disabled={busy}
                    onClick={() => undo(decision)}
                    aria-label={text('rule.undoOf', { label })}
                  >
                    {text('rule.undo')}
                  </Button>
                )}
              </Td>
            </Tr>
          );
        })}
      </Tbody>
    </Table>
  );
}

function Item({ item }: { item: DecidedItem }) {
  const text = useText();
  if (item.label === undefined) return <Typography textColor="neutral600">{text('decisions.deleted')}</Typography>;
  return <EntryLink entry={{ ...item, label: item.label }} />;
}
