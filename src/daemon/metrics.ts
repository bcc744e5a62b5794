/**
 * The daemon's metrics for Prometheus. Nothing is counted here but what passes through here (blocks, API requests);
 * the rest is read at each scrape from where it is kept:
 *
 *   scrape ---> status, measures   of the engine, each asked once
 *          ---> outbox, deny lists, files, kernel queues
 *
 * Names follow Prometheus' conventions; labels are rules, lists, sinks, routes and words, never addresses, so that
 * nobody outside can make them grow.
 */
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Outbox } from '../edges/alerts/outbox.ts';
import type { EngineControl } from '../engine/commands.ts';
import { addAlertMetrics } from './metrics/edge-metrics.ts';
import { addEngineMetrics } from './metrics/engine-metrics.ts';
import { engineSource } from './metrics/engine-source.ts';
import { addStateMetrics } from './metrics/state-metrics.ts';
import { addStatusMetrics } from './metrics/status-metrics.ts';

export { addDenyLists } from './metrics/edge-metrics.ts';

/** From 10 microseconds to 1 second. */
const LATENCY_BUCKETS = [
  0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.1, 1,
];

/** Gauges of prom-client that call themselves counters; others tell the same by type. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

/** How often the main thread's event loop is looked at: every 10 ms, as by default, takes 0.5 % of a processor. */
const LOOP_LOOK_MS = 100;

export interface MetricsOptions {
  /** Where others have put theirs already; a new one, when left out. */
  readonly registry?: Registry;
  /** Where the ledger lies; without it there are no sizes, and no numbers of the process. */
  readonly stateDir?: string;
}

export function createMetrics(
  engine: EngineControl,
  outbox: Pick<Outbox, 'status'>,
  { registry = new Registry(), stateDir }: MetricsOptions = {},
): Registry {
  const source = engineSource(engine);
  addStatusMetrics(registry, source);
  addEngineMetrics(registry, source);
  addLatency(registry, engine);
  addAlertMetrics(registry, outbox);
  if (stateDir === undefined) return registry;
  addStateMetrics(registry, source, stateDir);
  // process_* and nodejs_*: memory, processor time, open files, garbage collection.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_LOOK_MS });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return registry;
}

function addLatency(registry: Registry, engine: EngineControl): void {
  const latency = new Histogram({
    name: 'penstock_block_latency_seconds',
    help: "From the kernel's event to the acknowledged set element",
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  engine.onNotice((notice) => {
    if (notice.notice === 'blocked') latency.observe(notice.latencyMs / 1_000);
  });
}
