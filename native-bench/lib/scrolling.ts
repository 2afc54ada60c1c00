import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** A script for the page, before anything else runs there: notes tasks of its main thread that take longer than 50 ms. */
export const WATCH_LONG_TASKS = `(() => {
  const tasks = (window.longTasks = []);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ type: 'longtask' });
})()`;

const STEPS = 60;
const STEP_PX = 160;
/** As a finger turns a wheel. */
const STEP_MS = 30;
/** What opening the page still does is no scrolling. */
const SETTLE_MS = 1_500;

/**
 * Scrolls down and up again with the mouse over the middle of the page.
 * @returns milliseconds of each task of its main thread that took longer than 50 ms meanwhile.
 */
export async function longTasksWhileScrolling(page: Page): Promise<number[]> {
  const { width, height } = page.viewportSize() as { width: number; height: number };
  await page.mouse.move(width / 2, height / 2);
  await sleep(SETTLE_MS);
  await page.evaluate('window.longTasks.length = 0');
  for (const direction of [1, -1]) {
    for (let step = 0; step < STEPS; step++) {
      await page.mouse.wheel(0, direction * STEP_PX);
      await sleep(STEP_MS);
    }
  }
  return page.evaluate('window.longTasks.slice()');
}
