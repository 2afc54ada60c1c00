import { Flex, Typography } from '@strapi/design-system';
import { useText } from '../hooks/use-text';
import { type Outcome, summary } from './use-fill';

/** How it ended, or what came of taking it back. */
export function FillOutcome({ outcome }: { outcome: Outcome }) {
  const text = useText();
  const counts = summary(outcome);
  const said = outcome.undone ? (counts.entries === 0 ? 'fill.undone' : 'fill.undoneInPart') : 'fill.done';
  return (
    <Flex direction="column" alignItems="stretch" gap={3} role="status">
      <Typography tag="p">{text(said, counts)}</Typography>
      {counts.left > 0 && !outcome.undone && <Typography tag="p">{text('fill.left', counts)}</Typography>}
      {counts.failed > 0 && (
        <>
          <Typography tag="p" textColor="danger600">
            {text('fill.failed', counts)}
          </Typography>
          <ul>
            {outcome.failed.map(({ addition, error }) => (
              <li key={addition.documentId}>
                <Typography>
                  {addition.label}: {error.message}
                </Typography>
              </li>
            ))}
          </ul>
        </>
      )}
    </Flex>
  );
}
