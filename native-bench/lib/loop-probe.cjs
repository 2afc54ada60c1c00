/** Loaded into Strapi by NODE_OPTIONS: on SIGUSR2 the event-loop delays since the last one are written to LOOP_PROBE. */
const { writeFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');

if (process.env.LOOP_PROBE && process.argv[1]?.endsWith('strapi.js')) {
  const RESOLUTION_MS = 1;
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const ms = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  delays.enable();
  process.on('SIGUSR2', () => {
    const [p50, p99, max] = [delays.percentile(50), delays.percentile(99), delays.max].map(ms);
    writeFileSync(process.env.LOOP_PROBE, JSON.stringify({ p50, p99, max, samples: delays.count }));
    delays.reset();
  });
}
