/** How far a number may be from another one: `20%` of it, or from `-5` to `10` more than it, written `-5..10`. */
const SPAN = /^(\d{1,6}(\.\d{1,6})?%|-?\d{1,15}(\.\d{1,6})?\.\.-?\d{1,15}(\.\d{1,6})?)$/;

export const isSpan = (text: string): boolean => SPAN.test(text) && spanAround(0, text)[0] <= spanAround(0, text)[1];

/** @returns the smallest and the largest number that are as near to `value` as the span says. */
export function spanAround(value: number, span: string): [number, number] {
  if (span.endsWith('%')) {
    const reach = (Math.abs(value) * Number(span.slice(0, -1))) / 100;
    return [value - reach, value + reach];
  }
  const [least, most] = span.split('..').map(Number);
  return [value + least, value + most];
}
