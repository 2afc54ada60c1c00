import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Finding, runChecks } from './checks/check';
import { MACHINE } from './checks/machine';
import { PARTS } from './checks/parts';
import { checkProject } from './checks/project';
import { type Command, UsageError } from './command';
import { plain, writeJson } from './output';
import { ownStdout } from './own-stdout';

const help = `Checks whether everything that the plugin needs is there, and says how to fix what is not. Changes nothing.

Usage: strapi-plugin-similar doctor [options]

  --app <dir>   folder of the Strapi project (default: the current folder, if it is one); its database is read
  --json        print JSON: [{name, state: "ok" | "warning" | "problem", detail, remedy}]

The exit code is 1 if there is a problem; warnings do not count. Include the output in bug reports: it contains no passwords.`;

const MARKS = { ok: '✔', warning: '!', problem: '✖' };

export const doctor: Command = {
  summary: 'check the machine, the native parts, the models and the project',
  help,
  async run(args, streams) {
    const options = { app: { type: 'string' }, json: { type: 'boolean', default: false } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    if (positionals.length > 0) throw new UsageError(`Unexpected argument "${positionals[0]}".`);
    const out = ownStdout(streams);
    const app = path.resolve(values.app ?? '.');
    const findings = await runChecks([version, ...MACHINE, ...PARTS]);
    if (values.app !== undefined || isProject(app)) findings.push(...(await checkProject(app)));
    if (values.json) writeJson({ ...streams, out }, findings);
    else for (const finding of findings) out.write(`${inWords(finding)}\n`);
    return findings.some(({ state }) => state === 'problem') ? 1 : 0;
  },
};

const version = {
  name: 'strapi-plugin-similar',
  run: async () => ({ state: 'ok' as const, detail: require('strapi-plugin-similar/package.json').version }),
};

function isProject(dir: string): boolean {
  const file = path.join(dir, 'package.json');
  if (!existsSync(file)) return false;
  const { dependencies = {} } = JSON.parse(readFileSync(file, 'utf8'));
  return '@strapi/strapi' in dependencies;
}

function inWords({ name, state, detail, remedy }: Finding): string {
  const line = `${MARKS[state]} ${name}: ${plain(detail)}`;
  return remedy ? `${line}\n  → ${plain(remedy).replaceAll('\n', '\n    ')}` : line;
}
