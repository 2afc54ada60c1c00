import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Text of a page of the project, by its path from the root. */
export function page(name: string): string {
  return readFileSync(path.resolve(__dirname, '../..', name), 'utf8');
}

/** Cells of every table row below a heading (of any depth) up to the next heading; header and ruler rows left out. */
export function tableBelow(markdown: string, heading: string): string[][] {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`No heading "${heading}"`);
  const end = lines.findIndex((line, i) => i > start && /^#+ /.test(line));
  const rows = lines
    .slice(start, end < 0 ? undefined : end)
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1, line.lastIndexOf('|')).split(/(?<!\\)\|/));
  return rows.slice(2).map((cells) => cells.map((cell) => cell.trim().replaceAll('\\|', '|')));
}
