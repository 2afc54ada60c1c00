import { Badge, Box, Button, Flex, Typography } from '@strapi/design-system';
import { memo } from 'react';
import type { DuplicateGroup as Group, LikenessLevels } from '../../../plugin/contracts/admin';
import type { Verdict } from '../../../plugin/contracts/rules';
import { EntryLink } from '../components/EntryLink';
import { Likeness } from '../components/Likeness';
import { Losses } from '../components/Losses';
import { Name } from '../components/Name';
import { Thumbnail } from '../components/Thumbnail';
import { useAction } from '../hooks/use-action';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { libraryPath } from '../utils/library-path';
import { CopyFacts } from './CopyFacts';
import { DeletePicture } from './DeletePicture';

interface DuplicateGroupProps {
  group: Group;
  levels: LikenessLevels;
  /** What was asked for. */
  least: number;
  samePhoto: boolean;
  judged: Verdict['kind'] | undefined;
  canJudge: boolean;
  canDelete: boolean;
  /** It was judged, or one of its pictures was deleted. */
  onChanged(): void;
  /** Absent where this administrator may not merge. */
  onMerge?(group: Group): void;
}

const VERDICTS = { identical: 'duplicates.identical', 'same-photo': 'duplicates.samePhoto' } as const;
/** What is said once it is kept. */
const DONE = { same: 'decision.same', different: 'decision.different' } as const;

/**
 * One group with what there is to know before one of its pictures is deleted in the media library. Drawn again only when it is another
 * one: while pictures are compared, the page hears every two seconds how far that is.
 */
export const DuplicateGroup = memo(function DuplicateGroup(props: DuplicateGroupProps) {
  const { group, levels, least, samePhoto, judged, canJudge, canDelete, onChanged, onMerge } = props;
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();

  const judge = (kind: Verdict['kind'], remove = false) =>
    act(
      async () => {
        const asked = { least, samePhoto, ...(judged && { judged }) };
        const verdict = { kind, picture: group.pictures[0].id, ...asked, count: group.count };
        await (remove ? api.undoGroup(verdict) : api.judgeGroup(verdict));
        onChanged();
      },
      remove ? 'rule.undone' : DONE[kind],
    );

  return (
    <Box
      background="neutral0"
      hasRadius
      shadow="tableShadow"
      padding={4}
      tag="section"
      aria-label={text('duplicates.group', { name: group.pictures[0].name })}
    >
      <Flex justifyContent="space-between" paddingBottom={3}>
        <Flex gap={3}>
          {group.verdict === 'similar' ? (
            <Likeness similarity={group.similarity} levels={levels} />
          ) : (
            <Badge textColor="neutral800">{text(VERDICTS[group.verdict])}</Badge>
          )}
          {group.count > group.pictures.length && (
            <Typography variant="pi" textColor="neutral600">
              {text('duplicates.shown', { shown: group.pictures.length, count: group.count })}
            </Typography>
          )}
        </Flex>
        <Flex gap={2}>
          {onMerge && judged !== 'different' && (
            <Button size="S" disabled={busy} onClick={() => onMerge(group)}>
              {text('merge.open')}
            </Button>
          )}
          {canJudge && !judged && (
            <>
              <Button size="S" variant="secondary" disabled={busy} onClick={() => judge('same')}>
                {text('duplicates.same')}
              </Button>
              <Button size="S" variant="tertiary" disabled={busy} onClick={() => judge('different')}>
                {text('duplicates.different')}
              </Button>
            </>
          )}
          {canJudge && judged && (
            <Button size="S" variant="tertiary" disabled={busy} onClick={() => judge(judged, true)}>
              {text('rule.undo')}
            </Button>
          )}
        </Flex>
      </Flex>
      <Flex gap={4} wrap="wrap" alignItems="flex-start">
        {group.pictures.map((picture) => (
          <Box key={picture.id} width="168px">
            <Thumbnail picture={picture} size={160} />
            <Typography variant="pi" fontWeight="semiBold" tag="p">
              <Name name={picture.name} to={libraryPath(picture.name)} />
            </Typography>
            <CopyFacts picture={picture} />
            {picture.usages.map((usage) => (
              <Box key={usage.documentId}>
                <EntryLink entry={usage} variant="pi" />
              </Box>
            ))}
            {canDelete && (
              <Box paddingTop={2}>
                <DeletePicture picture={picture} losses={<Losses picture={picture} />} onDeleted={onChanged} />
              </Box>
            )}
          </Box>
        ))}
      </Flex>
    </Box>
  );
});
