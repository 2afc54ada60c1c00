import { IconButton, MenuItem, SimpleMenu } from '@strapi/design-system';
import { More } from '@strapi/icons';
import type { AdminItem } from '../../../plugin/contracts/admin';
import type { Rule } from '../../../plugin/contracts/rules';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { type TextId, useText } from '../hooks/use-text';
import type { Relate } from './use-relate';

interface ItemMenuProps {
  item: AdminItem;
  /** The entry for which the item is shown; undefined while it has not been saved. */
  source?: string;
  place: number;
  relate?: Relate;
  canJudge: boolean;
  onChanged(): void;
}

/** Relate, for those who may edit the entry; pin and hide, for those who may judge. */
export function ItemMenu({ item, source, place, relate, canJudge, onChanged }: ItemMenuProps) {
  const text = useText();
  const api = useApi();
  const { act } = useAction();

  const { type, documentId: target } = item;
  const decide = (rule: Rule, done: TextId) =>
    act(async () => {
      await api.setRule(rule);
      onChanged();
    }, done);

  return (
    <SimpleMenu
      tag={IconButton as never}
      label={text('item.actions', { label: item.label })}
      icon={<More />}
      variant="ghost"
      popoverPlacement="bottom-end"
    >
      {relate && (
        <MenuItem disabled={relate.has(item)} onSelect={() => relate.add(item)}>
          {text(relate.has(item) ? 'item.related' : 'item.relate', { field: relate.field })}
        </MenuItem>
      )}
      {canJudge && source && item.source !== 'pinned' && (
        <MenuItem onSelect={() => decide({ kind: 'pin', type, source, target, place }, 'item.pinned')}>
          {text('item.pin', { place })}
        </MenuItem>
      )}
      {canJudge && source && (
        <MenuItem onSelect={() => decide({ kind: 'hide', type, source, target }, 'item.hidden')}>
          {text('item.hideHere')}
        </MenuItem>
      )}
      {canJudge && (
        <MenuItem onSelect={() => decide({ kind: 'hide', type, target }, 'item.hidden')}>
          {text('item.hideEverywhere')}
        </MenuItem>
      )}
    </SimpleMenu>
  );
}
