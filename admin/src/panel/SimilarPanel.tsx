import { useText } from '../lib/use-text';
import { PanelContent } from './PanelContent';
import { useTypes } from './use-types';

interface PanelProps {
  model: string;
  documentId?: string;
}

/** Side panel of the content manager's edit view. Nothing for types without pictures, or without permission. */
export function SimilarPanel({ model, documentId }: PanelProps) {
  const text = useText();
  const type = useTypes().find(({ uid }) => uid === model);
  if (!type) return null;
  return { title: text('panel.title'), content: <PanelContent type={type} documentId={documentId} /> };
}
