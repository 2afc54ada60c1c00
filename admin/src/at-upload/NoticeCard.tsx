import { Box, Flex, IconButton, Link, Typography } from '@strapi/design-system';
import { Cross } from '@strapi/icons';
import { Link as RouterLink } from 'react-router-dom';
import styled from 'styled-components';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import { Thumbnail } from '../components/Thumbnail';
import { useText } from '../hooks/use-text';
import { DUPLICATES, explorePath } from './places';
import { UseExisting } from './UseExisting';
import type { OpenNotice } from './upload-notices';
import { WhereUsed } from './WhereUsed';
import { NOTICE_TEXTS } from './words';

const Words = styled(Typography)`
  overflow-wrap: anywhere;
`;

interface NoticeCardProps {
  id: string;
  notice: OpenNotice;
  onClose(): void;
}

/** Both pictures, what they have to do with each other, where the old one is used, and what can be done. */
export function NoticeCard({ id, notice, onClose }: NoticeCardProps) {
  const text = useText();
  const { uploaded, existing, verdict } = notice;
  const names = { uploaded: uploaded.name, existing: existing.name };
  return (
    <Box id={id} background="neutral0" borderColor="neutral200" hasRadius shadow="popupShadow" padding={4} tag="li">
      <Flex gap={3} alignItems="flex-start" justifyContent="space-between">
        <Words variant="omega" fontWeight="semiBold" tag="p">
          {text(NOTICE_TEXTS[verdict], names)}
        </Words>
        <IconButton label={text('notice.close', names)} variant="ghost" size="S" onClick={onClose}>
          <Cross />
        </IconButton>
      </Flex>
      <Flex gap={3} alignItems="flex-start" paddingTop={2}>
        <Side picture={uploaded} label={text('notice.new')} />
        <Side picture={existing} label={text('notice.old')} />
        <Box flex="1" minWidth={0}>
          <WhereUsed picture={existing} />
        </Box>
      </Flex>
      <Flex gap={4} wrap="wrap" paddingTop={2}>
        <Link tag={RouterLink} to={explorePath(existing.id)} aria-label={text('notice.open', names)}>
          {text('notice.openShort')}
        </Link>
        <Link tag={RouterLink} to={DUPLICATES}>
          {text('notice.duplicates')}
        </Link>
      </Flex>
      <UseExisting notice={notice} onDeleted={onClose} />
    </Box>
  );
}

function Side({ picture, label }: { picture: AdminPicture; label: string }) {
  return (
    <Box tag="figure" width="96px" flex="none">
      <Thumbnail picture={picture} size={96} />
      <Typography variant="pi" textColor="neutral600" tag="figcaption">
        {label}
      </Typography>
    </Box>
  );
}
