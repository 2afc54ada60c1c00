const HIDDEN = 'position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap';

let region: HTMLElement | undefined;

/** Has to be there before something is said in it: screen readers do not read a region that comes with its text. */
export function prepareToSay(): void {
  if (region) return;
  region = document.createElement('div');
  region.setAttribute('role', 'status');
  region.setAttribute('aria-live', 'polite');
  region.style.cssText = HIDDEN;
  document.body.append(region);
}

/** Screen readers say it when they have ended what they are saying; also while a dialog is open, which hides all else from them. */
export function sayAloud(sentence: string): void {
  if (!region) return;
  const line = document.createElement('p');
  line.textContent = sentence;
  region.append(line);
  while (region.childElementCount > 3) region.firstElementChild?.remove();
}
