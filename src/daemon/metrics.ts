/** The daemon's metrics for Prometheus; read from the engine at each scrape. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Outbox } from '../edges/alerts/outbox.ts';
import type { EngineControl, EngineStatus } from '../engine/commands.ts';
import type { FeedStatus } from '../policy/feed/feed-state.ts';

/** From 10 microseconds to 1 second. */
const LATENCY_BUCKETS = [
  0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.1, 1,
];
/** Gauges of one scrape share one question to the engine. */
const SHARED_MS = 200;

/** Name, help, and value of each gauge that is a plain number of the status. */
const GAUGES: readonly [string, string, (status: EngineStatus) => number][] = [
  ['penstock_flows_standing', 'Connections that stand', ({ conntrack }) => conntrack.standingFlows],
  ['penstock_conntrack_events_total', 'Conntrack events read', ({ conntrack }) => conntrack.events],
  ['penstock_conntrack_lost_total', 'Times the kernel dropped events', ({ conntrack }) => conntrack.lost],
  ['penstock_conntrack_resyncs_total', 'Walks through the whole table', ({ conntrack }) => conntrack.resyncs],
  [
    'penstock_conntrack_undecodable_total',
    'Messages not understood',
    ({ conntrack }) => conntrack.undecodable,
  ],
  [
    'penstock_conntrack_hooks',
    '1 while connections are tracked',
    ({ conntrack }) => Number(conntrack.hooksRegistered),
  ],
  ['penstock_incidents_open', 'Open incidents', ({ openIncidents }) => openIncidents],
  [
    'penstock_suppressions_active',
    'Suppressions that silence findings',
    (status) => status.activeSuppressions,
  ],
  ['penstock_profiles', 'Hosts whose usual behaviour is known', ({ profiles }) => profiles.established],
  [
    'penstock_profiles_evicted_total',
    'Hosts that had to be forgotten for want of room',
    ({ profiles }) => profiles.evicted,
  ],
  ['penstock_decisions_pending', 'Blocks that wait for approval', ({ decisions }) => decisions.pending],
  [
    'penstock_decisions_provisional',
    'Blocks that stand until answered',
    ({ decisions }) => decisions.provisional,
  ],
  ['penstock_decisions_active', 'Blocks that stand', ({ decisions }) => decisions.active],
  [
    'penstock_kernel_in_place',
    '1 while the table is as recorded',
    ({ kernel }) => Number(kernel.table === 'in-place'),
  ],
  ['penstock_kernel_drift_repairs_total', 'Foreign changes mended', ({ kernel }) => kernel.driftRepairs],
  [
    'penstock_kernel_verified_timestamp_seconds',
    'Last look at the table',
    ({ kernel }) => kernel.verifiedAtMs / 1000,
  ],
  ['penstock_policy_revision', 'Number of the last revision', ({ policy }) => policy.revision],
  [
    'penstock_policy_unconfirmed_seconds',
    'Time until the policy in force is taken back; 0 when it needs no confirmation',
    ({ trial }) => (trial?.leftMs ?? 0) / 1000,
  ],
];

type Dropped = EngineStatus['dropped'];

const DROPPED: readonly [string, string, (dropped: Dropped) => number][] = [
  ['penstock_dropped_reported_total', 'Dropped packets that became findings', ({ reported }) => reported],
  [
    'penstock_dropped_unreported_total',
    'Dropped packets that are only counted',
    ({ notReported }) => notReported,
  ],
  [
    'penstock_dropped_attempts_total',
    'Connections that dropped packets would have opened',
    ({ attempts }) => attempts,
  ],
  ['penstock_spared_packets_total', 'Packets let through because of neverBlock', ({ spared }) => spared],
  [
    'penstock_verdict_disagreements_total',
    'Attempts that the kernel dropped and the policy does not deny',
    ({ disagreements }) => disagreements,
  ],
];

function addDropped(registry: Registry, status: () => Promise<EngineStatus | undefined>): void {
  for (const [name, help, value] of DROPPED) {
    add(registry, name, help, async (set) => {
      const now = await status();
      if (now) set({}, value(now.dropped));
    });
  }
  for (const [name, about, value] of PRELOADED) {
    add(registry, name, about, async (set) => {
      const now = await status();
      if (now) set({}, value(now.denyLists));
    });
  }
  const help = 'Packets that the kernel dropped by the policy itself';
  const read = async (set: Set) => {
    const now = await status();
    if (now === undefined) return;
    for (const why of ['denyList', 'allowlist', 'untracked'] as const) set({ why }, now.dropped[why]);
  };
  add(registry, 'penstock_dropped_packets_total', help, read, ['why']);
}

