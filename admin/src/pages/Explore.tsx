import { Box, Button, EmptyStateLayout, Flex, Typography } from '@strapi/design-system';
import { Images } from '@strapi/icons';
import { useStrapiApp } from '@strapi/strapi/admin';
import { type ComponentType, type DragEvent, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import type { AdminItem } from '../../../plugin/contracts/admin';
import { Choice } from '../components/Choice';
import { Slider } from '../components/Slider';
import { type LibraryFile, useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { useTypes } from '../hooks/use-types';
import { onBackend } from '../utils/backend-url';
import { type Marks, ResultGrid } from './ResultGrid';

const LIMIT = 24;
/** Parameter of the page's address: id of the picture that is looked at first. */
const LINKED = 'picture';

interface DialogProps {
  allowedTypes: string[];
  multiple: boolean;
  onClose(): void;
  onSelectAssets(files: LibraryFile[]): void;
}

/** A picture of the library, or one that was dropped or pasted. */
type Queried = LibraryFile | { file: File; name: string; url: string };

/** @param of a picture to begin with. */
export function Explore({ of }: { of?: LibraryFile }) {
  const text = useText();
  const api = useApi();
  const types = useTypes();
  const Dialog = useStrapiApp('Explore', (state) => state.components)['media-library'] as
    | ComponentType<DialogProps>
    | undefined;
  const [address] = useSearchParams();
  const linkedId = Number(address.get(LINKED)) || undefined;
  const linked = useRemote(linkedId?.toString(), (signal) => api.file(linkedId as number, signal));
  const [chosen, setChosen] = useState<Queried | undefined>(of);
  const [choosing, setChoosing] = useState(false);
  const [type, setType] = useState('file');
  const [locale, setLocale] = useState<string>();
  const [least, setLeast] = useState(0);
  const [marks, setMarks] = useState<Marks>({ like: [], unlike: [] });
  /** Name of a file that is no picture. */
  const [refused, setRefused] = useState<string>();
  const top = useRef<HTMLDivElement>(null);
  const picture = chosen ?? linked.data;
  const locales = types.find(({ uid }) => uid === type)?.locales ?? [];

  function ask(next: Queried): void {
    setRefused(undefined);
    // Whoever asks from far down the list sees what is asked about, and what went wrong.
    top.current?.scrollIntoView({ block: 'nearest' });
    setMarks({ like: [], unlike: [] });
    setChosen(next);
  }

  function askFile(file: File | undefined | null): void {
    if (!file) return;
    if (file.type.startsWith('image/')) ask({ file, name: file.name, url: URL.createObjectURL(file) });
    else setRefused(file.name);
  }

  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => askFile(event.clipboardData?.files[0]);
    window.addEventListener('paste', onPaste);
    return () => window.removeEventListener('paste', onPaste);
  });

  /** Marks name items of one kind: files, or entries of one type. */
  function lookFor(next: string): void {
    setMarks({ like: [], unlike: [] });
    setLocale(undefined);
    setType(next);
  }

  const params = { type, locale: locale ?? locales[0]?.code, ...(least > 0 && { least }), ...marks };
  const { data, error, loading } = useRemote(
    picture && JSON.stringify([picture.url, params]),
    (signal) =>
      picture && 'file' in picture
        ? api.search(picture.file, params, signal)
        : api.items({ ...params, pictures: [(picture as LibraryFile).id], limit: LIMIT }, signal),
    { delayMs: 150 },
  );
  const problem = error ?? (chosen ? undefined : linked.error);

  const drop = {
    onDragOver: (event: DragEvent) => event.preventDefault(),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      askFile(event.dataTransfer.files[0]);
    },
  };

  return (
    <Flex direction="column" alignItems="stretch" gap={6} paddingTop={6} {...drop}>
      <Flex ref={top} gap={6} alignItems="flex-end" wrap="wrap">
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
            <Button startIcon={<Images />} onClick={() => setChoosing(true)}>
              {text('explore.choose')}
            </Button>
            <Box paddingTop={1}>
              <Typography variant="pi" textColor="neutral600">
                {picture?.name ?? text('explore.dropOrPaste')}
              </Typography>
            </Box>
          </Box>
        </Flex>
        <Choice
          label={text('explore.type')}
          value={type}
          onChange={lookFor}
          options={[
            { value: 'file', label: text('explore.files') },
            ...types.map(({ uid, name }) => ({ value: uid, label: name })),
          ]}
        />
        {locales.length > 1 && (
          <Choice
            label={text('explore.locale')}
            value={params.locale as string}
            onChange={setLocale}
            options={locales.map(({ code, name }) => ({ value: code, label: name }))}
          />
        )}
        <Slider label={text('duplicates.least')} value={least} onChange={setLeast} levels={data?.levels} />
      </Flex>
      {refused && (
        <Typography textColor="danger600" role="alert">
          {text('explore.noPicture', { name: refused })}
        </Typography>
      )}
      {marks.like.length + marks.unlike.length > 0 && (
        <Flex gap={3}>
          <Typography>{text('explore.marks', { like: marks.like.length, unlike: marks.unlike.length })}</Typography>
          <Button size="S" variant="tertiary" onClick={() => setMarks({ like: [], unlike: [] })}>
            {text('explore.clear')}
          </Button>
        </Flex>
      )}
      {problem && (
        <Typography textColor="danger600" role="alert">
          {problem.message}
        </Typography>
      )}
      {!picture && <EmptyStateLayout content={text('explore.empty')} />}
      {picture && data && (
        <ResultGrid
          items={data.items}
          levels={data.levels}
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
