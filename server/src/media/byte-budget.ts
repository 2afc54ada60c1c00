export interface ByteBudget {
  /**
   * Waits for room, in the order of asking. What is larger than all there is gets all of it.
   * @param now does not wait: for who holds something that others may wait for.
   * @returns gives the room back.
   */
  take(bytes: number, now?: boolean): Promise<() => void>;
}

/** Room for so many bytes at once. */
export function createByteBudget(all: number): ByteBudget {
  let free = all;
  const waiting: Array<{ bytes: number; go: () => void }> = [];

  function letIn(): void {
    while (waiting.length > 0 && waiting[0].bytes <= free) {
      const { bytes, go } = waiting.shift() as (typeof waiting)[number];
      free -= bytes;
      go();
    }
  }

  return {
    async take(wanted, now = false) {
      const bytes = Math.min(wanted, all);
      if (now) free -= bytes;
      else {
        await new Promise<void>((go) => {
          waiting.push({ bytes, go });
          letIn();
        });
      }
      let given = false;
      return () => {
        if (given) return;
        given = true;
        free += bytes;
        letIn();
      };
    },
  };
}
