import { Button, Typography } from '@strapi/design-system';
import { Confirm } from '../components/Confirm';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { useProblem } from './use-problem';

interface DiscardProps {
  /** What the button says. */
  label: string;
  /** What would be lost; undefined: nothing, and nothing is asked. */
  loses?: string;
  onDiscarded(): void;
}

/** Forgets the comparison. */
export function Discard({ label, loses, onDiscarded }: DiscardProps) {
  const text = useText();
  const api = useApi();
  const { told } = useProblem();
  const { act, busy } = useAction();
  const discard = () =>
    act(async () => {
      await told(api.discardComparison());
      onDiscarded();
    }, 'model.done.discard');

  if (!loses) {
    return (
      <Button variant="secondary" disabled={busy} onClick={discard}>
        {label}
      </Button>
    );
  }
  return (
    <Confirm
      trigger={
        <Button variant="tertiary" disabled={busy}>
          {label}
        </Button>
      }
      title={text('model.discardTitle')}
      action={text('model.discard')}
      onConfirmed={discard}
    >
      <Typography textAlign="center">{loses}</Typography>
    </Confirm>
  );
}
