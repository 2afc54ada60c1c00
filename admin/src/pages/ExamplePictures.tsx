import { Button, Flex, Typography } from '@strapi/design-system';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import { Thumbnail } from '../components/Thumbnail';
import { useText } from '../hooks/use-text';
import { keepFocus } from '../utils/keep-focus';

/** A row of them. */
const SHOWN = 16;

/** Pictures that are asked about beside the first one. */
export function ExamplePictures({ pictures, onRemove }: { pictures: AdminPicture[]; onRemove(): void }) {
  const text = useText();
  return (
    <Flex gap={3} wrap="wrap">
      <Typography>{text('explore.with', { count: pictures.length })}</Typography>
      <Flex gap={1} aria-hidden>
        {pictures.slice(0, SHOWN).map((picture) => (
          <Thumbnail key={picture.id} picture={picture} size={32} />
        ))}
        {pictures.length > SHOWN && '…'}
      </Flex>
      <Button
        size="S"
        variant="tertiary"
        onClick={() => {
          keepFocus(document.activeElement);
          onRemove();
        }}
      >
        {text('explore.with.clear')}
      </Button>
    </Flex>
  );
}
