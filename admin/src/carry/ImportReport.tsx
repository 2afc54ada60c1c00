import { Box, Flex, Table, Tbody, Td, Tr, Typography } from '@strapi/design-system';
import type { CarryReport, Outcome, Part } from '../../../plugin/contracts/carry';
import { ColumnHeads } from '../components/ColumnHeads';
import { type TextId, useText } from '../hooks/use-text';
import { useTold } from './use-told';

const COLUMNS = [
  'carry.part',
  'carry.added',
  'carry.changed',
  'carry.removed',
  'carry.unchanged',
  'carry.skipped',
] as const;
/** In a list: the others are counted. */
const MOST_LISTED = 100;

interface ImportReportProps {
  report: CarryReport;
  /** Nothing would be another one. */
  isEmpty: boolean;
}

/** What an import would do, in numbers; what would go, and what is left out and why, one by one. */
export function ImportReport({ report, isEmpty }: ImportReportProps) {
  const text = useText();
  const { said, skippedSaid } = useTold();
  const parts = Object.entries(report) as Array<[Part, Outcome]>;
  return (
    <Flex direction="column" alignItems="stretch" gap={4}>
      <Typography role="status" fontWeight="semiBold">
        {text(isEmpty ? 'carry.nothing' : 'carry.would')}
      </Typography>
      {parts.length > 0 && (
        <Table colCount={COLUMNS.length} rowCount={parts.length + 1} aria-label={text('carry.report')}>
          <ColumnHeads ids={COLUMNS} hasActions={false} />
          <Tbody>
            {parts.map(([part, { added, changed, removed, unchanged, skipped }]) => {
              const counts = [added.length, changed.length, removed.length, unchanged, skipped.length];
              return (
                <Tr key={part}>
                  <Td>
                    <Typography>{text(`carry.part.${part}`)}</Typography>
                  </Td>
                  {counts.map((count, at) => (
                    <Td key={COLUMNS[at + 1]}>
                      <Typography>{count}</Typography>
                    </Td>
                  ))}
                </Tr>
              );
            })}
          </Tbody>
        </Table>
      )}
      <Lines title="carry.goes" lines={parts.flatMap(([, { removed }]) => removed.map(said))} />
      <Lines title="carry.left" lines={parts.flatMap(([, { skipped }]) => skipped.map(skippedSaid))} />
    </Flex>
  );
}

function Lines({ title, lines }: { title: TextId; lines: string[] }) {
  const text = useText();
  if (lines.length === 0) return null;
  const more = lines.length - MOST_LISTED;
  return (
    <Box>
      <Typography variant="sigma" textColor="neutral600" tag="h3">
        {text(title)}
      </Typography>
      <Flex tag="ul" direction="column" alignItems="stretch" gap={1} paddingTop={1} aria-label={text(title)}>
        {lines.slice(0, MOST_LISTED).map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two decisions may read the same
          <Typography key={at} tag="li" variant="pi" style={{ overflowWrap: 'anywhere' }}>
            {line}
          </Typography>
        ))}
      </Flex>
      {more > 0 && (
        <Typography variant="pi" textColor="neutral600">
          {text('carry.more', { count: more })}
        </Typography>
      )}
    </Box>
  );
}
