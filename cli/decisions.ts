import { readFile as read } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  type CarryReport,
  type Outcome,
  PARTS,
  type Part,
  type Reason,
  type Skipped,
  type Told,
  type ToldItem,
} from '../plugin/contracts/carry';
import { SimilarError } from '../plugin/errors';
import { writeAtomic } from '../plugin/files/atomic-file';
import { unreadable } from '../plugin/folder/find-pictures';
import { readFile, STAYING, writeFile } from '../server/src/carry/file';
import { only } from '../server/src/carry/parts';
import { changesAnything } from '../server/src/carry/report';
import type { Services } from '../server/src/compose';
import { getService } from '../server/src/util/get-service';
import { type Command, refuseOthers, type Streams, UsageError } from './command';
import { plain, writeJson } from './output';
import { ownStdout } from './own-stdout';
import { bootProject } from './strapi-project';

const help = `Carries what people decided from one environment to another: settings, pins and hides, verdicts on duplicates.

Usage: strapi-plugin-similar decisions export [<file>] [options]
       strapi-plugin-similar decisions import <file> [options]

  export   write them as JSON, sorted, to keep them in git (default: to standard output)
  import   add and change here what the file says; a second time there is nothing to do

  --app <dir>       folder of the Strapi project (default: the current folder); its environment and database are used
  --only <parts>    some of ${PARTS.join(',')} (default: all)
  --dry-run         only say what would be done (import)
  --replace         also remove what is here and not in the file, of the parts that it has (import)
  --json            print JSON: {settings, rules, verdicts}, of each {added, changed, removed, skipped, unchanged} (import)

Entries are known by documentId, files by Strapi's hash of them or else by their bytes. What is not found is listed and
skipped. ${STAYING.join(', ')} stay in each environment.`;

const COMMON = ['app', 'only'];
/** Action → its flags. */
const FLAGS: Record<string, readonly string[]> = {
  export: COMMON,
  import: [...COMMON, 'dry-run', 'replace', 'json'],
};

export const decisions: Command = {
  summary: 'carry settings, rules and verdicts to another environment',
  help,
  async run(args, streams) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        app: { type: 'string' },
        only: { type: 'string' },
        'dry-run': { type: 'boolean' },
        replace: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    });
    const [action = '', file, ...more] = positionals;
    if (!Object.hasOwn(FLAGS, action)) throw new UsageError(`Expected export or import but received "${action}".`);
    refuseOthers(values, FLAGS[action], `decisions ${action}`);
    if (more.length > 0) throw new UsageError(`Unexpected argument "${more[0]}".`);
    const { 'dry-run': dryRun = false, replace = false, json = false } = values;
    const parts = partsOf(values.only);
    // Booting the project changes the current folder.
    const app = path.resolve(values.app ?? '.');
    const target = file === undefined ? undefined : path.resolve(file);
    const own = { ...streams, out: ownStdout(streams) };
    if (action === 'export') return within(app, (carrying) => exportTo(target, carrying, parts, own));
    if (target === undefined) throw new UsageError('Expected the file to import.');
    const carried = readFile(await textOf(target));
    return within(app, async (carrying) => {
      const report = await carrying.import(carried, { only: parts, replace, dryRun });
      if (json) writeJson(own, report);
      else own.out.write(plain(inWords(report, dryRun)));
      return 0;
    });
  },
};

function partsOf(text: string | undefined): readonly Part[] {
  const { data, error } = only.safeParse(text);
  if (error) throw new UsageError(`${error.issues[0].message} for --only but received "${text}".`);
  return data;
}

async function within(app: string, work: (carrying: Services['carrying']) => Promise<number>): Promise<number> {
  const strapi = await bootProject(app);
  try {
    return await work(getService('carrying', { strapi }));
  } finally {
    await strapi.destroy();
  }
}

async function textOf(file: string): Promise<string> {
  return read(file, 'utf8').catch((error) => {
    throw unreadable('file of decisions', file, error);
  });
}

async function exportTo(
  file: string | undefined,
  carrying: Services['carrying'],
  parts: readonly Part[],
  { out, err }: Streams,
): Promise<number> {
  const { carried, gone } = await carrying.export(parts);
  const text = writeFile(carried);
  if (file === undefined) out.write(text);
  else {
    await writeAtomic(file, (handle) => handle.writeFile(text)).catch((cause) => {
      throw new SimilarError(
        'FILE_UNREADABLE',
        `The file cannot be written: ${(cause as Error).message}`,
        {},
        { cause },
      );
    });
  }
  const { settings, rules, verdicts } = carried;
  const counts = [
    settings && `${Object.keys(settings).length} settings`,
    rules && `${rules.length} rules`,
    verdicts && `${verdicts.length} verdicts`,
  ];
  err.write(`${counts.filter(Boolean).join(', ')} written\n`);
  if (gone > 0) err.write(`What ${gone} more are about is gone, all of it or in part\n`);
  return 0;
}

function inWords(report: CarryReport, dryRun: boolean): string {
  const parts = Object.entries(report) as Array<[Part, Outcome]>;
  const lines = parts.flatMap(([part, { added, changed, removed, skipped, unchanged }]) => [
    `${part.padEnd(10)}${added.length} added, ${changed.length} changed, ${removed.length} removed, ${skipped.length} skipped, ${unchanged} unchanged`,
    ...added.map((what) => `  + ${said(what)}`),
    ...changed.map((what) => `  ~ ${said(what)}`),
    ...removed.map((what) => `  - ${said(what)}`),
    ...skipped.map((one) => `  ! ${said(one.what)}: ${whyNot(one)}`),
  ]);
  const isNew = parts.some(([, outcome]) => changesAnything(outcome));
  if (!isNew) lines.push('Nothing to do.');
  else if (dryRun) lines.push('This is what would be done. Nothing was changed.');
  return `${lines.join('\n')}\n`;
}

const REASONS: Record<Reason, string> = {
  fixed: 'the configuration file sets it here',
  'no-type': 'there is no such content type here',
  'no-entry': 'there is no such entry here',
  'no-file': 'no file here has this hash, and no embedded picture these bytes',
  'many-files': 'several files here have these bytes, and none this hash',
  'one-file': 'they are one file here',
};

const itemSaid = ({ type, documentId, label }: ToldItem): string =>
  label ?? [type, documentId].filter(Boolean).join(' ');

function said(told: Told): string {
  if (told.kind === 'setting') return told.key;
  if ('pictures' in told) return `${told.kind}: ${told.pictures.map(itemSaid).join(', ')}`;
  const { kind, item, on, place } = told;
  return `${kind} ${itemSaid(item)} ${on ? `beside ${itemSaid(on)}` : 'everywhere'}${place ? ` at ${place}` : ''}`;
}

const whyNot = ({ item, why }: Skipped): string => `${item ? `${itemSaid(item)}: ` : ''}${REASONS[why]}`;
