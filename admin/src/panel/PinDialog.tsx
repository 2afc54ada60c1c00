import { Button, Flex, Loader, SearchForm, Typography } from '@strapi/design-system';
import { useState } from 'react';
import type { PictureTypeInfo } from '../../../plugin/contracts/admin';
import { Dialog } from '../components/Dialog';
import { SearchField } from '../components/SearchField';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { useText } from '../hooks/use-text';

interface PinDialogProps {
  type: PictureTypeInfo;
  locale: string | undefined;
  /** They are not offered: the entry itself, and what is pinned already. */
  without: readonly string[];
  onPick(documentId: string): void;
  onClose(): void;
}

const DELAY_MS = 200;

/** Any entry of the type, found by the content manager's own search. */
export function PinDialog({ type, locale, without, onPick, onClose }: PinDialogProps) {
  const text = useText();
  const api = useApi();
  const [words, setWords] = useState('');
  const { data, error } = useRemote(
    JSON.stringify([type.uid, words, locale]),
    (signal) => api.entries(type.uid, words, locale, signal),
    { delayMs: DELAY_MS },
  );
  const offered = data?.filter(({ documentId }) => !without.includes(documentId));

  return (
    <Dialog title={text('pick.title')} onClose={onClose}>
      <Flex direction="column" alignItems="stretch" gap={4}>
        <SearchForm onSubmit={(event: { preventDefault(): void }) => event.preventDefault()}>
          <SearchField
            name="similar-pick"
            value={words}
            placeholder={text('pick.search')}
            clearLabel={text('pick.clear')}
            onChange={({ target }: { target: { value: string } }) => setWords(target.value)}
            onClear={() => setWords('')}
          >
            {text('pick.search')}
          </SearchField>
        </SearchForm>
        {error && <Typography role="alert">{error.message}</Typography>}
        {!offered && !error && <Loader small>{text('loading')}</Loader>}
        {offered?.length === 0 && <Typography role="status">{text('pick.none')}</Typography>}
        {offered && offered.length > 0 && (
          <Flex tag="ul" direction="column" alignItems="stretch" gap={2} aria-label={text('pick.results')}>
            {offered.map((entry) => {
              const label = String(entry[type.mainField] ?? entry.documentId);
              return (
                <Flex key={entry.documentId} tag="li" justifyContent="space-between" gap={3}>
                  <Typography ellipsis title={label}>
                    {label}
                  </Typography>
                  <Button
                    size="S"
                    variant="tertiary"
                    aria-label={text('pick.pinOf', { label })}
                    onClick={() => onPick(entry.documentId)}
                  >
                    {text('item.pinTop')}
                  </Button>
                </Flex>
              );
            })}
          </Flex>
        )}
      </Flex>
    </Dialog>
  );
}
