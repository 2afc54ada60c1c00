import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Of all files below a folder. */
export function bytesIn(dir: string): number {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
