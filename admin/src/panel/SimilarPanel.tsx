import { useMemo } from 'react';
import { useText } from '../hooks/use-text';
import { useTypes } from '../hooks/use-types';
import { useOfferForm } from './open-form';
import { PanelContent } from './PanelContent';

interface PanelProps {
  model: string;
  documentId?: string;
}

/**
 * Side panel of the content manager's edit view. Nothing for types without pictures, or without permission, nor for single types,
 * which have no other entry to show. The form of each is offered to the notices at upload.
 */
export function SimilarPanel({ model, documentId }: PanelProps) {
  const text = useText();
  useOfferForm();
  const type = useTypes().find(({ uid, kind }) => uid === model && kind === 'collectionType');
  // The same element while it is the same panel: the content manager compares panels deeply, and redraws those that differ.
  const content = useMemo(
    () => type && <PanelContent key={documentId} type={type} documentId={documentId} />,
    [type, documentId],
  );
  return content ? { title: text('panel.title'), content } : null;
}
