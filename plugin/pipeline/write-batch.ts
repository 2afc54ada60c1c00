import type { Embedded } from '../ports';

interface Waiter {
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Collects finished vectors for a moment, so that a whole batch is stored in one transaction. */
export class WriteBatch {
  /** Items that are not stored yet. */
  waiting = 0;
  private items: Embedded[] = [];
  private waiters: Waiter[] = [];
  private timer: NodeJS.Timeout | undefined;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: (items: Embedded[]) => Promise<void>,
    private readonly waitMs: number,
    private readonly size: number,
  ) {}

  /** Resolves when the item is stored; rejects when it could not be. */
  add(item: Embedded): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting++;
      this.items.push(item);
      this.waiters.push({ resolve, reject });
      if (this.items.length >= this.size) void this.flush();
      else this.timer ??= setTimeout(() => void this.flush(), this.waitMs);
    });
  }

  /** One of them cannot be stored: the others can. All at once, so that a database that is away is waited for once. */
  private async oneByOne(items: Embedded[], waiters: Waiter[]): Promise<void> {
    await Promise.all(items.map((item, at) => this.store([item]).then(waiters[at].resolve, waiters[at].reject)));
  }

  /** Stores what has been collected, one batch after the other. Failures reach those who added, not the caller. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { items, waiters } = this;
    this.items = [];
    this.waiters = [];
    if (items.length > 0) {
      this.last = this.last
        .then(() => this.store(items))
        .finally(() => {
          this.waiting -= items.length;
        })
        .then(
          () => {
            for (const waiter of waiters) waiter.resolve();
          },
          (error) => {
            if (items.length === 1) waiters[0].reject(error);
            else return this.oneByOne(items, waiters);
          },
        );
    }
    return this.last;
  }
}
