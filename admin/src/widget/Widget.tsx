import { Box, Flex, Typography } from '@strapi/design-system';
import { Widget as StrapiWidget } from '@strapi/strapi/admin';
import { Thumbnail } from '../items/Thumbnail';
import { useApi } from '../lib/use-api';
import { useRemote } from '../lib/use-remote';
import { useText } from '../lib/use-text';
import { Coverage } from '../page/IndexState';

const POLL_MS = 10_000;
const SHOWN = 3;

/** Home page: how much of the library is indexed, what failed, what is there twice. */
export function Widget() {
  const text = useText();
  const api = useApi();
  const { data, error } = useRemote('widget', (signal) => api.progress(signal), { pollMs: POLL_MS });
  const duplicates = useRemote('duplicates', (signal) =>
    api.duplicates({ least: 0.9, page: 1, judged: false }, signal),
  );
  if (!data) return error ? <StrapiWidget.Error /> : <StrapiWidget.Loading />;
  const failed = data.failed + data.unsupported;
  return (
    <Flex direction="column" alignItems="stretch" gap={4} height="100%">
      <Coverage space={data} paused={data.paused} />
      <Typography textColor={failed > 0 ? 'warning700' : 'neutral600'}>
        {text('widget.failed', { count: failed })}
      </Typography>
      <Typography>{text('duplicates.count', { count: duplicates.data?.total ?? 0 })}</Typography>
      {duplicates.data?.groups.slice(0, SHOWN).map((group) => (
        <Flex key={group.pictures[0].id} gap={2}>
          {group.pictures.slice(0, 4).map((picture) => (
            <Box key={picture.id}>
              <Thumbnail picture={picture} size={40} />
            </Box>
          ))}
        </Flex>
      ))}
    </Flex>
  );
}
