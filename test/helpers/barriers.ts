import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { until } from './until';

/** WCAG 2.2 asks for it in level AA; axe leaves it out unless it is asked for. */
const OPTIONS = { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } };

/** What keeps people out: missing names and roles, too little contrast, too small targets, and more, within one part of the page. */
export async function barriers(page: Page, within: string): Promise<string[]> {
  await page.evaluate(axe.source);
  // Text that fades in has less contrast than it will have.
  const isStill = 'document.getAnimations().every(({ playState }) => playState !== "running")';
  await until('nothing moves', () => page.evaluate<boolean>(isStill));
  const found = await page.evaluate(`axe.run(${JSON.stringify(within)}, ${JSON.stringify(OPTIONS)})`);
  return (found as axe.AxeResults).violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`),
  );
}
