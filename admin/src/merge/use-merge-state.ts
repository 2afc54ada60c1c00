import { useIntl } from 'react-intl';
import type { Merge } from '../../../plugin/contracts/merge';
import { useText } from '../hooks/use-text';

/** How far a merge is, in sentences. */
export function useMergeState(): (merge: Merge) => string[] {
  const text = useText();
  const { formatDate } = useIntl();
  return ({ state, changes, left, kept, until }) => {
    const isBack = state === 'undoing' || state === 'undone';
    const lines = [
      text(`merge.state.${state}`, {
        changed: changes - left,
        kept: kept.length,
        until: formatDate(until, { dateStyle: 'medium', timeStyle: 'short' }),
      }),
    ];
    if (left > 0) lines.push(text(isBack ? 'merge.leftBack' : 'merge.left', { left }));
    return lines;
  };
}
