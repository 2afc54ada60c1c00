import { Box, Typography } from '@strapi/design-system';
import type { SpaceProgress } from '../../../plugin/contracts/progress';
import { useText } from '../hooks/use-text';
import { Bar } from './Bar';

/** How much of the library one space holds, and how fast it grows. */
export function Coverage({ space, paused = false }: { space: SpaceProgress; paused?: boolean }) {
  const text = useText();
  const { total, ready, pending, rate, secondsLeft } = space;
  const failed = space.failed + space.unsupported;
  const share = total === 0 ? 100 : Math.floor((100 * (total - pending)) / total);
  return (
    <Box>
      <Bar value={share} label={text('index.coverage')} />
      <Typography variant="pi" role="status" tag="p" paddingTop={2}>
        {text('index.counts', { ready, total })}
        {pending > 0 && ` · ${text('index.waiting', { pending })}`}
        {failed > 0 && ` · ${text('index.failedCount', { failed })}`}
        {paused && ` · ${text('index.paused')}`}
        {rate > 0 && pending > 0 && ` · ${text('index.rate', { rate, seconds: secondsLeft ?? 0 })}`}
      </Typography>
    </Box>
  );
}
