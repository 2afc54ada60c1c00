import { type RefObject, useLayoutEffect, useState } from 'react';
import { middleCut } from '../utils/middle-cut';

type Cut = ReturnType<typeof middleCut>;

/** Of the height that there is: less than one more line, and more than letters that reach beyond theirs. */
const TALLER = 1.25;

/** Whether a text has room in an element, which is as wide as what is around it: tried in a copy that nobody sees. */
function measure(element: HTMLElement, text: string): Cut {
  const copy = element.cloneNode(true) as HTMLElement;
  Object.assign(copy.style, { position: 'absolute', visibility: 'hidden', width: `${element.clientWidth}px` });
  element.after(copy);
  let inner: Element = copy;
  while (inner.childNodes.length === 1 && inner.firstElementChild) inner = inner.firstElementChild;
  // Not what overflows the element: the rim of a focused link does, too.
  const range = document.createRange();
  const cut = middleCut(text, (shown) => {
    inner.textContent = shown;
    range.selectNodeContents(inner);
    const { width, height } = range.getBoundingClientRect();
    return width <= copy.clientWidth && height < TALLER * copy.clientHeight;
  });
  copy.remove();
  return cut;
}

/** What of the element's text is left out, so that it has room. */
export function useMiddleCut(element: RefObject<HTMLElement>, text: string): Cut {
  const [cut, setCut] = useState<Cut>();
  useLayoutEffect(() => {
    const shown = element.current;
    if (!shown) return;
    let width: number | undefined;
    function fit(): void {
      if (!shown || shown.clientWidth === width) return;
      width = shown.clientWidth;
      const next = measure(shown, text);
      setCut((before) => (String(before) === String(next) ? before : next));
    }
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(shown);
    return () => observer.disconnect();
  }, [element, text]);
  return cut;
}
