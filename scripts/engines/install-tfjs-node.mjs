/**
 * Installs @tensorflow/tfjs-node where only package registries are reached: its own install script downloads libtensorflow from
 * elsewhere. The library comes from Maven's Java binding, the headers from PyPI's wheel, and the addon is compiled here.
 * `node scripts/engines/install-tfjs-node.mjs` prints the folder, for SIMILAR_TFJS_DIR. Linux x64; needs npm, mvn, pip, python3 and a C++ compiler.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const TFJS = '4.22.0';
const LIBRARY = 'org.tensorflow:tensorflow-core-api:0.5.0:jar:linux-x86_64';
const WHEEL = 'tensorflow-cpu==2.9.3';
const LIBRARIES = 'org/tensorflow/internal/c_api/linux-x86_64';

const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
/** Outside the project, so that a fresh clone finds it again. One per ABI of Node. */
export const TFJS_DIR = path.join(cache, 'strapi-plugin-similar', `tfjs-node-${TFJS}-abi${process.versions.modules}`);

function run(command, args, options = {}) {
  const { status, error, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  if (error) throw new Error(`${command} is not there (${error.code})`);
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${stderr.trim().split('\n').at(-1)}`);
}

function compile(dir) {
  run('npm', [
    'install',
    '--prefix',
    dir,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `@tensorflow/tfjs-node@${TFJS}`,
  ]);
  const parts = path.join(dir, 'parts');
  run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=${LIBRARY}`, `-DoutputDirectory=${parts}`], { cwd: dir });
  const platforms = ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'].flatMap((name) => ['--platform', name]);
  run('pip', [
    'download',
    '-q',
    '--no-deps',
    '-d',
    parts,
    '--only-binary=:all:',
    ...platforms,
    '--python-version',
    '3.9',
    WHEEL,
  ]);
  const find = (ending) =>
    path.join(
      parts,
      readdirSync(parts).find((name) => name.endsWith(ending)),
    );
  const extracted = path.join(dir, 'extracted');
  run('python3', ['-m', 'zipfile', '-e', find('.jar'), extracted]);
  run('python3', ['-m', 'zipfile', '-e', find('.whl'), extracted]);

  const tfjs = path.join(dir, 'node_modules/@tensorflow/tfjs-node');
  const lib = path.join(tfjs, 'deps/lib');
  mkdirSync(lib, { recursive: true });
  for (const [name, file] of [
    ['libtensorflow', 'libtensorflow_cc'],
    ['libtensorflow_framework', 'libtensorflow_framework'],
  ]) {
    renameSync(path.join(extracted, LIBRARIES, `${file}.so.2`), path.join(lib, `${file}.so.2`));
    symlinkSync(`${file}.so.2`, path.join(lib, `${name}.so`));
    if (name !== file) symlinkSync(`${file}.so.2`, path.join(lib, `${name}.so.2`));
  }
  cpSync(path.join(extracted, 'tensorflow/include/tensorflow'), path.join(tfjs, 'deps/include/tensorflow'), {
    recursive: true,
  });
  rmSync(extracted, { recursive: true });
  rmSync(parts, { recursive: true });
  run('npx', ['node-pre-gyp', 'install', '--build-from-source'], { cwd: tfjs });
  // Node 23 has removed what it calls.
  const restore = 'const u = require("util"); u.isNullOrUndefined ??= (v) => v == null; u.isArray ??= Array.isArray;';
  run(process.execPath, ['-e', `${restore} require(${JSON.stringify(tfjs)})`]);
}

/** Takes about a minute the first time. @returns `{dir}`, or `{missing}`: why it cannot be had. Does nothing when it is there already. */
export function provideTfjsNode() {
  const done = path.join(TFJS_DIR, 'done');
  if (existsSync(done)) return { dir: TFJS_DIR };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { missing: 'tfjs-node is built here on Linux x64 only' };
  rmSync(TFJS_DIR, { recursive: true, force: true });
  mkdirSync(TFJS_DIR, { recursive: true });
  try {
    console.error('Building tfjs-node from the parts that package registries have (about a minute, once) …');
    compile(TFJS_DIR);
    writeFileSync(done, '');
    return { dir: TFJS_DIR };
  } catch (error) {
    return { missing: `tfjs-node could not be built: ${error.message}` };
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { dir, missing } = provideTfjsNode();
  if (missing) console.error(missing);
  else console.log(dir);
  process.exitCode = missing ? 1 : 0;
}
