import { Button, Dialog, Flex } from '@strapi/design-system';
import { WarningCircle } from '@strapi/icons';
import type { ReactElement, ReactNode } from 'react';
import { useText } from '../hooks/use-text';

interface ConfirmProps {
  /** What opens it. */
  trigger: ReactElement;
  title: string;
  /** What will be lost, or suffer. */
  children: ReactNode;
  /** What the button says that does it. */
  action: string;
  /** Something is lost. Default: true. */
  danger?: boolean;
  onConfirmed(): void;
}

/** Asks before something that cannot be taken back, or that others notice. */
export function Confirm({ trigger, title, children, action, danger = true, onConfirmed }: ConfirmProps) {
  const text = useText();
  return (
    <Dialog.Root>
      <Dialog.Trigger>{trigger}</Dialog.Trigger>
      <Dialog.Content>
        <Dialog.Header>{title}</Dialog.Header>
        <Dialog.Body>
          {/* The body shows an icon of its own beside plain text only. */}
          <Flex direction="column" gap={2}>
            {danger && <WarningCircle width="24px" height="24px" fill="danger600" aria-hidden />}
            {children}
          </Flex>
        </Dialog.Body>
        <Dialog.Footer>
          <Dialog.Cancel>
            <Button variant="tertiary">{text('cancel')}</Button>
          </Dialog.Cancel>
          <Dialog.Action>
            <Button variant={danger ? 'danger-light' : 'default'} onClick={onConfirmed}>
              {action}
            </Button>
          </Dialog.Action>
        </Dialog.Footer>
      </Dialog.Content>
    </Dialog.Root>
  );
}
