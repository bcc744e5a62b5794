/** What the engine says of itself when it is asked. */
import type { DroppedStatus, EngineStatus } from './commands.ts';
import type { Engine } from './engine.ts';

export function engineStatus(engine: Engine, nowMs: number): EngineStatus {
  const { policy } = engine.policies.inForce;
  const { established, evicted } = engine.anomalies.detection.profiles;
  return {
    mode: policy.mode,
    startedAtMs: engine.startedAtMs,
    policy: { name: policy.name, digest: policy.digest, revision: engine.journal.lastRevision },
    trial: engine.trials.status(nowMs),
    kernel: engine.keeper.status,
    allowlist: engine.allowlist.status,
    ...(engine.journal.failure !== undefined && { ledgerError: engine.journal.failure }),
    conntrack: {
      ...engine.feed.counters,
      standingFlows: engine.table.size,
      hooksRegistered: engine.hooksRegistered,
    },
    decisions: engine.desk.counts,
    breaker: engine.safeguards.breaker,
    openIncidents: engine.incidents.size + engine.cases.size,
    activeSuppressions: engine.suppressions.size,
    profiles: { established, evicted },
    denyLists: engine.denyPreload.status,
    dropped: dropped(engine),
    blockLatency: engine.latency.summary,
  };
}

function dropped({ drops, denied, packetLog }: Engine): DroppedStatus {
  drops.read();
  const { reported, attempts, spared: toldSpared, disagreements } = denied.counters;
  const [denyList, allowlist] = [drops.total('denied'), drops.total('refused')];
  const untracked = drops.total('unseen');
  const overLimits = drops.total('limited');
  const { failure } = packetLog;
  return {
    denyList,
    allowlist,
    untracked,
    limits: overLimits + drops.total('metered'),
    reported,
    notReported: Math.max(0, denyList + allowlist + untracked + overLimits - reported),
    attempts,
    spared: Math.max(drops.total('spared'), toldSpared),
    disagreements,
    ...(failure !== undefined && { error: failure }),
  };
}
