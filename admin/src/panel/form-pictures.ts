interface FileValue {
  id?: unknown;
  mime?: unknown;
}

/** Ids of the pictures that an edit form holds, saved or not, in the order of the paths; each once. */
export function formPictures(values: unknown, paths: readonly string[][]): number[] {
  const at = (value: unknown, path: readonly string[]): unknown[] => {
    if (Array.isArray(value)) return value.flatMap((item) => at(item, path));
    if (value === null || value === undefined) return [];
    const [name, ...rest] = path;
    if (name === undefined) return [value];
    const held = value as Record<string, unknown>;
    // In a dynamic zone the path names a component, and attributes have no dot in their names.
    if (name.includes('.')) return held.__component === name ? at(value, rest) : [];
    return at(held[name], rest);
  };
  const files = paths.flatMap((path) => at(values, path)) as FileValue[];
  const pictures = files.filter(
    ({ id, mime }) => typeof id === 'number' && String(mime ?? 'image/').startsWith('image/'),
  );
  return [...new Set(pictures.map(({ id }) => id as number))];
}
