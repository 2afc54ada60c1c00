import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** The interpreter that has the peers' packages: `PYTHON`, by default python3. */
const PYTHON = process.env.PYTHON ?? 'python3';

export interface PythonPeer {
  /** Sends a line. @returns the seconds that the peer says it took. */
  ask(line: string): Promise<number>;
  close(): void;
}

/** Starts a script of native-bench/peers and waits until it is ready. @throws Error with what it printed. */
export async function startPythonPeer(script: string, args: readonly string[]): Promise<PythonPeer> {
  const file = path.join(__dirname, '../peers', script);
  const child = spawn(PYTHON, [file, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2_000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${PYTHON} ${script} ended: ${stderr}`);
    return value;
  };
  while ((await next()) !== 'ready');
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      return Number(await next());
    },
    close: () => child.kill(),
  };
}
