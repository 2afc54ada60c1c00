/** An attribute of a content type or component, as the content manager describes it. */
export interface FormAttribute {
  type: string;
  relation?: string;
  component?: string;
  repeatable?: boolean;
  multiple?: boolean;
  required?: boolean;
  default?: unknown;
  conditions?: { visible?: unknown };
}

/** A content type or component. */
export interface FormSchema {
  attributes: Record<string, FormAttribute>;
}

export type FormComponents = Record<string, FormSchema | undefined>;

type Values = Record<string, unknown>;

/** An attribute on the way to a media field, which is the last one. */
export interface Step {
  name: string;
  attribute: FormAttribute;
  /** Uid of the component that has it; the type itself where there is none. */
  component?: string;
  /** What the form has beside it; nothing in a component that would have to be added. */
  held?: Values;
  /** Which part of a repeatable component or a dynamic zone the way goes through. */
  at?: number;
}

export interface MediaField {
  steps: Step[];
  /** As the form names it: attributes and positions, e.g. `blocks.1.cover`. */
  path: string;
  /** A file, or the files of a gallery. */
  value: unknown;
}

const listOf = (value: unknown): Values[] => (Array.isArray(value) ? value : value ? [value] : []) as Values[];

const pathOf = (steps: readonly Step[]): string =>
  steps.map(({ name, at }) => (at === undefined ? name : `${name}.${at}`)).join('.');

/**
 * The media fields of an edit form, whether or not they count as pictures: also in components, repeatable ones and dynamic zones; also in
 * components that are not there yet, if there can be but one of them.
 */
export function mediaFields(values: unknown, schema: FormSchema, components: FormComponents): MediaField[] {
  function within({ attributes }: FormSchema, way: Step[], held?: Values, component?: string): MediaField[] {
    return Object.entries(attributes).flatMap(([name, attribute]) => {
      const value = held?.[name];
      const step = { name, attribute, component, held };
      const inside = (part: Values | undefined, at?: number): MediaField[] => {
        const uid = attribute.component ?? String(part?.__component);
        const inner = components[uid];
        return inner ? within(inner, [...way, { ...step, at }], part, uid) : [];
      };
      if (attribute.type === 'media') return [{ steps: [...way, step], path: pathOf([...way, step]), value }];
      if (attribute.type !== 'component' && attribute.type !== 'dynamiczone') return [];
      if (Array.isArray(value)) return value.flatMap((part, at) => inside(part, at));
      if (value) return inside(value as Values);
      // A component that may hold itself would have no end.
      const isInItself = way.some((above) => above.attribute.component === attribute.component);
      return attribute.type === 'component' && !attribute.repeatable && !isInItself ? inside(undefined) : [];
    });
  }
  return within(schema, [], (values ?? {}) as Values);
}

/** The media fields that hold a file. */
export const placesOf = (
  fileId: number,
  values: unknown,
  schema: FormSchema,
  components: FormComponents,
): MediaField[] =>
  mediaFields(values, schema, components).filter(({ value }) => listOf(value).some(({ id }) => id === fileId));

/** What a media field holds with another file in the place of one; a gallery holds no file twice. */
export function withOther(value: unknown, fileId: number, other: { id: number }): unknown {
  if (!Array.isArray(value)) return other;
  const isThere = value.some(({ id }) => id === other.id);
  return isThere ? value.filter(({ id }) => id !== fileId) : value.map((file) => (file.id === fileId ? other : file));
}
