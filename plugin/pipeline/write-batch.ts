import type { Embedded } from '../ports';

interface Waiter {
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Collects finished vectors for a moment, so that a whole batch is stored in one transaction. */
export class WriteBatch {
  private items: Embedded[] = [];
  private waiters: Waiter[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** When the timer ends. */
  private due = Number.POSITIVE_INFINITY;
  private storing = 0;
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: (items: Embedded[]) => Promise<void>,
    /** How long an item that comes now may wait for others. */
    private readonly waitMs: () => number,
    private readonly most: number,
  ) {}

  /** Items that are not stored yet. */
  get size(): number {
    return this.items.length + this.storing;
  }

  /** Resolves when the item is stored; rejects when it could not be. */
  add(item: Embedded): Promise<void> {
    return new Promise((resolve, reject) => {
      this.items.push(item);
      this.waiters.push({ resolve, reject });
      if (this.items.length >= this.most) void this.flush();
      else this.flushWithin(this.waitMs());
    });
  }

  /** The least that any of the items may wait counts. */
  private flushWithin(ms: number): void {
    const due = performance.now() + ms;
    if (due >= this.due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  /** One of them cannot be stored: the others can. All at once, so that a database that is away is waited for once. */
  private async oneByOne(items: Embedded[], waiters: Waiter[]): Promise<void> {
    await Promise.all(items.map((item, at) => this.store([item]).then(waiters[at].resolve, waiters[at].reject)));
  }

  /** Stores what has been collected, one batch after the other. Failures reach those who added, not the caller. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.due = Number.POSITIVE_INFINITY;
    const { items, waiters } = this;
    this.items = [];
    this.waiters = [];
    if (items.length > 0) {
      this.storing += items.length;
      this.last = this.last
        .then(() => this.store(items))
        .finally(() => {
          this.storing -= items.length;
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
