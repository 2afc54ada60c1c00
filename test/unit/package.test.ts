import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { page } from '../helpers/markdown';

/** Who installs the package reads its pages there: there may be no other place that has them. */
test('what the packed pages link to is packed', () => {
  const root = path.resolve(__dirname, '../..');
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const options = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32', stdio: 'pipe' } as const;
  const [{ files }] = JSON.parse(execFileSync('npm', args, options)) as [{ files: Array<{ path: string }> }];
  const packed = new Set(files.map((file) => file.path));
  const pages = [...packed].filter((file) => file.endsWith('.md'));
  assert.ok(pages.includes('README.md') && pages.includes('docs/api.md'));
  for (const name of pages) {
    for (const [, target] of page(name).matchAll(/\]\(([^)#\s]+)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const file = path.posix.join(path.posix.dirname(name), target);
      assert.ok(packed.has(file), `${name} links to ${file}`);
    }
  }
});
