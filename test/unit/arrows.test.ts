import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

/** Which room may import which: see docs/architecture.md. */
const ROOT = path.resolve(__dirname, '../..');

interface Import {
  /** Path from the root, e.g. `plugin/pipeline/pump.ts`. */
  file: string;
  /** A package, or a path from the root without extension, e.g. `plugin/errors`. */
  target: string;
}

interface Rule {
  name: string;
  applies(file: string): boolean;
  allows(imported: Import): boolean;
}

const ROOMS = /^(plugin|server|admin|test|native-bench|playground|scripts)(\/|$)/;
const isPackage = (target: string) => !ROOMS.test(target);
const within = (target: string, ...rooms: string[]) =>
  rooms.some((room) => target === room || target.startsWith(`${room}/`));
const packageIs = (target: string, ...names: string[]) => isPackage(target) && within(target, ...names);

/** The files that may know ports and adapters both. */
const COMPOSITION_ROOTS = [
  'plugin/similarity.ts',
  'plugin/spaces/lane.ts',
  'plugin/spaces/open-embedder.ts',
  'plugin/main.ts',
  'plugin/folder/open-folder.ts',
];

const RULES: Rule[] = [
  {
    name: 'admin knows nothing of the rest but plugin/contracts',
    applies: (file) => within(file, 'admin'),
    allows: ({ target }) => isPackage(target) || within(target, 'admin', 'plugin/contracts'),
  },
  {
    name: 'server reaches into plugin, and into no other room',
    applies: (file) => within(file, 'server'),
    allows: ({ target }) => isPackage(target) || within(target, 'server', 'plugin'),
  },
  {
    name: 'plugin knows no other room',
    applies: (file) => within(file, 'plugin'),
    allows: ({ target }) => isPackage(target) || within(target, 'plugin'),
  },
  {
    name: 'plugin knows neither Strapi nor koa nor React',
    applies: (file) => within(file, 'plugin'),
    allows: ({ target }) => !isPackage(target) || !/^(@strapi\/|@?koa|react|styled-components)/.test(target),
  },
  {
    name: 'contracts are types and zod',
    applies: (file) => within(file, 'plugin/contracts'),
    allows: ({ target }) => within(target, 'plugin/contracts') || packageIs(target, 'zod'),
  },
  {
    name: 'the pipeline knows ports, no adapters',
    applies: (file) => within(file, 'plugin/pipeline'),
    allows: ({ target }) =>
      within(target, 'plugin/pipeline', 'plugin/contracts', 'plugin/errors', 'plugin/fault-point', 'plugin/vectors') ||
      target.startsWith('node:timers'),
  },
  {
    name: 'only composition roots make pipelines, embedders, stores and indexes meet',
    applies: (file) => within(file, 'plugin') && !COMPOSITION_ROOTS.includes(file),
    allows: ({ file, target }) => {
      const room = ['plugin/embedder', 'plugin/index', 'plugin/store'].find((adapter) => within(target, adapter));
      return room === undefined || within(file, room);
    },
  },
  {
    name: 'native code is loaded in child processes only',
    applies: (file) => within(file, 'plugin', 'server', 'admin'),
    allows: ({ file, target }) =>
      !packageIs(target, 'onnxruntime-node', 'onnxruntime-node-cpu', 'onnxruntime-web', 'usearch', 'sharp') ||
      within(file, 'plugin/engines', 'plugin/embedder', 'plugin/index') ||
      file === 'plugin/folder/thumbnails-process.ts',
  },
  {
    name: 'what computes for seconds is loaded in its child process only',
    applies: (file) => within(file, 'plugin', 'server', 'admin'),
    allows: ({ file, target }) => !packageIs(target, 'umap-js') || file === 'plugin/map/layout-process.ts',
  },
  {
    name: 'processes are started in one place only',
    applies: (file) => within(file, 'plugin', 'server', 'admin'),
    allows: ({ file, target }) => !/^(node:)?(child_process|cluster)$/.test(target) || within(file, 'plugin/processes'),
  },
];

