import { Flex } from '@strapi/design-system';
import type { AdminItem } from '../../../plugin/contracts/admin';
import { Thumbnail } from './Thumbnail';

/** The query picture and the one that matched it, side by side. */
export function PicturePair({ item }: { item: AdminItem }) {
  return (
    <Flex gap={2} padding={1}>
      {item.query && <Thumbnail picture={item.query} size={156} />}
      <Thumbnail picture={item.picture} size={156} />
    </Flex>
  );
}
