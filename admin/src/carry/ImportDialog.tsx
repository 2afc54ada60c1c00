import { Button, Checkbox, Field, Flex, Loader, Typography } from '@strapi/design-system';
import { useNotification } from '@strapi/strapi/admin';
import { useRef, useState } from 'react';
import type { CarryReport } from '../../../plugin/contracts/carry';
import { Dialog } from '../components/Dialog';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';
import { ImportReport } from './ImportReport';
import { problemOf } from './problem';

interface ImportDialogProps {
  onClose(): void;
  onImported(): void;
}

/** What was chosen; as it was then, so that what is imported is what was shown. */
interface Chosen {
  name: string;
  content: Blob;
  turn: number;
}

const countIn = (report: CarryReport, of: 'added' | 'changed' | 'removed') =>
  Object.values(report).reduce((sum, outcome) => sum + outcome[of].length, 0);

const countsIn = (report: CarryReport) => ({
  added: countIn(report, 'added'),
  changed: countIn(report, 'changed'),
  removed: countIn(report, 'removed'),
});

const isEmpty = (report: CarryReport) => Object.values(countsIn(report)).every((count) => count === 0);

/** A file of decisions: what it would change here, and that it does. */
export function ImportDialog({ onClose, onImported }: ImportDialogProps) {
  const text = useText();
  const api = useApi();
  const { toggleNotification } = useNotification();
  const input = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<Chosen>();
  const [replace, setReplace] = useState(false);
  const [busy, setBusy] = useState(false);
  /** Of the import, or of the file that could not be read. */
  const [failed, setFailed] = useState<string>();
  const dry = useRemote(chosen && `${chosen.turn} ${replace}`, async (signal) => {
    return api.importDecisions((chosen as Chosen).content, { dryRun: true, replace }, signal);
  });
  const report = dry.loading || dry.error ? undefined : dry.data;
  const problem = failed ?? (dry.error && !dry.loading && problemOf(dry.error, text));

  async function choose(file: File | undefined): Promise<void> {
    if (!file) return;
    setFailed(undefined);
    try {
      const content = new Blob([await file.arrayBuffer()]);
      setChosen((before) => ({ name: file.name, content, turn: (before?.turn ?? 0) + 1 }));
    } catch (error) {
      setChosen(undefined);
      setFailed(text('carry.error.unreadable', { reason: (error as Error).message }));
    }
  }

  async function start(): Promise<void> {
    if (!chosen || busy) return;
    setBusy(true);
    setFailed(undefined);
    try {
      const done = await api.importDecisions(chosen.content, { dryRun: false, replace });
      toggleNotification({ type: 'success', message: text('carry.done', countsIn(done)) });
      onImported();
    } catch (error) {
      setFailed(problemOf(error as Error, text));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={text('carry.importTitle')}
      onClose={onClose}
      action={
        <Button disabled={!report || isEmpty(report) || busy} loading={busy} onClick={start}>
          {text('carry.start')}
        </Button>
      }
    >
      <Flex direction="column" alignItems="stretch" gap={5}>
        <Typography>{text('carry.importHelp')}</Typography>
        <Flex gap={4} wrap="wrap">
          <input
            ref={input}
            type="file"
            accept=".json,application/json"
            hidden
            onChange={({ target }) => {
              void choose(target.files?.[0]);
              // The same file can be chosen again, once it is corrected.
              target.value = '';
            }}
          />
          <Button variant="secondary" disabled={busy} onClick={() => input.current?.click()}>
            {text(chosen ? 'carry.chooseOther' : 'carry.choose')}
          </Button>
          <Typography role="status">{chosen?.name}</Typography>
        </Flex>
        <Field.Root hint={text('carry.replaceHint')}>
          <Checkbox checked={replace} disabled={busy} onCheckedChange={(checked) => setReplace(checked === true)}>
            {text('carry.replace')}
          </Checkbox>
          <Field.Hint />
        </Field.Root>
        {problem && (
          <Typography textColor="danger600" role="alert">
            {problem}
          </Typography>
        )}
        {chosen && dry.loading && <Loader small>{text('loading')}</Loader>}
        {report && <ImportReport report={report} isEmpty={isEmpty(report)} />}
      </Flex>
    </Dialog>
  );
}
