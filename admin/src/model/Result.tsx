import { Typography } from '@strapi/design-system';
import type { ComparisonResponse } from '../../../plugin/contracts/comparison';
import { useAmounts } from '../hooks/use-amounts';
import { useText } from '../hooks/use-text';
import { AgreementTable } from './AgreementTable';
import { Card } from './Card';
import { Decide } from './Decide';
import { Votes } from './Votes';

interface ResultProps {
  comparison: NonNullable<ComparisonResponse['comparison']>;
  live: string;
  canManage: boolean;
  onDiscarded(): void;
}

/** What is known so far, and what becomes of it. */
export function Result({ comparison, live, canManage, onDiscarded }: ResultProps) {
  const text = useText();
  const { time, bytes } = useAmounts();
  const { model, votes, agreement, estimate, size, failed } = comparison;
  const takes = estimate && {
    count: estimate.pictures,
    time: time(estimate.seconds),
    other: model,
    database: bytes(estimate.databaseBytes),
    index: bytes(estimate.indexBytes),
  };
  return (
    <Card title={text('model.result', { live, other: model })}>
      <Typography textColor="neutral600">
        {text('model.sampleOf', { size })}
        {failed > 0 && ` · ${text('index.failedCount', { failed })}`}
      </Typography>
      <Votes votes={votes} live={live} other={model} />
      <AgreementTable agreement={agreement} live={live} other={model} />
      {takes && <Typography>{text('model.takes', takes)}</Typography>}
      {canManage && (
        <Decide
          model={model}
          help={takes ? text('model.useHelp', takes) : text('model.useHelpShort')}
          onDiscarded={onDiscarded}
        />
      )}
    </Card>
  );
}
