import { Box, Checkbox, Flex, IconButton, Table, Tbody, Td, Tr, Typography } from '@strapi/design-system';
import { Cross } from '@strapi/icons';
import type { AdminItem, LikenessLevels } from '../../../plugin/contracts/admin';
import { ColumnHeads } from '../components/ColumnHeads';
import { Likeness } from '../components/Likeness';
import { Thumbnail } from '../components/Thumbnail';
import { type TextId, useText } from '../hooks/use-text';
import type { Candidates } from './proposal';

interface Row {
  documentId: string;
  label: string;
  /** Undefined while they are being looked for. */
  candidates?: Candidates | Error;
  /** What would be added. */
  items: AdminItem[];
  included: boolean;
}

interface ProposalTableProps {
  rows: Row[];
  /** How many items an entry should have. */
  count: number;
  levels?: LikenessLevels;
  disabled: boolean;
  onInclude(documentId: string, included: boolean): void;
  /** @param item its documentId. */
  onLeaveOut(documentId: string, item: string): void;
}

/** Per entry: what it has, and what would be added. */
export function ProposalTable({ rows, count, levels, disabled, onInclude, onLeaveOut }: ProposalTableProps) {
  const text = useText();
  return (
    <Table colCount={3} rowCount={rows.length + 1}>
      <ColumnHeads ids={['fill.entry', 'fill.now', 'fill.added']} />
      <Tbody>
        {rows.map(({ documentId, label, candidates, items, included }) => (
          <Tr key={documentId}>
            <Td>
              <Checkbox
                checked={included && items.length > 0}
                disabled={disabled || items.length === 0}
                aria-label={text('fill.include', { label })}
                onCheckedChange={(next: boolean) => onInclude(documentId, next === true)}
              >
                <Typography>{label}</Typography>
              </Checkbox>
            </Td>
            <Td>
              <Typography>{candidates && !(candidates instanceof Error) && candidates.related.length}</Typography>
            </Td>
            <Td>
              {items.length === 0 ? (
                <Typography textColor="neutral600">
                  <Why candidates={candidates} count={count} />
                </Typography>
              ) : (
                <Flex
                  tag="ul"
                  gap={3}
                  wrap="wrap"
                  alignItems="flex-start"
                  paddingTop={2}
                  paddingBottom={2}
                  aria-label={label}
                >
                  {items.map((item) => (
                    <Box key={item.documentId} tag="li" width="144px">
                      <Flex gap={1} alignItems="flex-start">
                        <Thumbnail picture={item.picture} size={64} />
                        <IconButton
                          variant="ghost"
                          disabled={disabled}
                          label={text('fill.leaveOut', { item: item.label, label })}
                          onClick={() => onLeaveOut(documentId, item.documentId)}
                        >
                          <Cross />
                        </IconButton>
                      </Flex>
                      <Typography variant="pi" tag="p" ellipsis title={item.label}>
                        {item.label}
                      </Typography>
                      <Likeness similarity={item.similarity} levels={levels} />
                    </Box>
                  ))}
                </Flex>
              )}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** Why nothing would be added. */
function Why({ candidates, count }: Pick<Row, 'candidates'> & { count: number }) {
  const text = useText();
  if (!candidates) return text('loading');
  if (candidates instanceof Error) return text('fill.error', { reason: candidates.message });
  const { related, similar, status } = candidates;
  if (related.length >= count) return text('fill.enough');
  if (similar.length > 0) return text('fill.nothing');
  return text(REASONS[status] ?? 'fill.nothing');
}

const REASONS: { [status in Candidates['status']]?: TextId } = {
  empty: 'fill.noPicture',
  pending: 'fill.pending',
  failed: 'fill.notIndexed',
};
