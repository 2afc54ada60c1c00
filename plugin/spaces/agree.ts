import type { Records } from '../ports';

/**
 * Changes a record that nodes share from whatever another node has made of it in the meantime.
 * @param change returns undefined to leave it.
 * @returns what the record holds now.
 */
export async function agree<T>(
  records: Records,
  name: string,
  change: (now: T | undefined) => T | undefined,
): Promise<T | undefined> {
  for (;;) {
    const found = await records.read<T>(name);
    const changed = change(found?.value);
    if (!changed) return found?.value;
    if (await records.write(name, changed, found?.revision ?? 0)) return changed;
  }
}

/** Whether somebody is at work. A lease that lasts longer than any node takes was written before the clock was set back. */
export function leaseHolds(until: number, leaseMs: number): boolean {
  const remainingMs = until - Date.now();
  return remainingMs > 0 && remainingMs <= 2 * leaseMs;
}
