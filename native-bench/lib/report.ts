import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Report {
  title: string;
  /** What was compared with what, how often, and how. */
  method: string;
  columns: string[];
  rows: Array<Array<string | number>>;
  /** Ratios and limits that were aimed at: name → what was wanted and what came out. */
  targets?: Array<{ name: string; wanted: string; measured: string; met: boolean }>;
}

const RESULTS = path.resolve(__dirname, '../results');

/** With its version, where it is installed. */
function packageOf(name: string): string[] {
  const file = path.resolve(__dirname, '../../node_modules', name, 'package.json');
  return existsSync(file) ? [`${name} ${JSON.parse(readFileSync(file, 'utf8')).version}`] : [];
}

/** A runtime of one's own is used before the one that comes with this package. */
const PACKAGES = ['onnxruntime-node', 'onnxruntime-node-cpu', 'sharp', 'usearch', '@strapi/strapi'];

export function environment(): Record<string, string> {
  const cpus = os.cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus.length} × ${cpus[0].model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release()}, Node ${process.versions.node}`,
    packages: PACKAGES.flatMap(packageOf).join(', '),
  };
}

/** Writes `results/<name>.md` and `.json`, and prints the table. */
export function publish(name: string, report: Report): void {
  const about = environment();
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(path.join(RESULTS, `${name}.json`), `${JSON.stringify({ ...about, ...report }, null, 2)}\n`);
  const text = [
    `# ${report.title}`,
    report.method,
    table(report.columns, report.rows),
    ...(report.targets ? [table(['Target', 'Wanted', 'Measured', 'Met'], report.targets.map(toRow))] : []),
    Object.entries(about)
      .map(([key, value]) => `- ${key}: ${value}`)
      .join('\n'),
  ].join('\n\n');
  writeFileSync(path.join(RESULTS, `${name}.md`), `${text}\n`);
  console.log(text);
}

const toRow = (target: NonNullable<Report['targets']>[number]) => [
  target.name,
  target.wanted,
  target.measured,
  target.met ? 'yes' : '**no**',
];

const table = (columns: string[], rows: Array<Array<string | number>>) =>
  [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
