/** A failure that the person at the keyboard can do something about: shown without a stack. */
export class SetupError extends Error {
  constructor(message, remedy) {
    super(message);
    this.remedy = remedy;
  }
}

const COMPILER =
  'better-sqlite3 and usearch are compiled here. Debian/Ubuntu: `apt-get install build-essential python3`; macOS: `xcode-select --install`; Windows: Visual Studio Build Tools with “Desktop development with C++”, and Python 3.';

/** First match wins: what a command's output says went wrong, and the way out. */
const CAUSES = [
  [/ENOSPC|no space left/i, 'The disk is full.', 'Free about 3 GB where the project and the temporary folder are.'],
  [
    /gyp.*(ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN)|gyp.*(node-v[\d.]+-headers|undefined\.tar)/i,
    'The headers of Node.js, needed for compiling, could not be downloaded.',
    'Let nodejs.org be reached, or name a local copy: `npm config set nodedir <folder that has include/node>`.',
  ],
  [
    /find Python|gyp ERR|not found: make|g\+\+: (not found|No such)|c\+\+: not found/i,
    'A native module could not be compiled.',
    COMPILER,
  ],
  [
    /E404|ETARGET|notarget/,
    'The package registry lacks a package, or a version of one.',
    'Check `npm config get registry`; a mirror may lag behind.',
  ],
  [
    /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|network/i,
    'The package registry could not be reached.',
    'Check the network, `npm config get registry` and, behind a proxy, `npm config get https-proxy`.',
  ],
  [
    /EACCES|EPERM/,
    'A file may not be written.',
    'Make the project folder yours (`chown -R`), or close programs that hold its files.',
  ],
  [
    /heap out of memory|SIGKILL|Killed/,
    'There was not enough memory.',
    'Building the admin panel needs about 2.5 GB free.',
  ],
];

/** @returns SetupError with the likely cause, or the last lines of the output when it is not known. */
export function explain(what, output, logFile) {
  const [, cause, remedy] = CAUSES.find(([pattern]) => pattern.test(output)) ?? [];
  const tail = output.trimEnd().split('\n').slice(-15).join('\n');
  return new SetupError(
    `${what} failed. ${cause ?? ''}\n\n${tail}\n`,
    `${remedy ? `${remedy}\n` : ''}Whole output: ${logFile}`,
  );
}
