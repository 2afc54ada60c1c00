import { Button, Flex, Typography } from '@strapi/design-system';
import { Search } from '@strapi/icons';
import { useText } from '../hooks/use-text';
import { keepFocus } from '../utils/keep-focus';
import type { Chosen } from './use-chosen';

/** How many pictures are selected, and what can be done with them. Its height is the same without any: the map stays where it is. */
export function ChosenPictures({ chosen, onSearch }: { chosen: Chosen; onSearch(): void }) {
  const text = useText();
  const { ids, caught, full } = chosen;
  const count = ids.length;

  function said(): string {
    if (caught !== undefined) return text('map.caught', { count, caught });
    if (full) return text('map.chosen.full', { count });
    return count > 0 ? text('map.chosen', { count }) : '';
  }

  return (
    <Flex gap={3} minHeight="32px">
      <Typography textColor="neutral800" role="status">
        {said()}
      </Typography>
      {count > 0 && (
        <>
          <Button size="S" startIcon={<Search />} onClick={onSearch}>
            {text('map.search', { count })}
          </Button>
          <Button
            size="S"
            variant="tertiary"
            onClick={() => {
              keepFocus(document.activeElement);
              chosen.clear();
            }}
          >
            {text('map.chosen.clear')}
          </Button>
        </>
      )}
    </Flex>
  );
}
