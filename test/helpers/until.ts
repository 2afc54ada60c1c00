import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than anything takes on a machine whose cores others keep busy: the processes of the core have a lower priority than those. */
const PATIENCE_MS = 150_000;

/** Waits until `check` holds, and says what it waited for if it never does. */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await check())) {
    assert.ok(Date.now() < end, `waited ${timeoutMs / 1000} s for: ${what}`);
    await sleep(50);
  }
}
