import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './paths.mjs';

/** Lies in node_modules, so that deleting it starts afresh. */
const stampFile = (name) => path.join(ROOT, 'node_modules/.similar-setup', name);

function* filesOf(file) {
  if (!existsSync(file)) return;
  if (!statSync(file).isDirectory()) yield file;
  else for (const name of readdirSync(file).sort()) yield* filesOf(path.join(file, name));
}

/** Digest of the contents of files and folders (relative to the project), of this Node's ABI and of earlier digests. */
export function digest(sources, ...others) {
  const hash = createHash('sha256').update(`${process.versions.modules} ${process.platform} ${process.arch}`);
  for (const other of others) hash.update(other);
  for (const file of sources.flatMap((source) => [...filesOf(path.join(ROOT, source))])) {
    hash.update(`\n${path.relative(ROOT, file)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Does `work` unless it was done for the same digest and `outcome` (relative to the project) is still there. */
export async function unlessDone(name, sum, outcome, work) {
  const file = stampFile(name);
  const done = existsSync(file) && readFileSync(file, 'utf8') === sum && existsSync(path.join(ROOT, outcome));
  if (done) return;
  await work();
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, sum);
}
