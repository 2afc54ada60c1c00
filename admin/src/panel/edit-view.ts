import { unstable_useContentManagerContext } from '@strapi/strapi/admin';
import type { FormComponents, FormSchema } from './form-files';

interface ShownField {
  name: string;
  label: string;
  disabled?: boolean;
  visible?: boolean;
}

type Rows = ShownField[][];

export interface EditView {
  form: { disabled?: boolean; values?: Record<string, unknown>; onChange(path: string, value: unknown): void };
  isCreatingEntry: boolean;
  contentType?: FormSchema;
  /** By uid. */
  components?: FormComponents;
  layout: { edit: { layout: Rows[]; components: Record<string, { layout: Rows } | undefined> } };
}

/** The content manager's edit view around a component, as far as it is used here: Strapi's own type leaves most of it open. */
export const useEditView = (): EditView => unstable_useContentManagerContext() as unknown as EditView;
