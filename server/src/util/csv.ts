type Cell = string | number | undefined;

/** Where a cell begins so, a spreadsheet takes it for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function cellOf(value: Cell): string {
  if (typeof value === 'number') return String(value);
  const text = value === undefined ? '' : FORMULA.test(value) ? `'${value}` : value;
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Spreadsheets take a file without it for one in another encoding. */
export const BOM = '\uFEFF';

/** A line of RFC 4180; texts that a spreadsheet would run get an apostrophe in front, which it does not show. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellOf).join(',')}\r\n`;
