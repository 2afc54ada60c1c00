/**
 * Puts the files of onnxruntime-web that Node needs beside the compiled engine: 14 MB of 139. Its own `package.json` names no way to
 * install less.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../setup/paths.mjs';

const SOURCE = path.join(ROOT, 'node_modules/onnxruntime-web');
const TARGET = path.join(ROOT, 'dist/plugin/engines/onnxruntime-web');
const FILES = ['ort.node.min.js', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

mkdirSync(TARGET, { recursive: true });
for (const file of FILES) copyFileSync(path.join(SOURCE, 'dist', file), path.join(TARGET, file));
const { version, repository } = JSON.parse(readFileSync(path.join(SOURCE, 'package.json'), 'utf8'));
/** Both are under the MIT licence, whose text has to come along. */
const licence = readFileSync(path.join(ROOT, 'LICENSE'), 'utf8').replace(
  /^Copyright .*$/m,
  'Copyright (c) Microsoft Corporation',
);
writeFileSync(
  path.join(TARGET, 'README.md'),
  `From onnxruntime-web ${version}, ${repository.url}: ${FILES.join(', ')}.\n\n${licence}`,
);
