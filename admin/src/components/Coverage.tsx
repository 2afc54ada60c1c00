import { Box, Typography } from '@strapi/design-system';
import type { SpaceProgress } from '../../../plugin/contracts/progress';
import { useText } from '../hooks/use-text';

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

/** How much is done, in percent. The design system's bar is white when full, and so cannot be seen on a page. */
function Bar({ value, label }: { value: number; label: string }) {
  return (
    <Box
      role="progressbar"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={100}
      background="neutral200"
      hasRadius
      height="8px"
      overflow="hidden"
    >
      <Box background="primary600" height="100%" width={`${value}%`} />
    </Box>
  );
}
