/** Small JSON documents beside the queue, e.g. which space is live. Every node sees the same ones. */
export interface Records {
  read<T>(name: string): Promise<{ revision: number; value: T } | undefined>;
  /**
   * Writes if the record's revision is still `after` (0: there is none yet), and makes it one larger.
   * @returns false when somebody else was faster.
   */
  write(name: string, value: unknown, after: number): Promise<boolean>;
}
