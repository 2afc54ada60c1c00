import { Button, Flex } from '@strapi/design-system';
import type { FailureReason } from '../../../plugin/contracts/admin';
import { useText } from '../hooks/use-text';
import { failureText } from '../utils/failure-text';

interface FailureReasonsProps {
  reasons: FailureReason[];
  /** Code of the one that is shown; undefined: all. */
  chosen: string | undefined;
  disabled: boolean;
  onChoose(code: string | undefined): void;
}

/** How many pictures failed for which reason; one of them narrows the list, and what is tried again. */
export function FailureReasons({ reasons, chosen, disabled, onChoose }: FailureReasonsProps) {
  const text = useText();
  const all = { code: undefined, label: text('failed.all'), count: reasons.reduce((sum, { count }) => sum + count, 0) };
  const options = [all, ...reasons.map(({ code, count }) => ({ code, count, label: text(failureText(code)) }))];
  return (
    <Flex role="group" aria-label={text('failed.reasons')} gap={2} wrap="wrap" paddingBottom={4}>
      {options.map(({ code, label, count }) => (
        <Button
          key={code ?? 'all'}
          size="S"
          variant={code === chosen ? 'secondary' : 'tertiary'}
          aria-pressed={code === chosen}
          disabled={disabled}
          onClick={() => onChoose(code)}
        >
          {text('failed.ofReason', { reason: label, count })}
        </Button>
      ))}
    </Flex>
  );
}
