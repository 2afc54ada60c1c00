/** As the API shows numbers; null for what was not measured. */
export function rounded(value: number, digits: number): number;
export function rounded(value: number | undefined, digits: number): number | null;
export function rounded(value: number | undefined, digits: number): number | null {
  return value === undefined ? null : Math.round(value * 10 ** digits) / 10 ** digits;
}
