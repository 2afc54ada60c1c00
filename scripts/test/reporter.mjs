/** A node:test reporter that writes one line of JSON for each test that ended. scripts/test.mjs adds them up. */
export default async function* countTests(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    const skipped = data.skip ?? data.todo;
    const outcome = skipped !== undefined ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed';
    const reason = typeof skipped === 'string' && skipped ? skipped : 'no reason given';
    yield `${JSON.stringify({ outcome, name: data.name, ...(outcome === 'skipped' ? { reason } : {}) })}\n`;
  }
}
