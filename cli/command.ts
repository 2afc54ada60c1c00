/** Where a command writes: results to `out`, everything meant for people in between to `err`. */
export interface Streams {
  out: NodeJS.WritableStream;
  err: NodeJS.WritableStream & { isTTY?: boolean };
}

/** A command is one file and one line in the table of commands.ts. */
export interface Command {
  /** One line for the list of commands. */
  summary: string;
  /** Text of `<command> --help`. */
  help: string;
  /**
   * @returns the exit code: 0, or 1 when the command ran and failed.
   * @throws UsageError for arguments that make no sense (exit code 2); SimilarError for errors on purpose (exit code 1).
   */
  run(args: string[], streams: Streams): Promise<number>;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * @param values the flags that were given
 * @param flags those of the action
 * @param action as the command line has it, e.g. `model pull`
 * @throws UsageError for one that is not the action's.
 */
export function refuseOthers(values: object, flags: readonly string[], action: string): void {
  const odd = Object.keys(values).find((flag) => !flags.includes(flag));
  if (odd) throw new UsageError(`--${odd} is not for "${action}".`);
}
