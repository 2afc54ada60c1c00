import { Button, Modal } from '@strapi/design-system';
import type { ReactNode } from 'react';
import { useText } from '../hooks/use-text';

interface DialogProps {
  title: string;
  children: ReactNode;
  onClose(): void;
}

/** Something to look at or to choose from, which is closed and asks nothing (`Confirm` does). */
export function Dialog({ title, children, onClose }: DialogProps) {
  const text = useText();
  return (
    <Modal.Root open onOpenChange={(open: boolean) => !open && onClose()}>
      <Modal.Content>
        <Modal.Header>
          <Modal.Title>{title}</Modal.Title>
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
        <Modal.Footer>
          <Button variant="tertiary" onClick={onClose}>
            {text('close')}
          </Button>
        </Modal.Footer>
      </Modal.Content>
    </Modal.Root>
  );
}
