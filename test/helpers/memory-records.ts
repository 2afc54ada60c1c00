import type { Records } from '../../plugin/ports';

/** What nodes agree on, in memory. */
export function createMemoryRecords(): Records {
  const values = new Map<string, { revision: number; value: unknown }>();
  return {
    read: async <T>(name: string) => values.get(name) as { revision: number; value: T } | undefined,
    async write(name, value, after) {
      if ((values.get(name)?.revision ?? 0) !== after) return false;
      values.set(name, { revision: after + 1, value });
      return true;
    },
  };
}
