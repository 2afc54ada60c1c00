import { Box, Button, Flex, Typography } from '@strapi/design-system';
import { useRef, useState } from 'react';
import styled from 'styled-components';
import { COLOUR_NAMES } from '../../../plugin/contracts/colours';
import { MAX_EXAMPLES } from '../../../plugin/contracts/examples';
import { Choice } from '../components/Choice';
import { Empty } from '../components/Empty';
import { Slider } from '../components/Slider';
import { WordSearch } from '../components/WordSearch';
import { useAllowed } from '../hooks/use-allowed';
import { useApi } from '../hooks/use-api';
import { usePins } from '../hooks/use-pins';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { useTypes } from '../hooks/use-types';
import { keepFocus } from '../utils/keep-focus';
import { JUDGE } from '../utils/permissions';
import { AskedPicture } from './AskedPicture';
import { ColourFilter } from './ColourFilter';
import { EntryFilters } from './EntryFilters';
import { ExamplePictures } from './ExamplePictures';
import { type Marks, ResultGrid } from './ResultGrid';
import { FolderChoice } from './ScopeFilters';
import { useDropped } from './use-dropped';
import { FILES, useQuestion } from './use-question';
import { WORD_WEIGHTS, WordWeight } from './WordWeight';

/** Drawn around what is there, so that nothing moves. */
const DropZone = styled(Flex)<{ $isOpen: boolean }>`
  outline: ${({ $isOpen, theme }) => ($isOpen ? `2px dashed ${theme.colors.primary600}` : 'none')};
  outline-offset: 8px;
  border-radius: 4px;
`;

/** Shown at first, and by each “More”; the server gives no more than `MOST`. */
const STEP = 24;
const MOST = 96;
const NO_MARKS: Marks = { like: [], unlike: [] };

