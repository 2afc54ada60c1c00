/** Wakes one waiting loop. A signal set while nobody waits is not lost. */
export class WakeUp {
  private isSet = false;
  private resolve: (() => void) | undefined;

  set(): void {
    this.isSet = true;
    this.resolve?.();
  }

  clear(): void {
    this.isSet = false;
  }

  /** Resolves when set, or after `timeoutMs`. Does not keep the process alive. */
  async wait(timeoutMs: number): Promise<void> {
    if (this.isSet) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      timer.unref();
      this.resolve = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.resolve = undefined;
  }
}
