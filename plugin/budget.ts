/** An amount of something (pixels, bytes, turns) that those who use it at the same time share. */
export interface Budget {
  /**
   * Waits for its turn, first come first served. What is more than all there is goes alone.
   * @param now does not wait: for who holds something that others may wait for.
   * @returns gives it back; a second call does nothing.
   */
  take(amount: number, now?: boolean): Promise<() => void>;
  /** Does it with this amount, which is given back when it is over. */
  use<T>(amount: number, work: () => Promise<T>): Promise<T>;
  /** Whether `take` would wait. */
  waits(amount: number): boolean;
}

export function createBudget(total: number): Budget {
  const queue: Array<{ amount: number; start: () => void }> = [];
  let used = 0;

  const fits = (amount: number) => used === 0 || used + amount <= total;

  function next(): void {
    while (queue.length > 0 && fits(queue[0].amount)) {
      const { amount, start } = queue.shift()!;
      used += amount;
      start();
    }
  }

  async function take(amount: number, now = false): Promise<() => void> {
    if (now) used += amount;
    else {
      await new Promise<void>((start) => {
        queue.push({ amount, start });
        next();
      });
    }
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      used -= amount;
      next();
    };
  }

  return {
    waits: (amount) => queue.length > 0 || !fits(amount),
    take,
    async use(amount, work) {
      const release = await take(amount);
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
