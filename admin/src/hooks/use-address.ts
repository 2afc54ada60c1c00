import { useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

export interface Address {
  get(key: string): string | undefined;
  /**
   * Undefined takes a key out.
   * @param replace no step for the browser's Back.
   * @param without keys of the whole address that go with it.
   */
  set(changes: Record<string, string | undefined>, replace?: boolean, without?: (key: string) => boolean): void;
}

/**
 * A tab's part of the page's address: what is shown stays when somebody reloads, goes back, or hands the address on. Another object
 * only when the address is another one.
 */
export function useAddress(tab: string): Address {
  const [params, setParams] = useSearchParams();
  return useMemo(() => {
    const full = (key: string) => `${tab}.${key}`;
    return {
      get: (key) => params.get(full(key)) ?? undefined,
      set(changes, replace = false, without = () => false) {
        setParams(
          (before) => {
            const next = new URLSearchParams([...before].filter(([key]) => !without(key)));
            for (const [key, value] of Object.entries(changes)) {
              if (value === undefined) next.delete(full(key));
              else next.set(full(key), value);
            }
            return next;
          },
          { replace },
        );
      },
    };
  }, [params, setParams, tab]);
}

/** Of a tab whose list has pages: which one is shown, from 1, in its address. */
export function usePage(address: Address) {
  return {
    page: Math.max(1, Math.trunc(Number(address.get('page'))) || 1),
    onPage: (next: number) => address.set({ page: next === 1 ? undefined : String(next) }),
  };
}
