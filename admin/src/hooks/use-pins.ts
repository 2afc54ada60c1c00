import type { ItemsResponse } from '../../../plugin/contracts/admin';
import { pinsFor, placed } from '../utils/pins';
import { useAction } from './use-action';
import { useApi } from './use-api';
import type { TextId } from './use-text';

export interface Pins {
  busy: boolean;
  /** @param to from 0 */
  place(target: string, to: number, done: TextId): void;
  unpin(target: string): void;
}

/** Pins of one entry's list. @param source the entry; undefined while it has not been saved: nothing can be pinned for it. */
export function usePins(
  type: string,
  source: string | undefined,
  shown: Pick<ItemsResponse, 'items' | 'rules'> | undefined,
  onChanged: () => void,
): Pins | undefined {
  const api = useApi();
  const { act, busy } = useAction();
  if (!source || !shown) return undefined;
  const pins = shown.rules.flatMap((rule) => (rule.kind === 'pin' ? rule : []));
  const order = shown.items.map(({ documentId }) => documentId);
  return {
    busy,
    place: (target, to, done) =>
      act(async () => {
        // One after the other: a later one has the last word on who was where.
        for (const pin of pinsFor(placed(order, target, to), pins, target)) {
          await api.setRule({ kind: 'pin', type, source, ...pin });
        }
        onChanged();
      }, done),
    unpin: (target) =>
      act(async () => {
        const pin = pins.find((one) => one.target === target);
        await api.removeRule({ kind: 'pin', type, source, target, place: pin?.place ?? 1 });
        onChanged();
      }, 'item.unpinned'),
  };
}
