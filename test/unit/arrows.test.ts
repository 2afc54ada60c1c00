import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

/** Which room may import which: see docs/architecture.md. */
const ROOT = path.resolve(__dirname, '../..');

interface Import {
  /** Path from the root, e.g. `plugin/pipeline/queue-worker.ts`. */
  file: string;
  /** A package, or a path from the root without extension, e.g. `plugin/errors`. */
  target: string;
}

interface Rule {
  name: string;
  applies(file: string): boolean;
  allows(imported: Import): boolean;
}

const ROOMS = /^(plugin|server|cli|admin|test|native-bench|playground|scripts)(\/|$)/;
const isPackage = (target: string) => !ROOMS.test(target);
const within = (target: string, ...rooms: string[]) =>
  rooms.some((room) => target === room || target.startsWith(`${room}/`));
const packageIs = (target: string, ...names: string[]) => isPackage(target) && within(target, ...names);

/** The files that may know ports and adapters both. */
const COMPOSITION_ROOTS = [
  'plugin/similarity.ts',
  'plugin/spaces/space-runner.ts',
  'plugin/spaces/lazy-embedder.ts',
  'plugin/spaces/space-text.ts',
  'plugin/index.ts',
  'plugin/folder/open-folder.ts',
];

/** What runs in a child process. */
const PROCESS = /^plugin\/[\w-]+\/process\//;

const ADAPTERS = ['plugin/models', 'plugin/store', 'plugin/vector-index', 'plugin/embedder', 'plugin/text'];

/** Whom Strapi calls: they ask for a service, which a project may have replaced. */
const ASKS =
  /^server\/src\/(controllers\/|services\/index\.ts|register\.ts|middlewares\/|util\/get-service\.ts|bootstrap\.ts|part-indexes\.ts|lifecycles\.ts)/;

