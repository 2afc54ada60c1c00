/** What a check found. */
export interface Finding {
  name: string;
  /** `warning`: it works, though not as well as it could. */
  state: 'ok' | 'warning' | 'problem';
  /** What was found, in one line. */
  detail: string;
  /** What to do about it; only with `warning` and `problem`. */
  remedy?: string;
}

/** Checks one thing and changes nothing. A thrown error becomes a problem. */
export interface Check {
  name: string;
  run(): Promise<Omit<Finding, 'name'>>;
}

export async function runChecks(checks: readonly Check[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  // One after the other: an engine under test wants the machine to itself.
  for (const { name, run } of checks) {
    const found = await run().catch((error: Error): Omit<Finding, 'name'> => {
      const [detail, ...rest] = error.message.split('\n');
      return { state: 'problem', detail, remedy: rest.join('\n') || 'Report this, with the complete output.' };
    });
    findings.push({ name, ...found });
  }
  return findings;
}
