import { Button, Flex, Typography } from '@strapi/design-system';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { type ComparisonResponse, SAMPLE } from '../../../plugin/contracts/comparison';
import { Choice } from '../components/Choice';
import { useAction } from '../hooks/use-action';
import { useAddress } from '../hooks/use-address';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { Card } from './Card';
import { ModelChoice } from './ModelChoice';
import { useProblem } from './use-problem';

const SIZES = [SAMPLE.least, SAMPLE.usual, 2_000, SAMPLE.most];

interface NewComparisonProps {
  known: ComparisonResponse;
  canManage: boolean;
  onBegun(): void;
}

/** Nothing is being compared: which model is in use, and which one to compare with it. */
export function NewComparison({ known: { models, live }, canManage, onBegun }: NewComparisonProps) {
  const text = useText();
  const { formatNumber } = useIntl();
  const api = useApi();
  const address = useAddress('model');
  const { told } = useProblem();
  const { act, busy } = useAction();
  const [model, setModel] = useState<string>();
  const [size, setSize] = useState<number>(SAMPLE.usual);

  const compare = (name: string) =>
    act(async () => {
      await told(api.compare(name, size)).finally(onBegun);
      address.set({ picture: undefined, page: undefined }, true);
    }, 'model.done.begin');

  return (
    <Card title={text('model.live', { model: live.model })}>
      {address.get('picture') !== undefined && (
        <Typography fontWeight="semiBold" role="status">
          {text('model.gone')}
        </Typography>
      )}
      <Typography textColor="neutral600">{text(canManage ? 'model.help' : 'model.noneForJudges')}</Typography>
      {canManage && (
        <>
          <ModelChoice models={models} chosen={model} onChoose={setModel} />
          <Flex gap={4} alignItems="flex-end" wrap="wrap">
            <Choice
              label={text('model.size')}
              value={String(size)}
              onChange={(value) => setSize(Number(value))}
              options={SIZES.map((value) => ({ value: String(value), label: formatNumber(value) }))}
            />
            <Button size="L" disabled={!model || busy} onClick={() => model && compare(model)}>
              {text('model.compare')}
            </Button>
          </Flex>
          <Typography variant="pi" textColor="neutral600">
            {text('model.sizeHelp')}
          </Typography>
        </>
      )}
    </Card>
  );
}
