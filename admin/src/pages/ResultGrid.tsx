import { Box, Flex, IconButton, Typography } from '@strapi/design-system';
import { Lightbulb, Minus, Plus, Search } from '@strapi/icons';
import { useState } from 'react';
import styled from 'styled-components';
import type { AdminItem, ItemsResponse, LikenessLevels } from '../../../plugin/contracts/admin';
import { ItemMenu } from '../components/ItemMenu';
import { Likeness } from '../components/Likeness';
import { Name } from '../components/Name';
import { SourceBadge } from '../components/SourceBadge';
import { Thumbnail } from '../components/Thumbnail';
import type { Pins } from '../hooks/use-pins';
import { useText } from '../hooks/use-text';
import { entryPath } from '../utils/entry-path';
import { libraryPath } from '../utils/library-path';
import { ExplainDialog } from './ExplainDialog';
import { FILES } from './use-question';

/** documentIds of examples that refine the result. */
export interface Marks {
  like: string[];
  unlike: string[];
}

const Grid = styled.ul`
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(176px, 1fr));
  gap: 16px;
`;

interface ResultGridProps {
  items: AdminItem[];
  levels: LikenessLevels;
  /** Only their order says something: they were compared with words, whose cosines are on another scale. */
  ranked: boolean;
  status: ItemsResponse['status'];
  busy: boolean;
  marks: Marks;
  onMarks(marks: Marks): void;
  /** Searches for items similar to this one. */
  onAsk(item: AdminItem): void;
  /** Absent where items may not be pinned or hidden. */
  judging?: {
    /** documentId of the entry for which they are shown; undefined where none is asked about. */
    source?: string;
    pins?: Pins;
    onChanged(): void;
  };
}

const toggled = (list: string[], id: string) =>
  list.includes(id) ? list.filter((other) => other !== id) : [...list, id];

export function ResultGrid({ items, levels, ranked, status, busy, marks, onMarks, onAsk, judging }: ResultGridProps) {
  const text = useText();
  const [explained, setExplained] = useState<AdminItem>();
  if (items.length === 0)
    return <Typography role="status">{text(status === 'pending' ? 'explore.pending' : 'panel.nothing')}</Typography>;

  const mark = (kind: keyof Marks, id: string) => {
    const other = kind === 'like' ? 'unlike' : 'like';
    onMarks({ ...marks, [kind]: toggled(marks[kind], id), [other]: marks[other].filter((one) => one !== id) });
  };

  return (
    <>
      <Grid aria-label={text('page.title')} aria-busy={busy}>
        {items.map((item, at) => {
          const { documentId, label } = item;
          const liked = marks.like.includes(documentId);
          const unliked = marks.unlike.includes(documentId);
          const path = item.type === FILES ? libraryPath(label) : entryPath(item);
          return (
            <Box key={documentId} tag="li" background="neutral0" hasRadius shadow="tableShadow" padding={3}>
              <Flex direction="column" alignItems="center" gap={2}>
                <Thumbnail picture={item.picture} size={148} />
                <Typography variant="omega" fontWeight="semiBold" textAlign="center" width="100%">
                  <Name name={label} to={path} />
                </Typography>
                {ranked ? (
                  <Typography variant="pi" textColor="neutral600">
                    {text('explore.rank', { rank: at + 1 })}
                  </Typography>
                ) : (
                  <Likeness similarity={item.similarity} levels={levels} />
                )}
                <SourceBadge source={item.source} />
                <Flex gap={1}>
                  <IconButton
                    label={text('explore.like', { label })}
                    variant={liked ? 'default' : 'tertiary'}
                    aria-pressed={liked}
                    onClick={() => mark('like', documentId)}
                  >
                    <Plus />
                  </IconButton>
                  <IconButton
                    label={text('explore.unlike', { label })}
                    variant={unliked ? 'default' : 'tertiary'}
                    aria-pressed={unliked}
                    onClick={() => mark('unlike', documentId)}
                  >
                    <Minus />
                  </IconButton>
                  <IconButton label={text('explore.ask', { label })} variant="tertiary" onClick={() => onAsk(item)}>
                    <Search />
                  </IconButton>
                  {item.query && item.picture && (
                    <IconButton
                      label={text('explore.explain', { label })}
                      variant="tertiary"
                      onClick={() => setExplained(item)}
                    >
                      <Lightbulb />
                    </IconButton>
                  )}
                  {judging && (
                    <ItemMenu
                      item={item}
                      source={judging.source}
                      pins={judging.pins}
                      place={at + 1}
                      count={items.length}
                      changing={busy || judging.pins?.busy === true}
                      canJudge
                      onChanged={judging.onChanged}
                    />
                  )}
                </Flex>
              </Flex>
            </Box>
          );
        })}
      </Grid>
      {explained && <ExplainDialog item={explained} levels={levels} onClose={() => setExplained(undefined)} />}
    </>
  );
}
