import { Badge, Flex, Radio, Typography } from '@strapi/design-system';
import type { ComparableModel } from '../../../plugin/contracts/comparison';
import { type TextId, useText } from '../hooks/use-text';

interface ModelChoiceProps {
  models: ComparableModel[];
  chosen: string | undefined;
  onChoose(model: string): void;
}

function badgeOf({ bundled, custom, unverified }: ComparableModel): TextId | undefined {
  if (custom) return 'model.custom';
  if (bundled) return 'model.bundled';
  return unverified ? 'model.unverified' : undefined;
}

/** Models to compare with the one in use, one of which is chosen. */
export function ModelChoice({ models, chosen, onChoose }: ModelChoiceProps) {
  const text = useText();
  return (
    <Radio.Group aria-label={text('model.choice')} value={chosen ?? ''} onValueChange={onChoose}>
      <Flex direction="column" alignItems="stretch" gap={2}>
        {models.map((model) => {
          const badge = badgeOf(model);
          return (
            <Radio.Item key={model.name} value={model.name}>
              <Flex tag="span" gap={2} wrap="wrap" minHeight="24px">
                <Typography fontWeight="semiBold">{model.name}</Typography>
                <Typography textColor="neutral600">
                  {text('model.dimensions', { count: model.dimensions })}
                  {model.licence && ` · ${model.licence}`}
                </Typography>
                {badge && <Badge textColor="neutral800">{text(badge)}</Badge>}
              </Flex>
            </Radio.Item>
          );
        })}
      </Flex>
    </Radio.Group>
  );
}
