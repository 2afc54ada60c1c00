import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { until } from './until';

/** What keeps people out: missing names and roles, too little contrast, and more, within one part of the page. */
export async function barriers(page: Page, within: string): Promise<string[]> {
  await page.evaluate(axe.source);
  // Text that fades in has less contrast than it will have.
  const isStill = 'document.getAnimations().every(({ playState }) => playState !== "running")';
  await until('nothing moves', () => page.evaluate<boolean>(isStill));
  const found = await page.evaluate(`axe.run(${JSON.stringify(within)}, { resultTypes: ['violations'] })`);
  return (found as axe.AxeResults).violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
  );
}
