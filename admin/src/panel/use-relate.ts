import { unstable_useContentManagerContext } from '@strapi/strapi/admin';
import type { AdminItem } from '../../../plugin/contracts/admin';
import { type Connected, withConnected } from './related-value';

interface Form {
  disabled?: boolean;
  values?: Record<string, { connect?: Connected[] } | undefined>;
  onChange(path: string, value: unknown): void;
}

export interface Relate {
  /** Label of the relation field. */
  field: string;
  /** Whether the form holds it already, not saved yet. */
  has(item: AdminItem): boolean;
  add(item: AdminItem): void;
}

/**
 * Adds items to a relation of the form that is being edited, in the shape of Strapi's own relation field: it shows them at once,
 * and they are stored when the editor saves. Undefined where the form cannot be changed or has no such field.
 */
export function useRelate(attribute: string | undefined): Relate | undefined {
  const { form, layout } = unstable_useContentManagerContext();
  const { disabled, values, onChange } = form as Form;
  const field = layout.edit.layout.flat(2).find(({ name }) => name === attribute);
  if (!attribute || !field || disabled || field.disabled) return undefined;
  const connected = values?.[attribute]?.connect ?? [];

  return {
    field: field.label,
    has: (item) => connected.some(({ id }) => id === item.id),
    add: (item) => onChange(`${attribute}.connect`, withConnected(connected, item)),
  };
}
