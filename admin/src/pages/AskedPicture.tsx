import { Box, Button, Flex, IconButton, Typography } from '@strapi/design-system';
import { Cross, Images } from '@strapi/icons';
import { useStrapiApp } from '@strapi/strapi/admin';
import { type ComponentType, useState } from 'react';
import type { LibraryFile } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { onBackend } from '../utils/backend-url';

interface DialogProps {
  allowedTypes: string[];
  multiple: boolean;
  onClose(): void;
  onSelectAssets(files: LibraryFile[]): void;
}

interface AskedPictureProps {
  picture: { name: string; url: string } | undefined;
  onChoose(file: LibraryFile): void;
  onRemove(): void;
}

/** The picture that is asked about, and the library to choose one from. */
export function AskedPicture({ picture, onChoose, onRemove }: AskedPictureProps) {
  const text = useText();
  const [choosing, setChoosing] = useState(false);
  const Dialog = useStrapiApp('Explore', (state) => state.components)['media-library'] as
    | ComponentType<DialogProps>
    | undefined;

  return (
    <Flex gap={4} alignItems="center">
      {picture && (
        <img
          src={onBackend(picture.url)}
          alt={picture.name}
          height={96}
          style={{ maxWidth: 160, objectFit: 'contain' }}
        />
      )}
      <Box>
        <Flex gap={2}>
          <Button startIcon={<Images />} onClick={() => setChoosing(true)}>
            {text('explore.choose')}
          </Button>
          {picture && (
            <IconButton label={text('explore.remove')} variant="tertiary" onClick={onRemove}>
              <Cross />
            </IconButton>
          )}
        </Flex>
        <Box paddingTop={1}>
          <Typography variant="pi" textColor="neutral600">
            {picture?.name ?? text('explore.dropOrPaste')}
          </Typography>
        </Box>
      </Box>
      {choosing && Dialog && (
        <Dialog
          allowedTypes={['images']}
          multiple={false}
          onClose={() => setChoosing(false)}
          onSelectAssets={([file]) => {
            setChoosing(false);
            if (file) onChoose(file);
          }}
        />
      )}
    </Flex>
  );
}
