import { type RefObject, useLayoutEffect } from 'react';

let focused: { index: number; at: number } | undefined;

const focusable = (box: HTMLElement) => [...box.querySelectorAll<HTMLElement>('a[href], button')];

/** How long a box may be gone and come back as the same one. */
const GONE_MS = 1_000;

/**
 * Strapi's menu makes its icons anew whenever the address changes, and what they show with them: whoever had the focus in
 * there gets it back in the same place.
 */
export function useKeptFocus(box: RefObject<HTMLElement>): void {
  useLayoutEffect(() => {
    const here = box.current;
    if (!here) return;
    const lost = focused;
    focused = undefined;
    if (lost && performance.now() - lost.at < GONE_MS && document.activeElement === document.body) {
      focusable(here)[lost.index]?.focus({ preventScroll: true });
    }
    return () => {
      const index = focusable(here).indexOf(document.activeElement as HTMLElement);
      focused = index < 0 ? undefined : { index, at: performance.now() };
    };
  }, [box]);
}
