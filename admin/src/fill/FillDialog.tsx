import { Button, Field, Flex, Modal, NumberInput, Typography } from '@strapi/design-system';
import { useState } from 'react';
import { Slider } from '../components/Slider';
import { useText } from '../hooks/use-text';
import { FillOutcome } from './FillOutcome';
import { ProposalTable } from './ProposalTable';
import { type Candidates, type FillableType, MOST, proposalOf, type SelectedEntry } from './proposal';
import { useCandidates } from './use-candidates';
import { type Addition, useFill } from './use-fill';

/** As the side panel shows at first. */
const ITEMS = 6;

interface FillDialogProps {
  type: FillableType;
  entries: SelectedEntry[];
  locale: string | undefined;
  onClose(): void;
}

/** What would be added to each of the selected entries; then that it is added, and how it ended. */
export default function FillDialog({ type, entries, locale: inAddress, onClose }: FillDialogProps) {
  const text = useText();
  // An address without a locale means the default one.
  const locale = type.locales[0] && (inAddress ?? type.locales[0].code);
  const known = useCandidates(type, entries, locale);
  const { progress, outcome, start, undo, stop } = useFill(type, locale);
  const [count, setCount] = useState(ITEMS);
  const [chosenLeast, setLeast] = useState<number>();
  const [skipped, setSkipped] = useState<readonly string[]>([]);
  const [without, setWithout] = useState<ReadonlyMap<string, string[]>>(new Map());

  const found = [...known.values()].filter((one): one is Candidates => !(one instanceof Error));
  const levels = found[0]?.levels;
  const least = chosenLeast ?? levels?.alike ?? 0;
  const rows = entries.map((entry) => {
    const candidates = known.get(entry.documentId);
    const struck = without.get(entry.documentId) ?? [];
    const items =
      candidates && !(candidates instanceof Error) ? proposalOf(candidates, { count, least, without: struck }) : [];
    const label = String(entry[type.mainField] ?? entry.documentId);
    return { documentId: entry.documentId, label, candidates, items, included: !skipped.includes(entry.documentId) };
  });
  const additions: Addition[] = rows.filter(({ included, items }) => included && items.length > 0);
  const hasDrafts = found.some(({ similar }) => similar.some(({ published }) => published !== undefined));
  const loading = known.size < entries.length;

  return (
    <>
      <Modal.Body>
        <Flex direction="column" alignItems="stretch" gap={5}>
          {outcome ? (
            <FillOutcome outcome={outcome} />
          ) : (
            <>
              <Typography tag="p">
                {text('fill.help', { field: type.relate })} {hasDrafts && text('fill.drafts')}
              </Typography>
              <Flex gap={6} alignItems="flex-end" wrap="wrap">
                <Field.Root width="160px">
                  <Field.Label>{text('fill.count')}</Field.Label>
                  <NumberInput
                    value={count}
                    disabled={progress !== undefined}
                    onValueChange={(next) => setCount(Math.min(MOST, Math.max(1, Math.round(next ?? 1))))}
                  />
                </Field.Root>
                {levels && (
                  <Slider
                    label={text('duplicates.least')}
                    value={least}
                    levels={levels}
                    disabled={progress !== undefined}
                    onChange={setLeast}
                  />
                )}
              </Flex>
              <ProposalTable
                rows={rows}
                count={count}
                levels={levels}
                disabled={progress !== undefined}
                onInclude={(documentId, included) =>
                  setSkipped((before) =>
                    included ? before.filter((one) => one !== documentId) : [...before, documentId],
                  )
                }
                onLeaveOut={(documentId, item) =>
                  setWithout((before) => new Map(before).set(documentId, [...(before.get(documentId) ?? []), item]))
                }
              />
            </>
          )}
        </Flex>
      </Modal.Body>
      <Modal.Footer>
        <Button variant="tertiary" onClick={onClose}>
          {text('close')}
        </Button>
        <Flex gap={3}>
          {(progress || loading) && (
            <Typography role="status" textColor="neutral600">
              {progress
                ? text('fill.progress', { done: progress.done, total: progress.total })
                : text('fill.loading', { done: known.size, total: entries.length })}
            </Typography>
          )}
          {progress && (
            <Button variant="secondary" onClick={stop}>
              {text('fill.stop')}
            </Button>
          )}
          {outcome && outcome.filled.length > 0 && !progress && (
            <Button variant="secondary" onClick={undo}>
              {text('fill.undo')}
            </Button>
          )}
          {!outcome && !progress && (
            <Button disabled={loading || additions.length === 0} onClick={() => start(additions)}>
              {text('fill.start', { entries: additions.length })}
            </Button>
          )}
        </Flex>
      </Modal.Footer>
    </>
  );
}
