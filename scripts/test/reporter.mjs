/**
 * A node:test reporter that writes one line of JSON for each test that begins or ends. scripts/test/file.mjs adds them
 * up, and sees by them whether a file still gets on.
 */
export default async function* tellTests(events) {
  for await (const { type, data } of events) {
    if (type === 'test:dequeue') yield line({ began: data.name, nesting: data.nesting });
    if (type === 'test:pass' || type === 'test:fail')
      yield line({ name: data.name, nesting: data.nesting, ...outcomeOf(type, data) });
  }
}

const line = (value) => `${JSON.stringify(value)}\n`;

/** A suite counts only when it was skipped, and its tests are not told of, or when a hook of its own failed. */
function outcomeOf(type, { skip, todo, details }) {
  const skipped = skip ?? todo;
  if (skipped !== undefined) {
    return { outcome: 'skipped', reason: typeof skipped === 'string' && skipped ? skipped : 'no reason given' };
  }
  // Its tests are told of as cancelled, and not by what.
  const ownFault = details?.error?.failureType === 'hookFailed';
  if (details?.type === 'suite' && !ownFault) return {};
  return type === 'test:pass' ? { outcome: 'passed' } : { outcome: 'failed', why: whyOf(details?.error) };
}

/** node:test wraps what the test threw. */
function whyOf(error) {
  const thrown = error?.cause ?? error;
  return thrown?.stack ?? String(thrown);
}
