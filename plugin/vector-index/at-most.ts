/** Does at most this many things at once; the others wait in the order in which they came. */
export function atMost(most: number) {
  const waiting: Array<() => void> = [];
  let running = 0;

  return async function within<T>(work: () => Promise<T>): Promise<T> {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // Its place goes to the next one.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
