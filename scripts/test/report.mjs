export const title = (text) => console.log(`\n── ${text} ${'─'.repeat(Math.max(0, 90 - text.length))}`);

const SLOWEST = 10;
/** Of each failure: whoever sees the end of a log alone has to see what went wrong. */
const WHY_LINES = 30;

export function reportSlowest(files) {
  title('slowest files');
  const slowest = files.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  for (const { file, ms } of slowest) console.log(`${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`);
}

/** Prints what was skipped and why, what failed, and the closing line. @returns whether all went well. */
export function report(results) {
  const of = (wanted) => results.filter(({ outcome }) => outcome === wanted);
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(of);
  if (skipped.length > 0) title(`skipped: ${skipped.length}`);
  const reasons = new Map();
  for (const { name, reason } of skipped) reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  for (const [reason, names] of reasons) console.log(`${reason}\n${names.map((name) => `    ${name}`).join('\n')}`);
  if (failed.length > 0) title(`failed: ${failed.length}`);
  for (const { name, why } of failed) {
    console.log(`    ${name}`);
    if (why) console.log(indented(why));
  }
  console.log(`\n${passed.length} passed, ${failed.length} failed`);
  return failed.length === 0 && passed.length > 0;
}

function indented(text) {
  const lines = text.split('\n');
  const shown = lines.slice(0, WHY_LINES).map((line) => `        ${line}`);
  return [...shown, ...(lines.length > WHY_LINES ? ['        …'] : [])].join('\n');
}
