import { createRulesEngine, useDocumentRBAC } from '@strapi/strapi/admin';
import { useEditView } from '../panel/edit-view';
import { mediaFields, type Step } from '../panel/form-files';
import { firstEmptyField } from './empty-field';

type Condition = Parameters<typeof rules.evaluate>[0];

const rules = createRulesEngine();

export interface EmptyField {
  /** As the editor sees it. */
  label: string;
  /** What is put there is stored when the editor saves. */
  fill(file: { id: number }): void;
}

/** The empty media field of the form that a picture would go into; undefined where there is none. */
export function useEmptyField(paths: readonly string[][]): EmptyField | undefined {
  const { form, isCreatingEntry, contentType, components = {}, layout } = useEditView();
  const may = useDocumentRBAC('SimilarPanel', ({ canUserAction }) => canUserAction);
  const changeable = useDocumentRBAC('SimilarPanel', ({ canCreateFields, canUpdateFields }) =>
    isCreatingEntry ? canCreateFields : canUpdateFields,
  );
  if (form.disabled || !contentType) return undefined;

  function labelOf({ name, attribute, component, held = {} }: Step): string | undefined {
    const { edit } = layout;
    const rows = component === undefined ? edit.layout.flat() : (edit.components[component]?.layout ?? []);
    const shown = rows.flat().find((field) => field.name === name && !field.disabled && field.visible !== false);
    const condition = attribute.conditions?.visible as Condition | undefined;
    return condition && !rules.evaluate(condition, held) ? undefined : shown?.label;
  }

  /** In a dynamic zone, Strapi asks only for the zone. */
  function mayChange(path: string, [first]: Step[]): boolean {
    return first.attribute.type === 'dynamiczone'
      ? may(first.name, changeable, 'dynamiczone')
      : may(path, changeable, 'media');
  }

  const fields = mediaFields(form.values, contentType, components).filter(({ path, steps }) => mayChange(path, steps));
  const found = firstEmptyField(paths, { fields, components, labelOf });
  if (!found) return undefined;
  const { label, path, multiple } = found;
  return { label, fill: (file) => form.onChange(path, multiple ? [file] : file) };
}
