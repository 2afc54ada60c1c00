import { Box, Button, Flex, Table, Tbody, Td, Tr, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import type { Merge } from '../../../plugin/contracts/merge';
import { ColumnHeads } from '../components/ColumnHeads';
import { Confirm } from '../components/Confirm';
import { Name } from '../components/Name';
import { Thumbnail } from '../components/Thumbnail';
import { useAllowed } from '../hooks/use-allowed';
import { useText } from '../hooks/use-text';
import { MERGE } from '../utils/permissions';
import { canFinish, canUndo, useMergeActions } from './use-merge-actions';
import { useMergeState } from './use-merge-state';

const COLUMNS = ['merges.kept', 'merges.gone', 'merges.state', 'merges.by', 'decisions.when'] as const;
/** Of those that went: the others are counted. */
const MOST_SHOWN = 3;

interface MergeTableProps {
  merges: Merge[];
  /** Those that are still there. */
  pictures: AdminPicture[];
  onChanged(): void;
}

/** What was kept, what went, how far it is, who and when; and the way back or forward. */
export function MergeTable({ merges, pictures, onChanged }: MergeTableProps) {
  const text = useText();
  const { formatDate } = useIntl();
  const stateOf = useMergeState();
  const { canJudge, canUpdate } = useAllowed(MERGE);
  const pictureOf = new Map(pictures.map((picture) => [picture.id, picture]));
  return (
    <Table colCount={COLUMNS.length + 1} rowCount={merges.length + 1} aria-label={text('duplicates.merged')}>
      <ColumnHeads ids={COLUMNS} />
      <Tbody>
        {merges.map((merge) => {
          const { id, keep, remove, names, author, at } = merge;
          const named = (file: number) => ({ name: names[file], picture: pictureOf.get(file) ?? null });
          const more = remove.length - MOST_SHOWN;
          return (
            <Tr key={id}>
              <Td>
                <Named {...named(keep)} />
              </Td>
              <Td>
                <Flex direction="column" alignItems="flex-start" gap={1}>
                  {remove.slice(0, MOST_SHOWN).map((file) => (
                    <Named key={file} {...named(file)} />
                  ))}
                  {more > 0 && (
                    <Typography variant="pi" textColor="neutral600">
                      {text('decisions.others', { count: more })}
                    </Typography>
                  )}
                </Flex>
              </Td>
              <Td>
                {stateOf(merge).map((line) => (
                  <Typography key={line} tag="p" style={{ whiteSpace: 'normal' }}>
                    {line}
                  </Typography>
                ))}
                {/* Not beside Undo: the arrow keys of the table go from cell to cell. */}
                {canJudge && canUpdate && canFinish(merge) && (
                  <Box paddingTop={2}>
                    <FinishButton merge={merge} onChanged={onChanged} />
                  </Box>
                )}
              </Td>
              <Td>
                <Typography>{author ?? '—'}</Typography>
              </Td>
              <Td>
                <Typography>{formatDate(at, { dateStyle: 'medium', timeStyle: 'short' })}</Typography>
              </Td>
              <Td>{canJudge && canUndo(merge) && <UndoButton merge={merge} onChanged={onChanged} />}</Td>
            </Tr>
          );
        })}
      </Tbody>
    </Table>
  );
}

function Named({ name, picture }: { name: string; picture: AdminPicture | null }) {
  return (
    <Flex gap={2}>
      <Thumbnail picture={picture} size={40} />
      <Typography width="120px">
        <Name name={name} />
      </Typography>
    </Flex>
  );
}

function UndoButton({ merge, onChanged }: { merge: Merge; onChanged(): void }) {
  const text = useText();
  const { undo, busy } = useMergeActions(onChanged);
  return (
    <Button
      size="S"
      variant="tertiary"
      disabled={busy}
      onClick={() => undo(merge)}
      aria-label={text('rule.undoOf', { label: merge.names[merge.keep] })}
    >
      {text('rule.undo')}
    </Button>
  );
}

function FinishButton({ merge, onChanged }: { merge: Merge; onChanged(): void }) {
  const text = useText();
  const { finish, busy } = useMergeActions(onChanged);
  const { keep, remove, names } = merge;
  return (
    <Confirm
      trigger={
        <Button
          size="S"
          variant="danger-light"
          disabled={busy}
          aria-label={text('merges.finishOf', { name: names[keep] })}
        >
          {text('merges.finish')}
        </Button>
      }
      title={text('merges.finishTitle')}
      action={text('merges.finish')}
      onConfirmed={() => finish(merge)}
    >
      <Typography textAlign="center">{text('merges.finishHelp', { count: remove.length })}</Typography>
    </Confirm>
  );
}
