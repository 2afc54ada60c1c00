import { Button, Modal } from '@strapi/design-system';
import type { ReactNode } from 'react';
import { useText } from '../hooks/use-text';

interface DialogProps {
  title: string;
  children: ReactNode;
  /** What is done with the choice; absent where there is none. */
  action?: ReactNode;
  onClose(): void;
}

/** Something to look at or to choose from (`Confirm` asks). */
export function Dialog({ title, children, action, onClose }: DialogProps) {
  const text = useText();
  return (
    <Modal.Root open onOpenChange={(open: boolean) => !open && onClose()}>
      <Modal.Content>
        <Modal.Header closeLabel={text('closeDialog')}>
          <Modal.Title>{title}</Modal.Title>
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
        <Modal.Footer>
          <Button variant="tertiary" onClick={onClose}>
            {text('close')}
          </Button>
          {action}
        </Modal.Footer>
      </Modal.Content>
    </Modal.Root>
  );
}
