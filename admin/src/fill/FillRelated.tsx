import { Loader, Modal } from '@strapi/design-system';
import { lazy, Suspense, useMemo } from 'react';
import { useLocale } from '../hooks/use-locale';
import { useText } from '../hooks/use-text';
import { useTypes } from '../hooks/use-types';
import type { SelectedEntry } from './proposal';

/** No list loads this before somebody asks for it. */
const FillDialog = lazy(() => import('./FillDialog'));

interface BulkActionProps {
  model: string;
  documents: SelectedEntry[];
}

/**
 * Bulk action of the content manager's list view: the relation of similar items is filled for all selected entries. Nothing for types
 * without such a relation, or for those who may not fill it.
 */
export function FillRelated({ model, documents }: BulkActionProps) {
  const text = useText();
  const locale = useLocale();
  const type = useTypes().find(({ uid }) => uid === model);
  // The same dialog while the selection is the same: the content manager would start another one each time that it draws its list.
  const selected = JSON.stringify(documents.map(({ documentId }) => documentId));
  // biome-ignore lint/correctness/useExhaustiveDependencies: `selected` stands for the entries
  const content = useMemo(() => {
    if (!type?.relate) return undefined;
    const { relate } = type;
    return ({ onClose }: { onClose(): void }) => (
      <Suspense
        fallback={
          <Modal.Body>
            <Loader>{text('loading')}</Loader>
          </Modal.Body>
        }
      >
        <FillDialog type={{ ...type, relate }} entries={documents} locale={locale} onClose={onClose} />
      </Suspense>
    );
  }, [type, selected, locale]);
  if (!content || documents.length === 0) return null;
  return {
    label: text('fill.action'),
    variant: 'tertiary' as const,
    dialog: { type: 'modal' as const, title: text('fill.title'), content },
  };
}
