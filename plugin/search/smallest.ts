/** The smallest of these numbers, ascending, in one walk. */
export function smallest(numbers: Iterable<number>, count: number): number[] {
  const kept: number[] = [];
  for (const number of numbers) {
    if (kept.length === count && number >= kept[count - 1]) continue;
    let at = kept.length;
    while (at > 0 && kept[at - 1] > number) at--;
    kept.splice(at, 0, number);
    if (kept.length > count) kept.pop();
  }
  return kept;
}
