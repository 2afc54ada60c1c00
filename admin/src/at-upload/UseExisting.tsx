import { Button, Flex, Typography } from '@strapi/design-system';
import { Losses } from '../components/Losses';
import { useAction } from '../hooks/use-action';
import { useAllowed } from '../hooks/use-allowed';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { DeletePicture } from '../pages/DeletePicture';
import { openForm, useOpenForm } from '../panel/open-form';
import { DELETE_FILES } from '../utils/permissions';
import { markReplaced, type OpenNotice } from './upload-notices';

/** Uploads are looked for so far back, in seconds. */
const LOOK_BACK = 3_600;

/** Where the form that is being edited holds the new picture: gives it the old one; then the new one may be deleted. */
export function UseExisting({ notice, onDeleted }: { notice: OpenNotice; onDeleted(): void }) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const form = useOpenForm();
  const { canUpdate: canDelete = false } = useAllowed(DELETE_FILES);
  const { uploaded, existing, replaced } = notice;

  const replace = () =>
    act(async () => {
      const file = await api.file(existing.id);
      // As it is by now: somebody may have gone on editing, or left.
      const now = openForm();
      if (!now?.holds(uploaded.id)) return;
      now.replace(uploaded.id, file);
      markReplaced(uploaded.id);
    });

  if (form?.holds(uploaded.id)) {
    return (
      <Flex paddingTop={3}>
        <Button size="S" disabled={busy} onClick={replace}>
          {text('notice.useExisting')}
        </Button>
      </Flex>
    );
  }
  if (!replaced) return null;
  return (
    <Flex paddingTop={3} gap={3} justifyContent="space-between" wrap="wrap">
      <Typography variant="pi" role="status">
        {text('notice.replaced', { existing: existing.name })}
      </Typography>
      {canDelete && (
        <DeletePicture
          picture={uploaded}
          label={text('notice.deleteNew')}
          losses={<LossesNow notice={notice} />}
          onDeleted={onDeleted}
        />
      )}
    </Flex>
  );
}

/** Where the new picture is used, when somebody is about to delete it: the entry may have been saved with it. */
function LossesNow({ notice: { uploaded } }: { notice: OpenNotice }) {
  const api = useApi();
  const { data } = useRemote(`losses ${uploaded.id}`, (signal) => api.notices(LOOK_BACK, signal));
  const now = data?.notices.find((notice) => notice.uploaded.id === uploaded.id)?.uploaded ?? uploaded;
  return <Losses picture={now} />;
}
