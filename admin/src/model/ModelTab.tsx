import { Box, Flex, Loader, Typography } from '@strapi/design-system';
import { useEffect, useRef } from 'react';
import type { ComparisonResponse } from '../../../plugin/contracts/comparison';
import { useAddress } from '../hooks/use-address';
import { useAllowed } from '../hooks/use-allowed';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { MANAGE_OR_JUDGE } from '../utils/permissions';
import { Embedding } from './Embedding';
import { Ended } from './Ended';
import { NewComparison } from './NewComparison';
import { Ready } from './Ready';
import { useProblem } from './use-problem';

const BUSY_MS = 1_500;
/** Somebody else may begin or discard one. */
const IDLE_MS = 5_000;

function isBusy(known?: ComparisonResponse): boolean {
  const state = known?.comparison?.state;
  return state === 'preparing' || state === 'embedding';
}

/** The tab “Model”: another model on a sample of the library, from the choice to the switch. */
export function ModelTab() {
  const text = useText();
  const api = useApi();
  const { sayError } = useProblem();
  const address = useAddress('model');
  const { canManage = false, canJudge = false } = useAllowed(MANAGE_OR_JUDGE);
  const top = useRef<HTMLDivElement>(null);
  const { data, error, reload } = useRemote('comparison', (signal) => api.comparison(signal), {
    pollMs: (known?: ComparisonResponse) => (isBusy(known) ? BUSY_MS : IDLE_MS),
  });
  const stage = data?.comparison?.state ?? 'none';

  // Another stage has other buttons, whoever brought it about: the focus does not go back to the top of the page for it.
  const known = useRef(stage);
  useEffect(() => {
    if (known.current !== stage && document.activeElement === document.body)
      top.current?.focus({ preventScroll: true });
    known.current = stage;
  }, [stage]);

  if (!data)
    return error ? <Typography role="alert">{sayError(error)}</Typography> : <Loader>{text('loading')}</Loader>;
  const { comparison, live } = data;
  const discarded = () => {
    address.set({ picture: undefined, page: undefined }, true);
    reload();
  };
  return (
    <Box ref={top} tabIndex={-1} role="group" aria-label={text('model.tab')} style={{ outline: 'none' }}>
      <Flex direction="column" alignItems="stretch" gap={6} paddingTop={6}>
        {error && (
          <Typography textColor="danger600" role="alert">
            {sayError(error)}
          </Typography>
        )}
        {!comparison && <NewComparison known={data} canManage={canManage} onBegun={reload} />}
        {comparison && isBusy(data) && (
          <Embedding comparison={comparison} canManage={canManage} onDiscarded={discarded} />
        )}
        {comparison?.state === 'failed' && (
          <Ended comparison={comparison} live={live.model} canManage={canManage} onDiscarded={discarded} />
        )}
        {comparison?.state === 'ready' && (
          <Ready
            {...{ comparison, canManage, canJudge }}
            live={live.model}
            onChanged={reload}
            onDiscarded={discarded}
          />
        )}
      </Flex>
    </Box>
  );
}
