import { Table, Tbody, Td, Th, Thead, Tr, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';
import type { Agreement } from '../../../plugin/contracts/comparison';
import { useText } from '../hooks/use-text';

const KINDS = ['pins', 'hides', 'same', 'different'] as const;

interface AgreementTableProps {
  agreement: Agreement;
  live: string;
  other: string;
}

/** How often each model agrees with what editors have decided. */
export function AgreementTable({ agreement, live, other }: AgreementTableProps) {
  const text = useText();
  const { formatNumber } = useIntl();
  const kinds = KINDS.filter((kind) => agreement[kind].of > 0);
  if (kinds.length === 0) return <Typography textColor="neutral600">{text('model.noDecisions')}</Typography>;

  function better(kind: (typeof KINDS)[number]): string {
    const lead = agreement[kind].other - agreement[kind].live;
    if (lead === 0) return text('model.equal');
    // Of what was hidden, fewer are better.
    return lead > 0 === (kind !== 'hides') ? other : live;
  }

  const heads = [text('decisions.kind'), text('model.decided'), live, other, text('model.better')];
  return (
    <Table colCount={heads.length} rowCount={kinds.length + 1} aria-label={text('model.agreement')}>
      <Thead>
        <Tr>
          {heads.map((head) => (
            <Th key={head}>
              <Typography variant="sigma">{head}</Typography>
            </Th>
          ))}
        </Tr>
      </Thead>
      <Tbody>
        {kinds.map((kind) => (
          <Tr key={kind}>
            <Td>
              <Typography tag="p">{text(`model.agreement.${kind}`)}</Typography>
              <Typography variant="pi" textColor="neutral600">
                {text(kind === 'hides' ? 'model.fewerIsBetter' : 'model.moreIsBetter')}
              </Typography>
            </Td>
            {(['of', 'live', 'other'] as const).map((count) => (
              <Td key={count}>
                <Typography>{formatNumber(agreement[kind][count])}</Typography>
              </Td>
            ))}
            <Td>
              <Typography>{better(kind)}</Typography>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
