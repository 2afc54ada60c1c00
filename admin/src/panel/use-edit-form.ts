import type { RelatedEntry } from '../../../plugin/contracts/proposals';
import { useEditView } from './edit-view';
import type { FormAttribute } from './form-files';
import { type Connected, withConnected } from './related-value';

export interface EditForm {
  attributes: Record<string, FormAttribute>;
  values: Record<string, unknown>;
  /** How the form calls an attribute; undefined where it does not show it, or it may not be changed. */
  labelOf(attribute: string): string | undefined;
  /** Whatever is done here is stored when the editor saves. */
  setValue(attribute: string, value: string): void;
  /** The field of a relation shows it at once, at its end. */
  connect(attribute: string, entry: RelatedEntry): void;
  /** What a relation has been given and is not stored yet. */
  connected(attribute: string): readonly Connected[];
}

/** The form that is being edited, as far as its own attributes go; undefined where it cannot be changed. */
export function useEditForm(): EditForm | undefined {
  const { form, contentType, layout } = useEditView();
  const { disabled, values = {}, onChange } = form;
  if (disabled || !contentType) return undefined;
  const { attributes } = contentType;
  const fields = layout.edit.layout.flat(2);
  const connected = (attribute: string) => (values[attribute] as { connect?: Connected[] } | undefined)?.connect ?? [];
  return {
    attributes,
    values,
    labelOf: (attribute) => fields.find((field) => field.name === attribute && !field.disabled)?.label,
    setValue: (attribute, value) => onChange(attribute, value),
    connect: (attribute, entry) => onChange(`${attribute}.connect`, withConnected(connected(attribute), entry)),
    connected,
  };
}
