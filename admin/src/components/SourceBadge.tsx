import { Badge } from '@strapi/design-system';
import type { AdminItem } from '../../../plugin/contracts/admin';
import { useText } from '../hooks/use-text';

/** Why an item is in a list, where it is not for its look. */
export function SourceBadge({ source }: Pick<AdminItem, 'source'>) {
  const text = useText();
  return source === 'visual' ? null : <Badge textColor="neutral800">{text(`source.${source}`)}</Badge>;
}
