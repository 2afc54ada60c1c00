/** How long another node may answer by what was before a change on this one. */
export const OTHER_NODES_MS = 15_000;

/**
 * Remembers for a few seconds what a query gave. For answers that may be that old on other nodes; on this node `forget` is called
 * when what they are about changes.
 */
export class TtlCache<Key, Value> {
  private entries = new Map<Key, { value: Value; at: number }>();
  private generation = 0;

  constructor(
    private readonly ttlMs: number,
    private readonly maxEntries: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get(key: Key): Value | undefined {
    const entry = this.entries.get(key);
    return entry && this.now() - entry.at < this.ttlMs ? entry.value : undefined;
  }

  /** Call before the query: its result is only kept if nothing was forgotten in the meantime. */
  begin(): (key: Key, value: Value) => void {
    const { generation } = this;
    return (key, value) => {
      if (generation !== this.generation) return;
      if (this.entries.size >= this.maxEntries) this.entries.clear();
      this.entries.set(key, { value, at: this.now() });
    };
  }

  forget(): void {
    this.generation++;
    this.entries.clear();
  }
}
