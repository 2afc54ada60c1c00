import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.resolve(__dirname, '../..');

/**
 * Compiles plugin/ as the build does, without type checks, into a new folder of the repository's .tmp (the caller deletes it).
 * For tests that measure: a TypeScript loader costs hundreds of MB in each process that it runs in.
 * @returns the folder that stands for `dist`.
 */
export function compilePlugin(): string {
  mkdirSync(path.join(ROOT, '.tmp'), { recursive: true });
  const dist = mkdtempSync(path.join(ROOT, '.tmp/compiled-'));
  linkBundledModel();
  const { config } = ts.readConfigFile(path.join(ROOT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  for (const file of readdirSync(path.join(ROOT, 'plugin'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const fileName = path.join(ROOT, 'plugin', file);
    const { outputText } = ts.transpileModule(readFileSync(fileName, 'utf8'), { compilerOptions: options, fileName });
    const target = path.join(dist, 'plugin', file.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  return dist;
}

/** `dist` finds the bundled model beside itself, in plugin/. */
function linkBundledModel(): void {
  const link = path.join(ROOT, '.tmp/plugin');
  try {
    symlinkSync(path.join(ROOT, 'plugin'), link, 'junction');
  } catch (error) {
    // Another test file was faster, or an earlier one left it.
    if (!existsSync(link)) throw error;
  }
}
