import {
  Box,
  Button,
  EmptyStateLayout,
  Field,
  Flex,
  SingleSelect,
  SingleSelectOption,
  Typography,
} from '@strapi/design-system';
import { Images } from '@strapi/icons';
import { useStrapiApp } from '@strapi/strapi/admin';
import { type ComponentType, type DragEvent, useEffect, useState } from 'react';
import type { AdminItem } from '../../../plugin/contracts/admin';
import { onBackend } from '../items/backend-url';
import { useApi } from '../lib/use-api';
import { useRemote } from '../lib/use-remote';
import { useText } from '../lib/use-text';
import { useTypes } from '../panel/use-types';
import { type Marks, ResultGrid } from './ResultGrid';
import { Slider } from './Slider';

const LIMIT = 24;

interface LibraryFile {
  id: number;
  name: string;
  url: string;
}

interface DialogProps {
  allowedTypes: string[];
  multiple: boolean;
  onClose(): void;
  onSelectAssets(files: LibraryFile[]): void;
}

/** A picture of the library, or one that was dropped or pasted. */
type Asked = { id: number; name: string; url: string } | { file: File; name: string; url: string };

export function Explore() {
  const text = useText();
  const api = useApi();
  const types = useTypes();
  const Dialog = useStrapiApp('Explore', (state) => state.components)['media-library'] as
    | ComponentType<DialogProps>
    | undefined;
  const [asked, setAsked] = useState<Asked>();
  const [choosing, setChoosing] = useState(false);
  const [type, setType] = useState('file');
  const [minScore, setMinScore] = useState(0);
  const [marks, setMarks] = useState<Marks>({ like: [], unlike: [] });

  function ask(next: Asked): void {
    setMarks({ like: [], unlike: [] });
    setAsked(next);
  }

  function askFile(file: File | undefined | null): void {
    if (file?.type.startsWith('image/')) ask({ file, name: file.name, url: URL.createObjectURL(file) });
  }

  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => askFile(event.clipboardData?.files[0]);
    window.addEventListener('paste', onPaste);
    return () => window.removeEventListener('paste', onPaste);
  });

  const params = { type, minScore, ...marks };
  const { data, error, loading } = useRemote(
    asked && JSON.stringify([asked.url, params]),
    (signal) =>
      asked && 'file' in asked
        ? api.sent(asked.file, params, signal)
        : api.beside({ ...params, pictures: [(asked as { id: number }).id], limit: LIMIT }, signal),
    { delayMs: 150 },
  );

  const drop = {
    onDragOver: (event: DragEvent) => event.preventDefault(),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      askFile(event.dataTransfer.files[0]);
    },
  };

  return (
    <Flex direction="column" alignItems="stretch" gap={6} paddingTop={6} {...drop}>
      <Flex gap={6} alignItems="flex-end" wrap="wrap">
        <Flex gap={4} alignItems="center">
          {asked && (
            <img
              src={onBackend(asked.url)}
              alt={asked.name}
              height={96}
              style={{ maxWidth: 160, objectFit: 'contain' }}
            />
          )}
          <Box>
            <Button startIcon={<Images />} onClick={() => setChoosing(true)}>
              {text('explore.choose')}
            </Button>
            <Box paddingTop={1}>
              <Typography variant="pi" textColor="neutral600">
                {asked?.name ?? text('explore.dropOrPaste')}
              </Typography>
            </Box>
          </Box>
        </Flex>
        <Field.Root width="220px">
          <Field.Label>{text('explore.type')}</Field.Label>
          <SingleSelect value={type} onChange={(value: string | number) => setType(String(value))}>
            <SingleSelectOption value="file">{text('explore.files')}</SingleSelectOption>
            {types.map(({ uid, name }) => (
              <SingleSelectOption key={uid} value={uid}>
                {name}
              </SingleSelectOption>
            ))}
          </SingleSelect>
        </Field.Root>
        <Slider label={text('explore.minScore')} value={minScore} onChange={setMinScore} step={0.01} />
      </Flex>
      {error && (
        <Typography textColor="danger600" role="alert">
          {error.message}
        </Typography>
      )}
      {!asked && <EmptyStateLayout content={text('explore.empty')} />}
      {asked && data && (
        <ResultGrid
          items={data.items}
          status={data.status}
          busy={loading}
          marks={marks}
          onMarks={setMarks}
          onAsk={({ picture }: AdminItem) => picture && ask(picture)}
        />
      )}
      {choosing && Dialog && (
        <Dialog
          allowedTypes={['images']}
          multiple={false}
          onClose={() => setChoosing(false)}
          onSelectAssets={([file]) => {
            setChoosing(false);
            if (file) ask(file);
          }}
        />
      )}
    </Flex>
  );
}
