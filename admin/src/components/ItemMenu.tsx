import { IconButton, MenuItem, SimpleMenu } from '@strapi/design-system';
import { More } from '@strapi/icons';
import { type ReactNode, useRef } from 'react';
import type { AdminItem } from '../../../plugin/contracts/admin';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import type { Pins } from '../hooks/use-pins';
import { useText } from '../hooks/use-text';
import { keepFocus } from '../utils/keep-focus';

interface ItemMenuProps {
  item: AdminItem;
  /** The entry for which the item is shown; undefined where there is none, or while it has not been saved. */
  source?: string;
  /** From 1. */
  place: number;
  /** How many items are shown. */
  count: number;
  /** Absent where nothing can be pinned. */
  pins?: Pins;
  /** What is shown is about to be replaced: a change would be made to a list that is no more. */
  changing: boolean;
  canJudge: boolean;
  onChanged(): void;
  /** What else can be done with it. */
  children?: ReactNode;
}

/** It would lie over the item, stay there after a choice, and take the first Escape. The button is named all the same. */
const NO_TOOLTIP = { withTooltip: false };

/** Pin and hide, for those who may judge. */
export function ItemMenu({ item, source, place, count, pins, changing, canJudge, onChanged, children }: ItemMenuProps) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const button = useRef<HTMLButtonElement>(null);

  const { type, documentId: target } = item;
  const isPinned = item.source === 'pinned';
  const disabled = changing || busy;
  const hide = (from?: string) => {
    // The menu gives it the focus back, and then it goes with its item.
    keepFocus(button.current);
    return act(async () => {
      await api.setRule({ kind: 'hide', type, target, ...(from && { source: from }) });
      onChanged();
    }, 'item.hidden');
  };

  return (
    <SimpleMenu
      ref={button}
      tag={IconButton as never}
      {...NO_TOOLTIP}
      label={text('item.actions', { label: item.label })}
      icon={<More />}
      variant="ghost"
      popoverPlacement="bottom-end"
    >
      {children}
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
        <MenuItem disabled={disabled} onSelect={() => hide(source)}>
          {text('item.hideHere')}
        </MenuItem>
      )}
      {canJudge && (
        <MenuItem disabled={disabled} onSelect={() => hide()}>
          {text('item.hideEverywhere')}
        </MenuItem>
      )}
    </SimpleMenu>
  );
}
