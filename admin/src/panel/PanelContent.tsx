import { Box, Button, Flex, Loader, Typography } from '@strapi/design-system';
import { unstable_useContentManagerContext, useQueryParams } from '@strapi/strapi/admin';
import { useState } from 'react';
import type { BesideResponse, PictureTypeInfo } from '../../../plugin/contracts/admin';
import { ItemCard } from '../items/ItemCard';
import { useApi } from '../lib/use-api';
import { useRemote } from '../lib/use-remote';
import { useText } from '../lib/use-text';
import { formPictures } from './form-pictures';
import { ItemMenu } from './ItemMenu';
import { RuleList } from './RuleList';
import { WaitingPictures } from './WaitingPictures';

const PAGE = 6;
/** Pictures are being embedded: their neighbours are shown as soon as there are any. */
const POLL_MS = 1_500;

interface LocaleQuery {
  plugins?: { i18n?: { locale?: string } };
}

export function PanelContent({ type, documentId }: { type: PictureTypeInfo; documentId?: string }) {
  const text = useText();
  const api = useApi();
  const { form } = unstable_useContentManagerContext();
  const [{ query }] = useQueryParams<LocaleQuery>();
  const [pages, setPages] = useState(1);

  const pictures = formPictures((form as { values?: unknown }).values, type.paths);
  const locale = query?.plugins?.i18n?.locale;
  const request = { type: type.uid, pictures, documentId, locale, limit: pages * PAGE };
  const { data, error, loading, reload } = useRemote(
    pictures.length > 0 ? JSON.stringify(request) : undefined,
    (signal) => api.beside(request, signal),
    { delayMs: 100, pollMs: (known?: BesideResponse) => (known?.waiting.some(isPending) ? POLL_MS : undefined) },
  );

  if (pictures.length === 0) return <Hint>{text('panel.noPicture')}</Hint>;
  if (error && !data) return <Hint>{text('panel.error', { reason: error.message })}</Hint>;
  if (!data) return <Loader small>{text('loading')}</Loader>;
  return (
    <Flex direction="column" alignItems="stretch" gap={4} width="100%" aria-busy={loading}>
      <WaitingPictures waiting={data.waiting} onRetried={reload} />
      {data.items.length === 0 && data.waiting.length === 0 && <Hint>{text('panel.nothing')}</Hint>}
      {data.items.length > 0 && (
        <Flex direction="column" alignItems="stretch" gap={3} tag="ul" aria-label={text('panel.title')}>
          {data.items.map((item, place) => (
            <ItemCard
              key={item.documentId}
              item={item}
              actions={<ItemMenu item={item} source={documentId} place={place + 1} onChanged={reload} />}
            />
          ))}
        </Flex>
      )}
      {data.hasMore && (
        <Button variant="tertiary" loading={loading} onClick={() => setPages((before) => before + 1)}>
          {text('more')}
        </Button>
      )}
      <RuleList rules={data.rules} onChanged={reload} />
    </Flex>
  );
}

const isPending = ({ state }: BesideResponse['waiting'][number]) => state === 'pending';

function Hint({ children }: { children: string }) {
  return (
    <Box>
      <Typography variant="pi" textColor="neutral600">
        {children}
      </Typography>
    </Box>
  );
}
