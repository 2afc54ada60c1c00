type Column = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** @returns the column itself if it has a place `at`, else a copy of about twice the length. */
export function enlarged<T extends Column>(column: T, at: number): T {
  if (at < column.length) return column;
  const larger = new (column.constructor as new (length: number) => T)(Math.max(1024, 2 * at));
  larger.set(column);
  return larger;
}
