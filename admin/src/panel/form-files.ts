/** A content type or component, as the content manager describes it. */
export interface FormSchema {
  attributes: Record<string, { type: string; component?: string }>;
}

export type FormComponents = Record<string, FormSchema | undefined>;

export interface Place {
  /** As the form names it: attributes and positions, e.g. `blocks.1.cover`. */
  path: string;
  /** What the media field holds: a file, or the files of a gallery. */
  value: unknown;
}

type Values = Record<string, unknown>;

const listOf = (value: unknown): Values[] => (Array.isArray(value) ? value : value ? [value] : []) as Values[];

/** The media fields of an edit form that hold a file: also in components, repeatable ones and dynamic zones, whether or not they count as pictures. */
export function placesOf(fileId: number, values: unknown, schema: FormSchema, components: FormComponents): Place[] {
  function within(held: Values, { attributes }: FormSchema, path: string): Place[] {
    return Object.entries(attributes).flatMap(([name, { type, component }]) => {
      const value = held[name];
      const own = path + name;
      if (type === 'media') return listOf(value).some(({ id }) => id === fileId) ? [{ path: own, value }] : [];
      if (type !== 'component' && type !== 'dynamiczone') return [];
      return listOf(value).flatMap((part, at) => {
        const inside = components[component ?? String(part.__component)];
        return inside ? within(part, inside, Array.isArray(value) ? `${own}.${at}.` : `${own}.`) : [];
      });
    });
  }
  return within((values ?? {}) as Values, schema, '');
}

/** What a media field holds with another file in the place of one; a gallery holds no file twice. */
export function withOther(value: unknown, fileId: number, other: { id: number }): unknown {
  if (!Array.isArray(value)) return other;
  const isThere = value.some(({ id }) => id === other.id);
  return isThere ? value.filter(({ id }) => id !== fileId) : value.map((file) => (file.id === fileId ? other : file));
}
