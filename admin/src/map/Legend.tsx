import { Flex, Typography } from '@strapi/design-system';
import { useText } from '../hooks/use-text';
import type { NamedGroup } from './use-groups';

/** What each colour of the map means, and how many pictures have it. */
export function Legend({ groups }: { groups: NamedGroup[] }) {
  const text = useText();
  return (
    <Flex tag="ul" gap={4} wrap="wrap" paddingTop={2} paddingBottom={1} aria-label={text('map.legend')}>
      {groups.map(({ value, name, count, colour }) => (
        <Flex key={value} tag="li" gap={2}>
          <span aria-hidden style={{ width: 12, height: 12, borderRadius: 2, flex: 'none', background: colour }} />
          <Typography variant="pi" textColor="neutral800">
            {text('map.legend.group', { name, count })}
          </Typography>
        </Flex>
      ))}
    </Flex>
  );
}
