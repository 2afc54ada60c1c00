import { Box, Flex, Typography } from '@strapi/design-system';
import type { LikenessLevels } from '../../../plugin/contracts/admin';
import { useText } from '../hooks/use-text';
import { likenessOf } from '../utils/likeness';

interface LikenessProps {
  /** Null where nothing was compared: nothing is shown. */
  similarity: number | null;
  /** Absent where they are those of another model, whose cosines are on a scale of their own: there is no word then. */
  levels?: LikenessLevels;
}

/** How alike two pictures are: a bar, a word, and the number for those who want it. */
export function Likeness({ similarity, levels }: LikenessProps) {
  const text = useText();
  if (similarity === null) return null;
  const width = `${100 * Math.min(1, Math.max(0, similarity))}%`;
  return (
    <Flex gap={2} wrap="wrap">
      <Box background="neutral200" hasRadius width="32px" height="6px" overflow="hidden" flex="none" aria-hidden>
        <Box background="primary600" height="100%" width={width} />
      </Box>
      <Typography variant="pi" textColor="neutral800">
        {levels && `${text(likenessOf(similarity, levels))} `}
        <Typography variant="pi" textColor="neutral600">
          {text('likeness.number', { similarity })}
        </Typography>
      </Typography>
    </Flex>
  );
}
