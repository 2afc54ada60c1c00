import { IconButton, MenuItem, SimpleMenu } from '@strapi/design-system';
import { More } from '@strapi/icons';
import type { AdminItem } from '../../../plugin/contracts/admin';
import type { Rule } from '../../../plugin/contracts/rules';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { type TextId, useText } from '../hooks/use-text';
import type { Pins } from './use-pins';
import type { Relate } from './use-relate';

interface ItemMenuProps {
  item: AdminItem;
  /** The entry for which the item is shown; undefined while it has not been saved. */
  source?: string;
  /** From 1. */
  place: number;
  /** How many items are shown. */
  count: number;
  /** Absent where nothing can be pinned. */
  pins?: Pins;
  /** What is shown is about to be replaced: a change would be made to a list that is no more. */
  changing: boolean;
  relate?: Relate;
  canJudge: boolean;
  onChanged(): void;
}

/** Relate, for those who may edit the entry; pin and hide, for those who may judge. */
export function ItemMenu({ item, source, place, count, pins, changing, relate, canJudge, onChanged }: ItemMenuProps) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();

  const { type, documentId: target } = item;
  const isPinned = item.source === 'pinned';
  const disabled = changing || busy;
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
      {pins && place > 1 && (
        <MenuItem
          disabled={disabled}
          onSelect={() => pins.place(target, isPinned ? place - 2 : 0, isPinned ? 'item.moved' : 'item.pinned')}
        >
          {text(isPinned ? 'item.moveUp' : 'item.pinTop')}
        </MenuItem>
      )}
      {pins && isPinned && place < count && (
        <MenuItem disabled={disabled} onSelect={() => pins.place(target, place, 'item.moved')}>
          {text('item.moveDown')}
        </MenuItem>
      )}
      {pins && isPinned && (
        <MenuItem disabled={disabled} onSelect={() => pins.unpin(target)}>
          {text('item.unpin')}
        </MenuItem>
      )}
      {pins && !isPinned && (
        <MenuItem disabled={disabled} onSelect={() => pins.place(target, place - 1, 'item.pinned')}>
          {text('item.pin', { place })}
        </MenuItem>
      )}
      {canJudge && source && (
        <MenuItem disabled={disabled} onSelect={() => decide({ kind: 'hide', type, source, target }, 'item.hidden')}>
          {text('item.hideHere')}
        </MenuItem>
      )}
      {canJudge && (
        <MenuItem disabled={disabled} onSelect={() => decide({ kind: 'hide', type, target }, 'item.hidden')}>
          {text('item.hideEverywhere')}
        </MenuItem>
      )}
    </SimpleMenu>
  );
}
