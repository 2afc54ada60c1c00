import { Badge, Box, Flex, Tooltip, Typography } from '@strapi/design-system';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import styled from 'styled-components';
import type { AdminItem, LikenessLevels } from '../../../plugin/contracts/admin';
import { useText } from '../hooks/use-text';
import { entryPath } from '../utils/entry-path';
import { Likeness } from './Likeness';
import { PicturePair } from './PicturePair';
import { SourceBadge } from './SourceBadge';
import { Thumbnail } from './Thumbnail';
import { TwoLines } from './TwoLines';

const CardLink = styled(Link)`
  display: flex;
  gap: 8px;
  flex: 1;
  min-width: 0;
  text-decoration: none;
  color: inherit;
  border-radius: 4px;

  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
    outline-offset: 2px;
  }
`;

const Actions = styled.div`
  flex: none;
  margin-right: -8px;
`;

interface ItemCardProps {
  item: AdminItem;
  levels: LikenessLevels;
  /** Buttons next to it. */
  actions?: ReactNode;
}

/** An item in a list: its picture, title and likeness; both pictures side by side on hover and focus. */
export function ItemCard({ item, levels, actions }: ItemCardProps) {
  const text = useText();
  const to = entryPath(item);
  const body = (
    <>
      <Thumbnail picture={item.picture} size={48} />
      <Flex direction="column" alignItems="stretch" gap={1} minWidth={0} flex="1">
        <Typography variant="pi" fontWeight="semiBold">
          {/* The panel is narrow on a laptop. What tells titles apart comes first, other than in the names of files. */}
          <TwoLines>{item.label}</TwoLines>
        </Typography>
        <Flex gap={2} wrap="wrap">
          <Likeness similarity={item.similarity} levels={levels} />
          {item.published === false && <Badge>{text('item.draft')}</Badge>}
          {item.group && item.group.others > 0 && (
            <Badge textColor="neutral800">{text('item.others', { count: item.group.others })}</Badge>
          )}
          <SourceBadge source={item.source} />
        </Flex>
      </Flex>
    </>
  );
  return (
    <Flex gap={1} alignItems="center" tag="li" width="100%">
      <Tooltip label={item.picture && <PicturePair item={item} />} side="left" delayDuration={300}>
        {to ? <CardLink to={to}>{body}</CardLink> : <Box style={{ display: 'flex', gap: 8, flex: 1 }}>{body}</Box>}
      </Tooltip>
      {/* A button without a border has room of its own, which names need more in a narrow panel. */}
      {actions && <Actions>{actions}</Actions>}
    </Flex>
  );
}
