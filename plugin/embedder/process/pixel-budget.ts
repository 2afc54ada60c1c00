/** Pixels that may be decoded at the same time; a picture that has more is decoded while no other is. */
export interface PixelBudget {
  /** Waits for its turn, first come first served. @returns a function that gives the pixels back. */
  take(pixels: number): Promise<() => void>;
  /** Whether `take` would wait. */
  waits(pixels: number): boolean;
}

export function createPixelBudget(total: number): PixelBudget {
  const queue: Array<{ pixels: number; start: () => void }> = [];
  let used = 0;

  const fits = (pixels: number) => used === 0 || used + pixels <= total;

  function next(): void {
    while (queue.length > 0 && fits(queue[0].pixels)) {
      const { pixels, start } = queue.shift()!;
      used += pixels;
      start();
    }
  }

  return {
    waits: (pixels) => queue.length > 0 || !fits(pixels),
    async take(pixels) {
      await new Promise<void>((start) => {
        queue.push({ pixels, start });
        next();
      });
      return () => {
        used -= pixels;
        next();
      };
    },
  };
}
