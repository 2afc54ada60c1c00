/** Events per second over a sliding window. */
export class Rate {
  private times: number[] = [];

  constructor(
    private readonly windowMs = 60_000,
    private readonly now: () => number = Date.now,
  ) {}

  count(): void {
    this.times.push(this.now());
    if (this.times.length > 10_000) this.forget();
  }

  /** 0 until two events fall into the window. */
  perSecond(): number {
    this.forget();
    if (this.times.length < 2) return 0;
    const seconds = (this.now() - this.times[0]) / 1000;
    return seconds > 0 ? (this.times.length - 1) / seconds : 0;
  }

  private forget(): void {
    const since = this.now() - this.windowMs;
    const first = this.times.findIndex((time) => time > since);
    this.times = first < 0 ? [] : this.times.slice(first);
  }
}
