import { Box, Checkbox, Flex, Typography } from '@strapi/design-system';
import styled from 'styled-components';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import { Name } from '../components/Name';
import { Thumbnail } from '../components/Thumbnail';
import { useText } from '../hooks/use-text';
import { MAP_HEIGHT } from './MapCanvas';

const List = styled.ul`
  height: ${MAP_HEIGHT};
  overflow-y: auto;
`;

const Choice = styled.button`
  display: flex;
  flex: 1;
  min-width: 0;
  gap: 8px;
  align-items: center;
  padding: 4px;
  border-radius: 4px;
  text-align: left;
  cursor: pointer;

  &:hover {
    background: ${({ theme }) => theme.colors.primary100};
  }

  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
    outline-offset: -2px;
  }
`;

interface PicturesInViewProps {
  pictures: AdminPicture[];
  /** The one that is pointed at here is marked on the map. */
  onMark(id: number | undefined): void;
  onAsk(picture: AdminPicture): void;
  /** File ids of those that are selected. */
  chosen: ReadonlySet<number>;
  /** There may be no more of them. */
  full: boolean;
  onSelect(id: number): void;
  /** What its colour on the map means. */
  groupOf?(id: number): string | undefined;
}

/** What the map shows, from its middle outwards: for those who cannot see it, or have no pointer. */
export function PicturesInView({ pictures, onMark, onAsk, chosen, full, onSelect, groupOf }: PicturesInViewProps) {
  const text = useText();
  return (
    <Box width="220px" flex="none">
      <Box paddingBottom={2} paddingTop={2}>
        <Typography variant="sigma" textColor="neutral600" tag="h2">
          {text('map.inView')}
        </Typography>
      </Box>
      <List aria-label={text('map.inView')}>
        {pictures.map((picture) => (
          <Flex key={picture.id} tag="li" gap={1} paddingLeft={1}>
            <Checkbox
              aria-label={text('map.select', { label: picture.name })}
              checked={chosen.has(picture.id)}
              disabled={full && !chosen.has(picture.id)}
              onCheckedChange={() => onSelect(picture.id)}
              onFocus={() => onMark(picture.id)}
              onBlur={() => onMark(undefined)}
            />
            <Choice
              type="button"
              title={text('explore.ask', { label: picture.name })}
              onClick={() => onAsk(picture)}
              onFocus={() => onMark(picture.id)}
              onBlur={() => onMark(undefined)}
              onMouseEnter={() => onMark(picture.id)}
              onMouseLeave={() => onMark(undefined)}
            >
              <Thumbnail picture={picture} size={32} />
              <Typography variant="pi" textColor="neutral800" flex="1" minWidth={0}>
                <Name name={picture.name} lines={2} />
                {groupOf && (
                  <Typography variant="pi" textColor="neutral600" tag="span" style={{ display: 'block' }}>
                    {groupOf(picture.id)}
                  </Typography>
                )}
              </Typography>
            </Choice>
          </Flex>
        ))}
      </List>
    </Box>
  );
}
