import type { AdminItem } from '../../../plugin/contracts/admin';
import { useEditForm } from './use-edit-form';

export interface Relate {
  /** Label of the relation field. */
  field: string;
  /** Whether the form holds it already, not saved yet. */
  has(item: AdminItem): boolean;
  add(item: AdminItem): void;
}

/**
 * Adds items to a relation of the form that is being edited: they are stored when the editor saves. Undefined where the form cannot be
 * changed or has no such field.
 */
export function useRelate(attribute: string | undefined): Relate | undefined {
  const form = useEditForm();
  const field = attribute && form?.labelOf(attribute);
  if (!attribute || !form || field === undefined) return undefined;
  return {
    field,
    has: (item) => form.connected(attribute).some(({ id }) => id === item.id),
    add: (item) => form.connect(attribute, item),
  };
}
