/** Longest time between what somebody has done and the answer that takes its button away. */
const WATCHED_MS = 15_000;

/**
 * When the element that has the focus goes from the page, or is disabled, the browser gives the focus to the body, and whoever uses the
 * keyboard starts at the top again. Then the next thing around it gets it: the list, the section, the dialog; or the element itself, as
 * soon as it can be used again.
 */
export function keepFocus(focused: Element | null): void {
  if (!(focused instanceof HTMLElement) || focused === document.body) return;
  const around: HTMLElement[] = [];
  for (let one = focused.parentElement; one && one !== document.body; one = one.parentElement) around.push(one);
  let wasDisabled = false;
  const observer = new MutationObserver(() => {
    if (focused.isConnected) {
      const isDisabled = focused.matches(':disabled');
      const isBack = wasDisabled && !isDisabled;
      if (isBack && document.activeElement === document.body) focused.focus({ preventScroll: true });
      wasDisabled = isDisabled;
      return;
    }
    stop();
    if (document.activeElement !== document.body) return;
    const place = around.find(
      (one) => one.isConnected && one.matches('li, ul, table, section, article, dialog, main, [role]'),
    );
    if (!place) return;
    if (!place.hasAttribute('tabindex')) place.tabIndex = -1;
    place.focus({ preventScroll: true });
  });
  const timer = setTimeout(stop, WATCHED_MS);
  function stop(): void {
    clearTimeout(timer);
    observer.disconnect();
  }
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
}
