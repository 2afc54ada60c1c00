import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { explain } from './failure.mjs';
import { ROOT } from './paths.mjs';

const seconds = (since) => `${Math.round((Date.now() - since) / 1000)} s`;

/** Runs a command quietly, showing what is being done and how long it takes; its output goes to .cache/<name>.log. */
export async function step(name, title, command, args, { cwd = ROOT, env = {} } = {}) {
  const started = Date.now();
  const { stdout } = process;
  const show = (text) => stdout.isTTY && stdout.write(`\r\x1b[2K${text}`);
  if (!stdout.isTTY) stdout.write(`${title} …\n`);
  const ticker = setInterval(() => show(`${title} … ${seconds(started)}`), 1000).unref();

  let output = '';
  const status = await new Promise((resolve) => {
    // npm and npx are scripts on Windows, which only a shell can run.
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      if (signal) output += `\n${signal}`;
      resolve(code ?? signal);
    });
  });
  clearInterval(ticker);

  const logFile = path.join(ROOT, '.cache', `${name}.log`);
  mkdirSync(path.dirname(logFile), { recursive: true });
  writeFileSync(logFile, output);
  if (status !== 0) {
    show('');
    throw explain(title, output || String(status), logFile);
  }
  show('');
  stdout.write(`${title}: ${seconds(started)}\n`);
}
