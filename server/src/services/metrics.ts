import type * as PromClient from 'prom-client';
import { SimilarError } from '../../../plugin/errors';
import type { Similarity } from '../../../plugin/similarity';
import { METRICS, type Reading } from '../metrics/table';

export interface MetricsDeps {
  core: () => Similarity;
  /** @returns undefined where it is not installed. */
  load: () => typeof PromClient | undefined;
}

/** Routes whose requests are measured, by the name of their controller. */
export const MEASURED = ['similar', 'search', 'batch', 'explain'] as const;
export type MeasuredRoute = (typeof MEASURED)[number];

export const REQUEST_DURATION = 'similar_request_duration_seconds';

/** From an answer that is remembered to a search that waits for the index. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Of a large library the counts of a scrape may be this old. */
const MAX_AGE_MS = 60_000;

interface Exporter {
  write(reading: Reading): Promise<string>;
  observe(route: MeasuredRoute, status: number, seconds: number): void;
  contentType: string;
}

/** A registry of its own: the project may use the global one for what it likes, and two Strapis may share a process. */
function createExporter({ Registry, Gauge, Counter, Histogram }: typeof PromClient): Exporter {
  const registry = new Registry();
  const exported = METRICS.map(({ name, help, type, labels, samples }) => {
    const config = { name, help, labelNames: labels, registers: [registry] };
    if (type === 'gauge') {
      const gauge = new Gauge(config);
      return (reading: Reading) => {
        gauge.reset();
        for (const { labels, value } of samples(reading)) gauge.set(labels, value);
      };
    }
    const counter = new Counter(config);
    return (reading: Reading) => {
      counter.reset();
      for (const { labels, value } of samples(reading)) counter.inc(labels, value);
    };
  });
  const requests = new Histogram({
    name: REQUEST_DURATION,
    help: 'Duration of requests of the content API by route and class of the status',
    labelNames: ['route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    write(reading) {
      for (const set of exported) set(reading);
      return registry.metrics();
    },
    observe: (route, status, seconds) => requests.observe({ route, status: `${Math.floor(status / 100)}xx` }, seconds),
  };
}

/** What Prometheus scrapes. prom-client is loaded for the first scrape, and requests are measured from then on. */
export function createMetrics({ core, load }: MetricsDeps) {
  let exporter: Exporter | undefined;

  function loaded(): Exporter {
    if (exporter) return exporter;
    const client = load();
    if (!client) throw new SimilarError('METRICS_UNAVAILABLE', 'prom-client is not installed');
    exporter = createExporter(client);
    return exporter;
  }

  return {
    /** @throws SimilarError `METRICS_UNAVAILABLE` */
    async read(): Promise<{ text: string; contentType: string }> {
      const { write, contentType } = loaded();
      const options = { maxAgeMs: MAX_AGE_MS };
      const [progress, failures] = await Promise.all([core().progress(options), core().failures(options)]);
      return { text: await write({ progress, failures }), contentType };
    },

    /** Notes how long a request took; without effect before the first scrape. */
    observe(route: MeasuredRoute, status: number, seconds: number): void {
      exporter?.observe(route, status, seconds);
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
