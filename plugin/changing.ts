/**
 * Forgets what is remembered before and after a change: what is read in between may be of before.
 * @returns what came of the change.
 */
export function changing<T>(change: Promise<T>, forget: () => void): Promise<T> {
  forget();
  return change.finally(forget);
}