function violations(imports: readonly Import[]): string[] {
  const broken: string[] = [];
  for (const imported of imports) {
    for (const rule of RULES) {
      if (rule.applies(imported.file) && !rule.allows(imported)) {
        broken.push(`${imported.file} imports ${imported.target}: ${rule.name}`);
      }
    }
  }
  return broken;
}

/** import, export from, import(), require() and import types. */
function importsOf(file: string, text: string): Import[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.map(({ fileName }) => ({
    file,
    target: fileName.startsWith('.') ? path.posix.join(path.posix.dirname(file), fileName) : fileName,
  }));
}

function sources(room: string): string[] {
  return readdirSync(path.join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(room, name.split(path.sep).join('/')))
    .filter((name) => /\.(ts|tsx|mts|js|jsx|mjs)$/.test(name) && !/(^|\/)(node_modules|dist)\//.test(name));
}

test('no import points against the arrows', () => {
  const files = ['plugin', 'server', 'admin'].flatMap(sources);
  assert.ok(files.length > 50, `only ${files.length} files were read`);
  const imports = files.flatMap((file) => importsOf(file, readFileSync(path.join(ROOT, file), 'utf8')));
  assert.ok(imports.length > files.length, 'imports were read');
  assert.deepEqual(violations(imports), []);
});

const WRONG: Array<[file: string, code: string]> = [
  ['admin/src/pages/page.tsx', "import type { Service } from '../../../server/src/services';"],
  ['admin/src/index.ts', "export { ERRORS } from '../../plugin/errors';"],
  ['server/src/index.ts', "import '../../admin/src';"],
  ['server/src/cli/run.ts', "const bench = await import('../../../native-bench/run');"],
  ['plugin/errors.ts', "import { errors } from '@strapi/utils';"],
  ['plugin/similarity.ts', "const koa = require('koa');"],
  ['plugin/similarity.ts', "import { bytes } from '../server/src/util/bytes';"],
  ['plugin/contracts/config.ts', "import { SimilarError } from '../errors';"],
  ['plugin/contracts/config.ts', "import { readFile } from 'node:fs';"],
  ['plugin/pipeline/pump.ts', "import { createEmbedder } from '../embedder/client';"],
  ['plugin/pipeline/pump.ts', "import { readFile } from 'node:fs/promises';"],
  ['plugin/embedder/client.ts', "import { createExactIndex } from '../index/exact';"],
  ['plugin/folder/library.ts', "import { createEmbedder } from '../embedder/client';"],
  ['server/src/bootstrap.ts', "import { Index } from 'usearch';"],
  ['plugin/map/picture-map.ts', "import { UMAP } from 'umap-js';"],
  ['plugin/folder/contact-sheet.ts', "import sharp from 'sharp';"],
  ['plugin/map/layout.ts', "import { fork } from 'node:child_process';"],
  ['server/src/cli/run.ts', "const { spawn } = require('child_process');"],
];

for (const [file, code] of WRONG) {
  test(`is found: ${file} with ${code}`, () => {
    assert.equal(violations(importsOf(file, code)).length >= 1, true);
  });
}

test('what the arrows allow is not reported', () => {
  const right: Array<[file: string, code: string]> = [
    [
      'admin/src/index.ts',
      "import type { Progress } from '../../plugin/contracts/progress';\nimport React from 'react';",
    ],
    ['server/src/index.ts', "import { createSimilarity } from '../../plugin/similarity';\nimport '@strapi/utils';"],
    ['plugin/pipeline/pump.ts', "import type { Embedder } from './ports';\nimport { SimilarError } from '../errors';"],
    ['plugin/similarity.ts', "import { createEmbedder } from './embedder/client';"],
    ['plugin/index/graph.ts', "import { Index } from 'usearch';"],
  ];
  assert.deepEqual(violations(right.flatMap(([file, code]) => importsOf(file, code))), []);
});