/** The tab “Explore”: what looks like a picture, or like what words say. */
export function Explore() {
  const text = useText();
  const api = useApi();
  const types = useTypes();
  const question = useQuestion();
  const { id, entry, sent, picture, type, locale, locales, words = '', weight, least, colour, examples } = question;
  const { canJudge = false } = useAllowed(JUDGE);
  // Marks name items of one kind, which are results of one question.
  const asked = JSON.stringify([id, entry, examples.map((one) => one.id), sent?.url, type, words]);
  const [marked, setMarked] = useState({ asked, marks: NO_MARKS });
  const marks = marked.asked === asked ? marked.marks : NO_MARKS;
  const setMarks = (next: Marks) => setMarked({ asked, marks: next });
  const [wanted, setWanted] = useState({ asked, limit: STEP });
  const limit = wanted.asked === asked ? wanted.limit : STEP;
  const top = useRef<HTMLDivElement>(null);
  const hasPicture = id !== undefined || sent !== undefined;
  const byWords = !hasPicture && words !== '';
  const weighs = hasPicture && words !== '';

  const { isDragging, refused, forget, drop } = useDropped((file) => {
    begin();
    question.askSent(file);
  });

  /** Whoever asks from far down the list sees what is asked about, and what went wrong. */
  function begin(): void {
    forget();
    top.current?.scrollIntoView({ block: 'nearest' });
  }

  const given = examples.map(({ documentId }) => documentId);
  const params = {
    type,
    locale,
    // Cosines of words and pictures lie on another scale.
    ...(least > 0 && !byWords && { least }),
    ...(words && { q: words }),
    ...(weighs && { wordWeight: WORD_WEIGHTS[weight] }),
    ...(question.filters && { filters: question.filters }),
    ...(question.folder && type === FILES && { folder: Number(question.folder) }),
    ...marks,
    ...(examples.length > 0 && {
      like: [...new Set([...marks.like, ...given])].slice(0, MAX_EXAMPLES),
      // Nobody looks for what they have shown; what holds it may be looked for.
      ...(type === FILES && { exclude: given }),
    }),
  };
  const about = entry ? { documentId: entry } : id !== undefined && { pictures: [id] };
  const ask = (more: { limit: number; color?: string; colors?: boolean }, signal: AbortSignal) =>
    sent ? api.search(sent.file, { ...params, ...more }, signal) : api.items({ ...params, ...more, ...about }, signal);
  const asks = (hasPicture || byWords) && !question.waits;
  const subject = asks ? JSON.stringify([about, sent?.url, params]) : undefined;
  const results = subject && `${subject} ${colour ?? ''}`;
  const { data, error, loading, reload } = useRemote(
    results && `${results} ${limit}`,
    (signal) => ask({ limit, ...(colour && { color: COLOUR_NAMES[colour] }) }, signal),
    { delayMs: 150, subject: results },
  );
  const problem = error ?? question.problem;
  const isSteered = words !== '' || marks.like.length + marks.unlike.length + examples.length > 0;
  const isNarrowed = least > 0 || colour !== undefined || question.filters !== undefined;
  const saved = usePins(type, entry, data, reload);
  // Of the list as everybody sees it.
  const pins = isSteered || isNarrowed ? undefined : saved;

  return (
    <DropZone $isOpen={isDragging} direction="column" alignItems="stretch" gap={6} paddingTop={6} {...drop}>
      <Flex ref={top} gap={6} alignItems="flex-end" wrap="wrap">
        <AskedPicture
          picture={picture}
          onChoose={(file) => {
            begin();
            question.askLibrary(file);
          }}
          onRemove={question.withoutPicture}
        />
        {question.offersWords && <WordSearch words={words} onSearch={question.setWords} />}
        {weighs && <WordWeight weight={weight} onChange={question.setWeight} />}
        <Choice
          label={text('explore.type')}
          value={type}
          onChange={question.setType}
          options={[
            { value: FILES, label: text('explore.files') },
            ...types.map(({ uid, name }) => ({ value: uid, label: name })),
          ]}
        />
        {type === FILES && <FolderChoice folder={question.folder} onChange={question.setFolder} />}
        {locales.length > 1 && (
          <Choice
            label={text('explore.locale')}
            value={locale as string}
            onChange={question.setLocale}
            options={locales.map(({ code, name }) => ({ value: code, label: name }))}
          />
        )}
        {!byWords && (
          <Slider label={text('duplicates.least')} value={least} onChange={question.setLeast} levels={data?.levels} />
        )}
      </Flex>
      {type !== FILES && <EntryFilters type={type} />}
      {examples.length > 0 && <ExamplePictures pictures={examples} onRemove={question.withoutExamples} />}
      {subject && (
        <ColourFilter
          colour={colour}
          subject={subject}
          count={(signal) => ask({ limit: 1, colors: true }, signal)}
          onChange={question.setColour}
        />
      )}
      {refused && (
        <Typography textColor="danger600" role="alert">
          {text('explore.noPicture', { name: refused })}
        </Typography>
      )}
      {marks.like.length + marks.unlike.length > 0 && (
        <Flex gap={3}>
          <Typography>{text('explore.marks', { like: marks.like.length, unlike: marks.unlike.length })}</Typography>
          <Button size="S" variant="tertiary" onClick={() => setMarks(NO_MARKS)}>
            {text('explore.clear')}
          </Button>
        </Flex>
      )}
      {problem && (
        <Typography textColor="danger600" role="alert">
          {problem.message}
        </Typography>
      )}
      {!hasPicture && !byWords && !question.waits && (
        <Empty content={text(question.offersWords ? 'explore.emptyWords' : 'explore.empty')} />
      )}
      {data && (
        <ResultGrid
          items={data.items}
          levels={data.levels}
          ranked={byWords}
          status={data.status}
          busy={loading}
          marks={marks}
          onMarks={setMarks}
          onAsk={(item) => {
            begin();
            question.askItem(item);
          }}
          judging={canJudge && type !== FILES ? { source: entry, pins, onChanged: reload } : undefined}
        />
      )}
      {data?.hasMore && limit < MOST && (
        <Box>
          <Button
            variant="tertiary"
            disabled={loading}
            onClick={() => {
              keepFocus(document.activeElement);
              setWanted({ asked, limit: limit + STEP });
            }}
          >
            {text('more')}
          </Button>
        </Box>
      )}
    </DropZone>
  );
}
