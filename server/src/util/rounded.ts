/** As the API shows numbers; null for what was not measured. */
export const rounded = (value: number | undefined, digits: number) =>
  value === undefined ? null : Math.round(value * 10 ** digits) / 10 ** digits;
