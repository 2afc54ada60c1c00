import { SimilarError } from '../plugin/errors';
import { type Command, type Streams, UsageError } from './command';
import { COMMANDS } from './commands';
import { plain } from './output';

const NAME = 'strapi-plugin-similar';

/** Finds the command, runs it and turns errors into text. @returns the exit code: 0, 1 failed, 2 wrong usage. */
export async function run(args: string[], streams: Streams): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined) throw new UsageError('Expected a command.');
    if (['--help', '-h', 'help'].includes(name)) return print(streams, overview());
    if (['--version', '-v'].includes(name)) return print(streams, version());
    if (!Object.hasOwn(COMMANDS, name)) throw new UsageError(`Unknown command "${name}".`);
    const command = COMMANDS[name];
    if (rest.includes('--help') || rest.includes('-h')) return print(streams, command.help);
    return await runCommand(command, rest, streams);
  } catch (error) {
    if (error instanceof UsageError) {
      const known = name !== undefined && Object.hasOwn(COMMANDS, name) ? `${NAME} ${name}` : NAME;
      streams.err.write(`${plain(error.message)}\nRun ${known} --help.\n`);
      return 2;
    }
    if (error instanceof SimilarError) streams.err.write(`${plain(error.message)} [${error.code}]\n${error.remedy}\n`);
    else streams.err.write(`${plain(unexpected(error as Error))}\n`);
    return 1;
  }
}

/** What the system says of a file, a port or a process needs no stack; a fault of the program does. */
function unexpected(error: NodeJS.ErrnoException): string {
  return error.syscall ? `${error.message}` : `Unexpected error: ${error.stack ?? error}`;
}

/** parseArgs' own errors are wrong usage as well. */
async function runCommand(command: Command, args: string[], streams: Streams): Promise<number> {
  try {
    return await command.run(args, streams);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS')) throw new UsageError(message);
    throw error;
  }
}

function print(streams: Streams, text: string): number {
  streams.out.write(`${text.trimEnd()}\n`);
  return 0;
}

function overview(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
  return `Usage: ${NAME} <command> [options]

Commands:
${lines.join('\n')}

  ${NAME} <command> --help   how to use a command
  ${NAME} --version          the version of this package

Exit codes: 0 success, 1 failure, 2 wrong usage.`;
}

function version(): string {
  // By the package's own name: the file is at another depth once compiled.
  return require('strapi-plugin-similar/package.json').version;
}