/** What works on a Strapi project. */
const NEEDS_PROJECT = /^cli\/(export|decisions|strapi-project|doctor|checks\/(in-project|project))\.ts$/;

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
    name: 'the command line reaches into plugin and server, and nothing reaches into it',
    applies: (file) => within(file, 'plugin', 'server', 'admin', 'cli'),
    allows: ({ file, target }) =>
      within(file, 'cli') ? isPackage(target) || within(target, 'cli', 'plugin', 'server') : !within(target, 'cli'),
  },
  {
    name: 'the command line loads Strapi with a project only',
    applies: (file) => within(file, 'cli') && !NEEDS_PROJECT.test(file),
    allows: ({ target }) => !within(target, 'server', '@strapi'),
  },
  {
    name: 'the parts of the server are given what they need; hooks, controllers, boot and the command line ask for it',
    applies: (file) => within(file, 'server') && !ASKS.test(file),
    allows: ({ target }) => !within(target, 'server/src/util/get-service', 'server/src/compose'),
  },
  {
    name: 'the read path of the server reads: it knows nothing of what decides, tells or answers',
    applies: (file) =>
      within(file, 'server/src/search', 'server/src/access', 'server/src/validation', 'server/src/util'),
    allows: ({ file, target }) =>
      !within(target, 'server/src/services', 'server/src/controllers', 'server/src/webhook', 'server/src/media') ||
      file === 'server/src/util/get-service.ts',
  },
  {
    name: 'nothing but their map knows controllers and routes',
    applies: (file) => within(file, 'server') && !/^server\/src\/(index\.ts|controllers\/|routes\/)/.test(file),
    allows: ({ target }) => !within(target, 'server/src/controllers', 'server/src/routes'),
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
    name: 'what tells copies of a photo from others is arithmetic',
    applies: (file) => within(file, 'plugin/same-photo'),
    allows: ({ target }) => within(target, 'plugin/same-photo', 'plugin/column'),
  },
  {
    name: 'what finds the colours of a picture is arithmetic on its miniature',
    applies: (file) => within(file, 'plugin/colour'),
    allows: ({ target }) =>
      within(target, 'plugin/colour', 'plugin/contracts/colours', 'plugin/same-photo/miniature', 'plugin/column'),
  },
  {
    name: 'the write path and the read path know ports, no adapters, and nothing of each other',
    applies: (file) => within(file, 'plugin/pipeline', 'plugin/search'),
    allows: ({ file, target }) =>
      within(
        target,
        'plugin/ports',
        'plugin/contracts',
        'plugin/errors',
        'plugin/fault-point',
        'plugin/vectors',
        'plugin/column',
      ) ||
      within(target, within(file, 'plugin/search') ? 'plugin/search' : 'plugin/pipeline') ||
      (within(file, 'plugin/search') && within(target, 'plugin/same-photo', 'plugin/colour')) ||
      target.startsWith('node:timers'),
  },
  {
    name: 'what compares models knows ports, records that nodes agree on, files and arithmetic, and neither models nor spaces',
    applies: (file) => within(file, 'plugin/compare'),
    allows: ({ target }) =>
      target.startsWith('node:') ||
      within(
        target,
        ...['plugin/compare', 'plugin/ports', 'plugin/contracts', 'plugin/errors', 'plugin/fault-point'],
        ...['plugin/vectors', 'plugin/files', 'plugin/spaces/agree', 'plugin/same-photo/miniature'],
      ),
  },
  {
    name: 'only composition roots make pipelines, embedders, stores and indexes meet',
    applies: (file) => within(file, 'plugin') && !COMPOSITION_ROOTS.includes(file),
    allows: ({ file, target }) => {
      const room = ['plugin/embedder', 'plugin/text', 'plugin/vector-index', 'plugin/store'].find((adapter) =>
        within(target, adapter),
      );
      // What makes an int8 model decodes pictures as the embedder does, in a process of its own.
      return room === undefined || within(file, room) || (PROCESS.test(file) && PROCESS.test(target));
    },
  },
  {
    name: 'adapters know ports, and nothing of what uses them',
    applies: (file) => within(file, ...ADAPTERS) && !COMPOSITION_ROOTS.includes(file),
    allows: ({ target }) => !within(target, 'plugin/pipeline', 'plugin/search', 'plugin/spaces'),
  },
  {
    name: 'native code is loaded in child processes only',
    applies: (file) => within(file, 'plugin', 'server', 'admin', 'cli'),
    allows: ({ file, target }) =>
      !packageIs(target, 'onnxruntime-node', 'onnxruntime-node-cpu', 'onnxruntime-web', 'usearch', 'sharp') ||
      within(file, 'plugin/engines') ||
      PROCESS.test(file),
  },
  {
    name: 'what computes for seconds is loaded in its child process only',
    applies: (file) => within(file, 'plugin', 'server', 'admin', 'cli'),
    allows: ({ file, target }) => !packageIs(target, 'umap-js') || PROCESS.test(file),
  },
  {
    name: 'processes are started in one place only',
    applies: (file) => within(file, 'plugin', 'server', 'admin', 'cli'),
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
  const files = ['plugin', 'server', 'admin', 'cli'].flatMap(sources);
  assert.ok(files.length > 50, `only ${files.length} files were read`);
  const imports = files.flatMap((file) => importsOf(file, readFileSync(path.join(ROOT, file), 'utf8')));
  assert.ok(imports.length > files.length, 'imports were read');
  assert.deepEqual(violations(imports), []);
});

/** Groups of files that import each other in a circle; imports of types count, as a reader follows them, too. */
function circles(imports: readonly Import[]): string[][] {
  const files = new Set(imports.map(({ file }) => file));
  const fileOf = (target: string) =>
    ['.ts', '.tsx', '/index.ts'].map((ending) => target + ending).find((file) => files.has(file));
  const next = new Map<string, string[]>();
  for (const { file, target } of imports) {
    const to = fileOf(target);
    if (to) next.set(file, [...(next.get(file) ?? []), to]);
  }
  const reached = new Map([...files].map((file) => [file, reachedFrom(file, next)]));
  const found = new Map<string, string[]>();
  for (const [file, others] of reached) {
    const circle = [...others].filter((other) => reached.get(other)?.has(file)).sort();
    if (circle.length > 0) found.set(circle.join(), circle);
  }
  return [...found.values()];
}

function reachedFrom(start: string, next: ReadonlyMap<string, string[]>): Set<string> {
  const reached = new Set<string>();
  const open = [...(next.get(start) ?? [])];
  for (let file = open.pop(); file; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    open.push(...(next.get(file) ?? []));
  }
  return reached;
}

function allImports(): Import[] {
  const files = ['plugin', 'server', 'admin', 'cli'].flatMap(sources);
  return files.flatMap((file) => importsOf(file, readFileSync(path.join(ROOT, file), 'utf8')));
}

