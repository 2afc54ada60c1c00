import { cpSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Space } from '../../plugin/ports';
import { createLocalIndex } from '../../plugin/vector-index/process/usearch-in-process';
import { createStateDir, createTestLogger, INDEX_CONFIG } from './index-under-test';
import { until } from './until';
import { createClusters, createRandom, stored } from './vectors';

export const DIMS = 16;
export const COUNT = 600;
export const SPACE: Space = { id: 'test@1/lanczos', model: 'test', dims: DIMS };
export const random = createRandom(11);
export const draw = createClusters(DIMS, 12, random);
export const ITEMS = Array.from({ length: COUNT }, (_, i) => stored(i + 1, i + 1, draw()));
export const QUERIES = Array.from({ length: 5 }, draw);

export const state = createStateDir();
export const logger = createTestLogger();
/** A whole index, never touched. */
const whole = path.join(state.dir, 'whole');
/** Its copy that a test damages. */
export const copy = path.join(state.dir, 'copy');

export const open = (stateDir: string, config = INDEX_CONFIG) =>
  createLocalIndex({ stateDir, config, logger, graphFrom: 100, lockWaitMs: 200, retryAfterMs: 100 });

export function folder(stateDir: string): string {
  const [entry] = readdirSync(stateDir, { withFileTypes: true }).filter((each) => each.isDirectory());
  return path.join(stateDir, entry.name);
}

export function restore(): void {
  rmSync(copy, { recursive: true, force: true });
  cpSync(whole, copy, { recursive: true });
}

/** Builds the index that the copies are made of. */
export async function buildWhole(): Promise<void> {
  const index = open(whole);
  await index.open(SPACE);
  await index.put(ITEMS);
  await until('the graph answers', async () => (await index.status()).mode === 'graph');
  await index.close();
}
