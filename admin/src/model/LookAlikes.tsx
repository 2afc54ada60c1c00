import { Badge, Box, Flex, Typography } from '@strapi/design-system';
import styled from 'styled-components';
import type { ComparedMatch } from '../../../plugin/contracts/comparison';
import { Likeness } from '../components/Likeness';
import { Name } from '../components/Name';
import { Thumbnail } from '../components/Thumbnail';
import { useText } from '../hooks/use-text';

const Grid = styled.ol`
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(104px, 1fr));
  gap: 12px;
`;

interface LookAlikesProps {
  side: 'A' | 'B';
  /** Best first. */
  matches: ComparedMatch[];
  /** Whose they are; undefined while a vote is awaited. */
  model: string | undefined;
  isLive: boolean;
}

/** What one of the models finds. */
export function LookAlikes({ side, matches, model, isLive }: LookAlikesProps) {
  const text = useText();
  const name = model ? `${side}: ${model}` : side;
  return (
    <Box flex="1" minWidth={0} background="neutral0" hasRadius shadow="tableShadow" padding={4}>
      <Flex gap={2} paddingBottom={3} minHeight="36px">
        <Typography variant="delta" tag="h3" style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Typography>
        {model && isLive && <Badge textColor="neutral800">{text('model.inUseBadge')}</Badge>}
      </Flex>
      <Grid aria-label={name}>
        {matches.map(({ picture, similarity }) => (
          <li key={picture.id}>
            <Flex direction="column" alignItems="flex-start" gap={1}>
              <Thumbnail picture={picture} size={104} />
              <Typography variant="pi" textColor="neutral800" width="104px">
                <Name name={picture.name} />
              </Typography>
              {/* After the vote only: the scale of its cosines would tell which model it is, and higher ones are no better. */}
              {model && <Likeness similarity={similarity} />}
            </Flex>
          </li>
        ))}
      </Grid>
    </Box>
  );
}
