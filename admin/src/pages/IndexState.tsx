import { Button, Flex, Grid, Loader, Typography } from '@strapi/design-system';
import type { Progress, SpaceProgress } from '../../../plugin/contracts/progress';
import { Confirm } from '../components/Confirm';
import { Coverage } from '../components/Coverage';
import { useAction } from '../hooks/use-action';
import { useAllowed } from '../hooks/use-allowed';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { type TextId, useText } from '../hooks/use-text';
import { MANAGE_OR_JUDGE } from '../utils/permissions';
import { FailedPictures } from './FailedPictures';
import { SpaceSwitch } from './SpaceSwitch';

const BUSY_MS = 1_000;
const IDLE_MS = 5_000;

type Task = Parameters<ReturnType<typeof useApi>['run']>[0];

/** What is said once the server has taken it. */
const DONE: Partial<Record<Task, TextId>> = {
  pause: 'index.done.pause',
  resume: 'index.done.resume',
  sweep: 'index.done.sweep',
  rebuild: 'index.done.rebuild',
  'spaces/cancel': 'index.done.cancel',
  'spaces/roll-back': 'index.done.rollBack',
  'spaces/build': 'index.done.build',
};

const isBusy = ({ pending, next, refinement }: Progress) =>
  pending > 0 || next !== undefined || refinement.state === 'learning' || refinement.state === 'building';

export function IndexState() {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const { canJudge = false, canManage = false } = useAllowed(MANAGE_OR_JUDGE);
  const { data, error, reload } = useRemote('progress', (signal) => api.progress(signal), {
    pollMs: (known?: Progress) => (known && isBusy(known) ? BUSY_MS : IDLE_MS),
  });
  if (!data) return error ? <Typography role="alert">{error.message}</Typography> : <Loader>{text('loading')}</Loader>;

  const run = (task: Task) =>
    act(async () => {
      await api.run(task);
      reload();
    }, DONE[task]);
  const acceptMissing = () =>
    act(async () => {
      await api.acceptMissing();
      reload();
    }, 'index.done.acceptMissing');
  return (
    <Flex direction="column" alignItems="stretch" gap={6} paddingTop={6}>
      {error && (
        <Typography textColor="neutral800" fontWeight="semiBold" role="status">
          {text('index.disconnected')}
        </Typography>
      )}
      {[data.problem, data.index.problem].map(
        (problem) =>
          problem && (
            <Typography key={problem} textColor="danger600" role="alert">
              {problem}
            </Typography>
          ),
      )}
      <Coverage space={data} paused={data.paused} />
      <Facts space={data} />
      {canManage && (
        <Flex gap={2} wrap="wrap">
          <Button variant="secondary" disabled={busy} onClick={() => run(data.paused ? 'resume' : 'pause')}>
            {text(data.paused ? 'index.resume' : 'index.pause')}
          </Button>
          <Button variant="tertiary" disabled={busy} onClick={() => run('sweep')}>
            {text('index.sweep')}
          </Button>
          <Confirm
            trigger={
              <Button variant="tertiary" disabled={busy}>
                {text('index.rebuild')}
              </Button>
            }
            title={text('index.rebuildTitle')}
            action={text('index.rebuild')}
            onConfirmed={() => run('rebuild')}
          >
            <Typography textAlign="center">{text('index.rebuildHelp')}</Typography>
          </Confirm>
          {(data.unseen || data.next?.unseen) && (
            <Button variant="danger-light" disabled={busy} onClick={acceptMissing}>
              {text('index.acceptMissing')}
            </Button>
          )}
        </Flex>
      )}
      <SpaceSwitch progress={data} canManage={canManage} mayCompare={canManage || canJudge} busy={busy} run={run} />
      <FailedPictures count={data.failed + data.unsupported} canManage={canManage} onRetried={reload} />
    </Flex>
  );
}

function Facts({ space }: { space: SpaceProgress }) {
  const text = useText();
  const { model, engine, device, slowBecause, index, indexed, failed, unsupported, missing, refinement } = space;
  const { state, done = 0, total = 0, reason } = refinement;
  const refined = text(`refinement.${state}`, { done, total });
  const facts = [
    ['index.model', model],
    [
      'index.engine',
      [engine, device, slowBecause && text('index.slow', { reason: slowBecause })].filter(Boolean).join(' · '),
    ],
    ['index.size', text('index.bytes', { megabytes: index.bytesOnDisk / 1e6 })],
    ['index.search', `${index.kind}, ${text(`index.mode.${index.mode}`, { indexed })}`],
    ['index.state', text(`index.state.${index.state}`)],
    [
      'index.failed',
      [failed + unsupported, missing > 0 && text('index.missing', { missing })].filter(Boolean).join(' · '),
    ],
    ['index.refinement', reason ? `${refined} · ${reason}` : refined],
  ] as const;
  return (
    <Grid.Root gap={4} tag="dl">
      {facts.map(([name, value]) => (
        <Grid.Item key={name} col={4} s={6} xs={12} direction="column" alignItems="flex-start">
          <Typography variant="sigma" textColor="neutral600" tag="dt">
            {text(name)}
          </Typography>
          <Typography tag="dd">{value}</Typography>
        </Grid.Item>
      ))}
    </Grid.Root>
  );
}
