interface FileValue {
  id?: unknown;
  mime?: unknown;
}

/** Ids of the pictures that an edit form holds, saved or not, in the order of the paths; each once. */
export function formPictures(values: unknown, paths: readonly string[][]): number[] {
  const at = (value: unknown, path: readonly string[]): unknown[] => {
    if (Array.isArray(value)) return value.flatMap((item) => at(item, path));
    if (value === null || value === undefined) return [];
    return path.length === 0 ? [value] : at((value as Record<string, unknown>)[path[0]], path.slice(1));
  };
  const files = paths.flatMap((path) => at(values, path)) as FileValue[];
  const pictures = files.filter(
    ({ id, mime }) => typeof id === 'number' && String(mime ?? 'image/').startsWith('image/'),
  );
  return [...new Set(pictures.map(({ id }) => id as number))];
}
