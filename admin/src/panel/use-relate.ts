import { unstable_useContentManagerContext } from '@strapi/strapi/admin';
import { generateKeyBetween } from 'fractional-indexing';
import type { AdminItem } from '../../../plugin/contracts/admin';

/** As Strapi's relation field keeps what is chosen and not saved yet. */
interface Connected {
  id: number;
  __temp_key__: string;
}

interface Form {
  disabled?: boolean;
  values?: Record<string, { connect?: Connected[] } | undefined>;
  onChange(path: string, value: unknown): void;
}

/** The field sorts by these keys. It gives a0, a1, … to what is stored, in an order that it does not tell others; this is after them. */
const AFTER_STORED = 'b00';

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
  const last = [AFTER_STORED, ...connected.map(({ __temp_key__ }) => __temp_key__)].sort(byCode).at(-1) as string;

  return {
    field: field.label,
    has: (item) => connected.some(({ id }) => id === item.id),
    add({ id, documentId, locale, label, published }) {
      const item = {
        id,
        documentId,
        label,
        locale,
        status: published ? 'published' : 'draft',
        apiData: { id, documentId, locale, isTemporary: true },
        __temp_key__: generateKeyBetween(last, null),
      };
      onChange(`${attribute}.connect`, [...connected, item]);
    },
  };
}

/** Not `localeCompare`: the keys' order is that of their characters' codes. */
const byCode = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
