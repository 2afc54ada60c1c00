import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { configSchema, type SimilarConfig } from '../../plugin/contracts/config';
import type { Logger } from '../../plugin/ports';

export const INDEX_CONFIG: SimilarConfig['index'] = configSchema.parse({}).index;

/** Keeps what is logged, so that a test can look at it. */
export function createTestLogger(): Logger & { lines: string[] } {
  const lines: string[] = [];
  const log = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  return { lines, info: log('info'), warn: log('warn'), error: log('error'), debug: log('debug') };
}

export function createStateDir(): { dir: string; remove(): void } {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'similar-index-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
