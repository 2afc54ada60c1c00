import { Flex, Loader, Typography } from '@strapi/design-system';
import type { AdminItem, AdminPicture, LikenessLevels } from '../../../plugin/contracts/admin';
import { Dialog } from '../components/Dialog';
import { Likeness } from '../components/Likeness';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';

interface ExplainDialogProps {
  item: AdminItem;
  levels: LikenessLevels;
  onClose(): void;
}

/** Both pictures, lit where they match. */
export function ExplainDialog({ item, levels, onClose }: ExplainDialogProps) {
  const text = useText();
  const api = useApi();
  const [query, result] = [item.query as AdminPicture, item.picture as AdminPicture];
  const { data, error } = useRemote(`${query.id} ${result.id}`, (signal) => api.explain(query.id, result.id, signal));

  return (
    <Dialog title={text('explain.title')} onClose={onClose}>
      {error && <Typography role="alert">{error.message}</Typography>}
      {!data && !error && <Loader>{text('loading')}</Loader>}
      {data && (
        <Flex direction="column" alignItems="stretch" gap={3}>
          <img src={`data:image/png;base64,${data.overlay}`} alt={`${query.name}, ${result.name}`} width="100%" />
          <Typography>{text('explain.help')}</Typography>
          <Likeness similarity={data.similarity} levels={levels} />
        </Flex>
      )}
    </Dialog>
  );
}
