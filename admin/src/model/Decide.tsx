import { Button, Flex, Link, Typography } from '@strapi/design-system';
import { useEffect, useRef } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import { Confirm } from '../components/Confirm';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { Discard } from './Discard';
import { useProblem } from './use-problem';

const POLL_MS = 5_000;

interface DecideProps {
  model: string;
  /** What it takes. */
  help: string;
  onDiscarded(): void;
}

/** The other model, whose vectors are then built beside those in use, or the one there is. While it is built, the way to where that is stopped. */
export function Decide({ model, help, onDiscarded }: DecideProps) {
  const text = useText();
  const api = useApi();
  const { told } = useProblem();
  const { act } = useAction();
  const note = useRef<HTMLDivElement>(null);
  const { data, reload } = useRemote('progress', (signal) => api.progress(signal), { pollMs: POLL_MS });
  const use = () =>
    act(async () => {
      await told(api.chooseModel(model));
      reload();
    }, 'model.done.use');

  const isBuilding = data?.next?.model === model;
  // In place of the button, to which the dialog has given the focus back.
  useEffect(() => {
    if (isBuilding && document.activeElement === document.body) note.current?.focus({ preventScroll: true });
  }, [isBuilding]);

  if (isBuilding) {
    return (
      <Flex ref={note} tabIndex={-1} gap={2} wrap="wrap" role="status">
        <Typography fontWeight="semiBold">{text('model.building', { model })}</Typography>
        <Link tag={RouterLink} to="?tab=index">
          {text('model.follow')}
        </Link>
      </Flex>
    );
  }
  return (
    <Flex gap={2} wrap="wrap">
      <Confirm
        trigger={<Button>{text('model.use')}</Button>}
        title={text('model.useTitle', { model })}
        action={text('model.use')}
        danger={false}
        onConfirmed={use}
      >
        <Typography textAlign="center">{help}</Typography>
      </Confirm>
      <Discard label={text('model.keep')} loses={text('model.keepHelp')} onDiscarded={onDiscarded} />
    </Flex>
  );
}
