import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const ROOT = path.resolve(__dirname, '../..');

/** What a reader copies: the examples of the public functions, and where they come from. */
const PUBLIC: Record<string, string> = {
  'plugin/folder/open-folder.ts': './index',
  'plugin/contracts/config.ts': './index',
  'plugin/similarity.ts': './index',
  'plugin/client.ts': './client',
};
const NAMES = ['openFolder', 'fetchMostSimilar', 'configSchema', 'createSimilarity', 'createSimilarClient'];

function examplesOf(file: string): string[] {
  const comments = readFileSync(path.join(ROOT, file), 'utf8').match(/\/\*\*[\s\S]*?\*\//g) ?? [];
  return comments.flatMap((comment) => {
    const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
    const start = lines.indexOf('@example');
    return start < 0 ? [] : [lines.slice(start + 1, -1).join('\n')];
  });
}

function complaints(sources: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.readFile = (name) => sources.get(name) ?? readFile(name);
  host.getSourceFile = (name, ...rest) => {
    const text = sources.get(name);
    return text === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, text, {
          languageVersion: ts.ScriptTarget.ES2022,
          impliedNodeFormat: ts.ModuleKind.CommonJS,
        });
  };
  const program = ts.createProgram(
    [...sources.keys()],
    { ...options, noEmit: true, noUnusedLocals: false, lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'] },
    host,
  );
  return [...sources.keys()].flatMap((name) => {
    const file = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}

/** As somebody would paste it into a file of their own. */
const asFile = (example: string, from: string) => {
  const names = [...NAMES, 'SimilarityOptions', 'FileId', 'FiltersFor'].filter((name) =>
    new RegExp(`\\b${name}\\b`).test(example),
  );
  const own = from === './client' ? names.filter((name) => name === 'createSimilarClient') : names;
  return `import { ${own.join(', ')} } from '${from}';\nexport async function example() {\n${example}\n}\n`;
};

function filesOf(examples: Array<[example: string, from: string]>): Map<string, string> {
  return new Map(
    examples.map(([example, from], at) => [path.join(ROOT, 'plugin', `example-${at}.ts`), asFile(example, from)]),
  );
}

test('the examples of the public functions compile', () => {
  const examples = Object.entries(PUBLIC).flatMap(([file, from]) =>
    examplesOf(file).map((example): [string, string] => [example, from]),
  );
  for (const name of NAMES)
    assert.ok(
      examples.some(([example]) => example.includes(`${name}`)),
      `${name} has an example`,
    );
  assert.deepEqual(complaints(filesOf(examples)), []);
});

test('an example that does not compile is found', () => {
  const wrong = "const folder = await openFolder('photos');\nawait folder.fetchTheMostSimilar('cat.jpg');";
  assert.match(complaints(filesOf([[wrong, './index']])).join(), /fetchTheMostSimilar/);
});
