import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const PLAYGROUND = path.join(ROOT, 'playground');

/** A program that a package brings along, e.g. `tsc`. */
export const bin = (name) => path.join(ROOT, 'node_modules/.bin', name);
