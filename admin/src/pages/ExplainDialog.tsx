import { Flex, Loader, Typography } from '@strapi/design-system';
import type { AdminItem, AdminPicture, LikenessLevels } from '../../../plugin/contracts/admin';
import { Dialog } from '../components/Dialog';
import { Likeness } from '../components/Likeness';
import { Name } from '../components/Name';
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
          <Flex gap={2}>
            {[query, result].map(({ name }, at) => (
              <Typography key={at === 0 ? 'query' : 'result'} variant="pi" textColor="neutral600" flex="1" minWidth={0}>
                <Name name={name} />
              </Typography>
            ))}
          </Flex>
          <Typography>{text('explain.help')}</Typography>
          <Likeness similarity={data.similarity} levels={levels} />
        </Flex>
      )}
    </Dialog>
  );
}
