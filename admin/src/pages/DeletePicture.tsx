import { Button, Flex, Typography } from '@strapi/design-system';
import { Trash } from '@strapi/icons';
import type { ReactNode } from 'react';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import { Confirm } from '../components/Confirm';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';

interface DeletePictureProps {
  picture: Pick<AdminPicture, 'id' | 'name'>;
  /** Of the button. Default: "Delete". */
  label?: string;
  /** What would lose the picture. */
  losses: ReactNode;
  onDeleted(): void;
}

/** For those who may delete files. Strapi deletes it; here it is asked twice, and said what would lose the picture. */
export function DeletePicture({ picture: { id, name }, label, losses, onDeleted }: DeletePictureProps) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();

  const remove = () =>
    act(async () => {
      await api.deleteFile(id);
      onDeleted();
    }, 'duplicates.deleted');

  return (
    <Confirm
      trigger={
        <Button
          size="S"
          variant="tertiary"
          startIcon={<Trash />}
          disabled={busy}
          aria-label={label ? undefined : text('duplicates.deleteOf', { name })}
        >
          {label ?? text('duplicates.delete')}
        </Button>
      }
      title={text('duplicates.deleteTitle', { name })}
      action={text('duplicates.delete')}
      onConfirmed={remove}
    >
      <Flex direction="column" gap={2}>
        <Typography textAlign="center">{text('duplicates.deleteHelp')}</Typography>
        {losses}
      </Flex>
    </Confirm>
  );
}
