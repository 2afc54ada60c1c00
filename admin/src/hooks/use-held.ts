import { useRef, useState } from 'react';
import type { Remote } from './use-remote';

interface Held<T> {
  /** What is shown. */
  shown?: T;
  /** A later answer says otherwise. */
  isOld: boolean;
  /** Shows the later one. */
  update(): void;
}

/**
 * A list that changes by itself is not replaced under whoever reads it and is about to press a button: what is asked again and
 * again waits until it is wanted. Another question and a reload are answered at once, and so is one without an answer so far.
 * @param listOf what is read of the data
 */
export function useHeld<T>({ data, loading }: Remote<T>, listOf: (data: T) => readonly unknown[]): Held<T> {
  const held = useRef<T>();
  const isDue = useRef(true);
  const [, draw] = useState(0);
  const isEmpty = held.current === undefined || listOf(held.current).length === 0;
  if (loading) isDue.current = true;
  else if (isDue.current || isEmpty) {
    held.current = data;
    isDue.current = false;
  }
  const shown = data && held.current;
  return {
    shown,
    isOld: !loading && shown !== data && !isSame(shown && listOf(shown), data && listOf(data)),
    update() {
      isDue.current = true;
      draw((turn) => turn + 1);
    },
  };
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
