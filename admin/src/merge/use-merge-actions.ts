import type { Merge } from '../../../plugin/contracts/merge';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { problemOf } from './problem';
import { useMergeState } from './use-merge-state';

export const canUndo = ({ state }: Merge): boolean => ['running', 'merged', 'undoing'].includes(state);
export const canFinish = ({ state }: Merge): boolean => ['merged', 'deleting'].includes(state);

/** What can be done with a merge; says how it ended. */
export function useMergeActions(onChanged: (next: Merge) => void) {
  const api = useApi();
  const text = useText();
  const stateOf = useMergeState();
  const { act, busy } = useAction();

  const run = (send: (id: string) => Promise<Merge>) => (merge: Merge) =>
    act(
      async () => {
        const next = await send(merge.id).catch((cause: Error) => {
          throw new Error(problemOf(cause, text), { cause });
        });
        onChanged(next);
        return next;
      },
      (next) => stateOf(next).join(' '),
    );
  return { busy, undo: run(api.undoMerge), finish: run(api.finishMerge) };
}
