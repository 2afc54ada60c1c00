import { Button, Flex, Loader, Typography } from '@strapi/design-system';
import { useState } from 'react';
import type { DuplicateGroup } from '../../../plugin/contracts/admin';
import type { Merge } from '../../../plugin/contracts/merge';
import { Dialog } from '../components/Dialog';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { codeOf } from '../utils/error-code';
import { bestOf } from './best-picture';
import { type Chosen, CopyChoice, MOST_REMOVED } from './CopyChoice';
import { MergeOutcome } from './MergeOutcome';
import { PlanView } from './PlanView';
import { problemOf } from './problem';

interface MergeDialogProps {
  group: DuplicateGroup;
  /** As the page was asked for it. */
  least: number;
  onClose(): void;
}

/** Copies that only look alike are for people to choose; of one photo, all but the best go. */
function firstChoice({ pictures, verdict }: DuplicateGroup): Chosen {
  const keep = bestOf(pictures).picture.id;
  const others = pictures.filter(({ id }) => id !== keep).map(({ id }) => id);
  return { keep, remove: verdict === 'similar' ? [] : others.slice(0, MOST_REMOVED) };
}

/** Copies of a picture become one: which ones, what that changes, and how it ended. */
export function MergeDialog({ group, least, onClose }: MergeDialogProps) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const [chosen, setChosen] = useState(() => firstChoice(group));
  const [merge, setMerge] = useState<Merge>();
  /** What went wrong last, and whether the plan had to be made anew. */
  const [failed, setFailed] = useState<{ problem?: string; isNew?: boolean }>({});
  const wanted = { ...chosen, least };
  const key = JSON.stringify(wanted);
  const plan = useRemote(
    chosen.remove.length > 0 && !merge ? key : undefined,
    async (signal) => ({ key, ...(await api.planMerge(wanted, signal)) }),
    { delayMs: 300 },
  );
  const holds = plan.data?.key === key && !plan.loading && !plan.error;

  const start = () =>
    act(async () => {
      if (!plan.data) return;
      setFailed({});
      try {
        setMerge(await api.merge({ ...wanted, plan: plan.data.plan }));
      } catch (error) {
        if (codeOf(error) !== 'MERGE_CHANGED') return setFailed({ problem: problemOf(error as Error, text) });
        setFailed({ isNew: true });
        plan.reload();
      }
    });

  const choose = (next: Chosen) => {
    setFailed({});
    setChosen(next);
  };

  if (merge) {
    return (
      <Dialog title={text('merge.title')} onClose={onClose}>
        <MergeOutcome merge={merge} onChanged={setMerge} />
      </Dialog>
    );
  }
  const problem = failed.problem ?? (plan.error && problemOf(plan.error, text));
  return (
    <Dialog
      title={text('merge.title')}
      onClose={onClose}
      action={
        <Button disabled={!holds || busy || plan.data?.refused !== 0} loading={busy} onClick={start}>
          {text('merge.start')}
        </Button>
      }
    >
      <Flex direction="column" alignItems="stretch" gap={5}>
        <Typography>{text('merge.help')}</Typography>
        <CopyChoice pictures={group.pictures} chosen={chosen} onChange={choose} />
        {chosen.remove.length === MOST_REMOVED && (
          <Typography>{text('merge.most', { count: MOST_REMOVED })}</Typography>
        )}
        {failed.isNew && (
          <Typography textColor="danger600" role="alert">
            {text('merge.error.changed')}
          </Typography>
        )}
        {problem && (
          <Typography textColor="danger600" role="alert">
            {problem}
          </Typography>
        )}
        {chosen.remove.length === 0 && <Typography role="status">{text('merge.nothing')}</Typography>}
        {chosen.remove.length > 0 && plan.loading && <Loader small>{text('loading')}</Loader>}
        {holds && plan.data && <PlanView plan={plan.data} />}
      </Flex>
    </Dialog>
  );
}
