import { Box, Button, Flex, Link, Typography } from '@strapi/design-system';
import { Link as RouterLink } from 'react-router-dom';
import type { Progress } from '../../../plugin/contracts/progress';
import { Coverage } from '../components/Coverage';
import { useText } from '../hooks/use-text';

interface SpaceSwitchProps {
  progress: Progress;
  canManage: boolean;
  /** The tab “Model” is there. */
  mayCompare: boolean;
  busy: boolean;
  run(task: 'spaces/cancel' | 'spaces/roll-back' | 'spaces/build'): void;
}

/** A change of the model: how far it is, how to stop it, and the way back. */
export function SpaceSwitch({
  progress: { next, previous, declined, declinedBecause, chosenOver },
  canManage,
  mayCompare,
  busy,
  run,
}: SpaceSwitchProps) {
  const text = useText();
  if (!next && !previous && !declined && !chosenOver) return null;
  const button = (
    task: Parameters<SpaceSwitchProps['run']>[0],
    id: 'space.cancel' | 'space.rollBack' | 'space.build' | 'space.buildConfigured',
  ) =>
    canManage && (
      <Button variant="tertiary" size="S" disabled={busy} onClick={() => run(task)}>
        {text(id)}
      </Button>
    );
  return (
    <Box
      background="neutral0"
      hasRadius
      shadow="tableShadow"
      padding={4}
      tag="section"
      aria-label={text('space.title')}
    >
      <Flex direction="column" alignItems="stretch" gap={3}>
        {next && (
          <>
            <Typography fontWeight="semiBold">{text('space.next', { model: next.model })}</Typography>
            <Coverage space={next} />
            {next.problem && <Typography textColor="danger600">{next.problem}</Typography>}
            <Flex gap={4}>
              {button('spaces/cancel', 'space.cancel')}
              {mayCompare && (
                <Link tag={RouterLink} to="?tab=model">
                  {text('space.compare')}
                </Link>
              )}
            </Flex>
          </>
        )}
        {previous && (
          <Flex gap={3}>
            <Typography>{text('space.previous', { model: previous.model })}</Typography>
            {button('spaces/roll-back', 'space.rollBack')}
          </Flex>
        )}
        {chosenOver && (
          <Flex gap={3}>
            <Typography>{text('space.chosenOver', { model: chosenOver })}</Typography>
            {button('spaces/build', 'space.buildConfigured')}
          </Flex>
        )}
        {declined && (
          <Flex gap={3}>
            <Typography>
              {text('space.declined', { space: declined })}
              {declinedBecause && ` (${declinedBecause})`}
            </Typography>
            {button('spaces/build', 'space.build')}
          </Flex>
        )}
      </Flex>
    </Box>
  );
}
