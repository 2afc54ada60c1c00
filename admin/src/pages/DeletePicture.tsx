import { Button, Flex, Typography } from '@strapi/design-system';
import { Trash } from '@strapi/icons';
import { useRBAC } from '@strapi/strapi/admin';
import type { DuplicateGroup } from '../../../plugin/contracts/admin';
import { Confirm } from '../components/Confirm';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { DELETE_FILES } from '../utils/permissions';

interface DeletePictureProps {
  picture: DuplicateGroup['pictures'][number];
  onDeleted(): void;
}

/** Strapi deletes the file; here it is asked twice, and said what would lose the picture. */
export function DeletePicture({ picture: { id, name, usages, usageCount }, onDeleted }: DeletePictureProps) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const { allowedActions } = useRBAC(DELETE_FILES as never);
  if (!allowedActions.canUpdate) return null;

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
          aria-label={text('duplicates.deleteOf', { name })}
        >
          {text('duplicates.delete')}
        </Button>
      }
      title={text('duplicates.deleteTitle', { name })}
      action={text('duplicates.delete')}
      onConfirmed={remove}
    >
      <Flex direction="column" gap={2}>
        <Typography textAlign="center">{text('duplicates.deleteHelp')}</Typography>
        {usageCount > 0 && (
          <Typography textAlign="center" textColor="danger600" fontWeight="semiBold" role="alert">
            {text('duplicates.deleteInUse', { count: usageCount })} {usages.map(({ label }) => label).join(', ')}
            {usageCount > usages.length && ' …'}
          </Typography>
        )}
      </Flex>
    </Confirm>
  );
}
