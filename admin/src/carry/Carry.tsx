import { Button, Flex, Typography } from '@strapi/design-system';
import { Download, Upload } from '@strapi/icons';
import { useForm } from '@strapi/strapi/admin';
import { useEffect, useRef, useState } from 'react';
import { useAction } from '../hooks/use-action';
import { useAllowed } from '../hooks/use-allowed';
import { useApi } from '../hooks/use-api';
import { useText } from '../hooks/use-text';
import { Section } from '../settings/Section';
import { MANAGE_OR_JUDGE } from '../utils/permissions';
import { saveFile } from '../utils/save-file';
import { ImportDialog } from './ImportDialog';

interface CarryProps {
  /** The form around it is another one since an import: the focus comes back here. */
  isBack: boolean;
  onImported(): void;
}

/** Settings and decisions as a file, for another environment and from it; for those who may change both. */
export function Carry({ isBack, onImported }: CarryProps) {
  const text = useText();
  const api = useApi();
  const { act, busy } = useAction();
  const { canManage, canJudge } = useAllowed(MANAGE_OR_JUDGE);
  const isUnsaved = useForm('Carry', ({ modified }) => modified);
  const [importing, setImporting] = useState(false);
  const importButton = useRef<HTMLButtonElement>(null);
  const isShown = canManage && canJudge;

  useEffect(() => {
    if (isShown && isBack) importButton.current?.focus();
  }, [isShown, isBack]);

  if (!isShown) return null;
  const exportAll = () => act(async () => saveFile(await api.decisionsFile(), 'similar-decisions.json'));
  return (
    <Section title="carry.title" help="carry.help">
      <Flex gap={2} wrap="wrap">
        <Button
          variant="secondary"
          startIcon={<Download />}
          disabled={isUnsaved || busy}
          loading={busy}
          onClick={exportAll}
        >
          {text('carry.export')}
        </Button>
        <Button
          ref={importButton}
          variant="secondary"
          startIcon={<Upload />}
          disabled={isUnsaved}
          onClick={() => setImporting(true)}
        >
          {text('carry.import')}
        </Button>
        <Typography variant="pi" textColor="neutral600" role="status">
          {isUnsaved && text('carry.saveFirst')}
        </Typography>
      </Flex>
      {importing && (
        <ImportDialog
          onClose={() => setImporting(false)}
          onImported={() => {
            setImporting(false);
            onImported();
          }}
        />
      )}
    </Section>
  );
}