test('no files import each other in a circle', () => {
  assert.deepEqual(circles(allImports()), []);
});

test('a circle is found, also one of types and over several files', () => {
  const code: Array<[file: string, code: string]> = [
    ['plugin/a.ts', "import type { B } from './b';"],
    ['plugin/b.ts', "import { c } from './c';"],
    ['plugin/c.ts', "export { a } from './a';"],
    ['plugin/d.ts', "import { a } from './a';"],
  ];
  const imports = code.flatMap(([file, text]) => importsOf(file, text));
  assert.deepEqual(circles(imports), [['plugin/a.ts', 'plugin/b.ts', 'plugin/c.ts']]);
});

const WRONG: Array<[file: string, code: string]> = [
  ['admin/src/pages/page.tsx', "import type { Service } from '../../../server/src/services';"],
  ['admin/src/index.ts', "export { ERRORS } from '../../plugin/errors';"],
  ['server/src/index.ts', "import '../../admin/src';"],
  ['cli/run.ts', "const bench = await import('../native-bench/run');"],
  ['plugin/errors.ts', "import { errors } from '@strapi/utils';"],
  ['plugin/similarity.ts', "const koa = require('koa');"],
  ['plugin/similarity.ts', "import { bytes } from '../server/src/media/download';"],
  ['plugin/contracts/config.ts', "import { SimilarError } from '../errors';"],
  ['plugin/contracts/config.ts', "import { readFile } from 'node:fs';"],
  ['plugin/pipeline/queue-worker.ts', "import { createEmbedder } from '../embedder/embedder';"],
  ['plugin/pipeline/queue-worker.ts', "import { readFile } from 'node:fs/promises';"],
  ['plugin/pipeline/sweep.ts', "import type { Link } from '../search/link';"],
  ['plugin/colour/palette.ts', "import { Photo } from '../same-photo/photo';"],
  ['plugin/same-photo/photo.ts', "import type { Link } from '../search/link';"],
  ['plugin/search/rank.ts', "import { createKnexStore } from '../store/knex';"],
  ['plugin/embedder/embedder.ts', "import { createExactIndex } from '../vector-index/exact';"],
  ['plugin/int8/process-client.ts', "import { decodePicture } from '../embedder/process/decode';"],
  ['plugin/search/space-search.ts', "import type { LazyTextEmbedder } from '../text/text-embedder';"],
  ['plugin/text/text-embedder.ts', "import type { Words } from '../search/relevance-feedback';"],
  ['plugin/folder/library.ts', "import { createEmbedder } from '../embedder/embedder';"],
  ['plugin/store/knex.ts', "import type { Rate } from '../pipeline/rate';"],
  ['server/src/bootstrap.ts', "import { Index } from 'usearch';"],
  ['plugin/map/picture-map.ts', "import { UMAP } from 'umap-js';"],
  ['plugin/folder/contact-sheet.ts', "import sharp from 'sharp';"],
  ['plugin/compare/comparison.ts', "import { modelEntry } from '../models/registry';"],
  ['plugin/compare/comparison.ts', "import type { ModelSpace } from '../spaces/model-space';"],
  ['plugin/map/layout.ts', "import { fork } from 'node:child_process';"],
  ['server/src/search/results.ts', "import { getService } from '../util/get-service';"],
  ['server/src/services/explain.ts', "import { getService } from '../util/get-service';"],
  ['server/src/webhook/changed.ts', "import { searchOf } from '../compose';"],
  ['server/src/services/similar.ts', "import { toldOf } from '../controllers/http-errors';"],
  ['server/src/search/results.ts', "import { createRules } from '../services/rules';"],
  ['cli/folder.ts', "import { readConfig } from '../server/src/config';"],
  ['server/src/services/export.ts', "import { run } from '../../../cli/run';"],
  ['cli/run.ts', "const { spawn } = require('child_process');"],
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
    [
      'plugin/pipeline/queue-worker.ts',
      "import type { Embedder } from '../ports';\nimport { SimilarError } from '../errors';",
    ],
    ['plugin/similarity.ts', "import { createEmbedder } from './embedder/embedder';"],
    ['plugin/vector-index/process/graph.ts', "import { Index } from 'usearch';"],
  ];
  assert.deepEqual(violations(right.flatMap(([file, code]) => importsOf(file, code))), []);
});