const PRELOADED: readonly [string, string, (lists: EngineStatus['denyLists']) => number][] = [
  ['penstock_deny_ranges', 'Ranges of addresses on deny lists for the kernel', ({ ranges }) => ranges],
  ['penstock_deny_loaded', '1 when all of them are in the kernel', ({ state }) => Number(state === 'loaded')],
];

export function createMetrics(engine: EngineControl, outbox: Pick<Outbox, 'status'>): Registry {
  const registry = new Registry();
  const status = sharedStatus(engine);
  for (const [name, help, value] of GAUGES) {
    add(registry, name, help, async (set) => {
      const now = await status();
      if (now) set({}, value(now));
    });
  }
  addDropped(registry, status);
  addLatency(registry, engine);
  addAlerts(registry, outbox);
  return registry;
}

type Set = (labels: Record<string, string>, value: number) => void;

/** A number that is kept elsewhere and read at each scrape: a counter when its name says so, else a gauge. */
function add(
  registry: Registry,
  name: string,
  help: string,
  read: (set: Set) => void | Promise<void>,
  labelNames: string[] = [],
): void {
  const common = { name, help, registers: [registry], labelNames };
  if (!name.endsWith('_total')) {
    new Gauge({
      ...common,
      collect() {
        // What a label stood for may be gone.
        if (labelNames.length > 0) this.reset();
        return read((labels, value) => this.set(labels, value));
      },
    });
    return;
  }
  new Counter({
    ...common,
    collect() {
      this.reset();
      return read((labels, value) => this.inc(labels, value));
    },
  });
}

function addLatency(registry: Registry, engine: EngineControl): void {
  const latency = new Histogram({
    name: 'penstock_block_latency_seconds',
    help: "From the kernel's event to the acknowledged set element",
    buckets: LATENCY_BUCKETS,
    registers: [registry],
  });
  engine.onNotice((notice) => {
    if (notice.notice === 'blocked') latency.observe(notice.latencyMs / 1000);
  });
}

function addAlerts(registry: Registry, outbox: Pick<Outbox, 'status'>): void {
  const gauges: [string, string, (lane: ReturnType<Outbox['status']>[number]) => number][] = [
    ['penstock_alerts_backlog', 'Ledger entries that a sink has not passed', ({ backlog }) => backlog],
    ['penstock_alerts_failures_total', 'Attempts that failed', ({ failures }) => failures],
  ];
  for (const [name, help, value] of gauges) {
    const read = (set: Set) => {
      for (const lane of outbox.status()) set({ sink: lane.sink }, value(lane));
    };
    add(registry, name, help, read, ['sink']);
  }
}

/** The deny lists that are kept fresh. A list without content has no age. */
export function addDenyLists(
  registry: Registry,
  refresher: { readonly status: readonly FeedStatus[] },
): void {
  const gauges: [string, string, (status: FeedStatus) => number | undefined][] = [
    [
      'penstock_deny_list_age_seconds',
      'Since the content was read or found unchanged',
      ({ fetchedAtMs }) => (fetchedAtMs === null ? undefined : Math.max(0, Date.now() - fetchedAtMs) / 1000),
    ],
    ['penstock_deny_list_prefixes', 'Networks on the list', ({ prefixes }) => prefixes],
    ['penstock_deny_list_failing', '1 while it needs a look', ({ trouble }) => Number(trouble !== null)],
  ];
  for (const [name, help, value] of gauges) {
    const read = (set: Set) => {
      for (const status of refresher.status) {
        const number = value(status);
        if (number !== undefined) set({ list: status.list }, number);
      }
    };
    add(registry, name, help, read, ['list']);
  }
}

function sharedStatus(engine: EngineControl): () => Promise<EngineStatus | undefined> {
  let asked: Promise<EngineStatus | undefined> | undefined;
  return () => {
    if (asked === undefined) {
      asked = engine.call('status', {}).then(
        (outcome) => (outcome.ok ? outcome.result : undefined),
        () => undefined,
      );
      setTimeout(() => {
        asked = undefined;
      }, SHARED_MS).unref();
    }
    return asked;
  };
}
