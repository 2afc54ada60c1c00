import { MenuItem } from '@strapi/design-system';
import type { AdminItem } from '../../../plugin/contracts/admin';
import { useText } from '../hooks/use-text';
import type { Relate } from './use-relate';

/** In an item's menu: adds it to the relation of the form. */
export function RelateItem({ item, relate }: { item: AdminItem; relate: Relate }) {
  const text = useText();
  return (
    <MenuItem disabled={relate.has(item)} onSelect={() => relate.add(item)}>
      {text(relate.has(item) ? 'item.related' : 'item.relate', { field: relate.field })}
    </MenuItem>
  );
}
