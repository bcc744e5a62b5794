/** Metrics whose numbers are kept elsewhere and read at each scrape. */
import { Counter, Gauge, type Metric, type Registry } from 'prom-client';
import type { TimeSummary } from '../../engine/measure/time-histogram.ts';

export type Labels = Readonly<Record<string, string>>;
/** Give a sample its value. */
export type Put = (labels: Labels, value: number) => void;

export interface Family {
  readonly name: string;
  /** What is counted, in which unit. */
  readonly help: string;
  readonly labels?: readonly string[];
  /** Puts nothing where nothing is known: the family is then empty in this scrape. */
  readonly read: (put: Put) => void | Promise<void>;
}

/** A counter when its name says so (`_total`), else a gauge. */
export function addFamily(registry: Registry, { name, help, labels = [], read }: Family): void {
  const common = { name, help, registers: [registry], labelNames: [...labels] };
  if (!name.endsWith('_total')) {
    new Gauge({
      ...common,
      collect() {
        // What a label stood for may be gone; what nobody knows is not 0.
        this.reset();
        if (labels.length === 0) this.remove();
        return read((given, value) => this.set(given, value));
      },
    });
    return;
  }
  new Counter({
    ...common,
    collect() {
      this.reset();
      if (labels.length === 0) this.remove();
      return read((given, value) => this.inc(given, value));
    },
  });
}

export interface Times {
  readonly name: string;
  readonly help: string;
  readonly read: () => Promise<TimeSummary | undefined>;
}

/** A histogram that is counted elsewhere; prom-client's own takes single observations only. */
export function addTimes(registry: Registry, { name, help, read }: Times): void {
  const metric = {
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    async get() {
      const summary = await read();
      return {
        name,
        help,
        type: 'histogram',
        aggregator: 'sum',
        values: summary ? samplesOf(name, summary) : [],
      };
    },
    reset() {},
  };
  registry.registerMetric(metric as unknown as Metric);
}

/** Prometheus' buckets hold all that is below their bound. */
function samplesOf(name: string, { bounds, counts, sumSeconds, count }: TimeSummary) {
  let below = 0;
  const buckets = [...bounds, '+Inf' as const].map((le, i) => {
    below += counts[i];
    return { labels: { le }, value: below, metricName: `${name}_bucket` };
  });
  return [
    ...buckets,
    { labels: {}, value: sumSeconds, metricName: `${name}_sum` },
    { labels: {}, value: count, metricName: `${name}_count` },
  ];
}
