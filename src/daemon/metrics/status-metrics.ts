/** What the engine's status says: what stands now. */
import type { Registry } from 'prom-client';
import type { DroppedStatus, EngineStatus } from '../../engine/commands.ts';
import type { EngineSource } from './engine-source.ts';
import { addFamily, type Put } from './family.ts';

type Value = (status: EngineStatus) => number | undefined;
type Row = readonly [name: string, help: string, value: Value];

const STANDING: readonly Row[] = [
  ['penstock_start_timestamp_seconds', 'When the engine started', ({ startedAtMs }) => startedAtMs / 1_000],
  ['penstock_flows_standing', 'Connections that stand', ({ conntrack }) => conntrack.standingFlows],
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
];

const KERNEL: readonly Row[] = [
  [
    'penstock_kernel_in_place',
    '1 while the table is as recorded',
    ({ kernel }) => Number(kernel.table === 'in-place'),
  ],
  ['penstock_kernel_drift_repairs_total', 'Foreign changes mended', ({ kernel }) => kernel.driftRepairs],
  [
    'penstock_kernel_drift_contested',
    '1 while others change the table again and again',
    ({ kernel }) => Number(kernel.contestedBy !== undefined),
  ],
  [
    'penstock_kernel_verified_timestamp_seconds',
    'Last look at the table',
    ({ kernel }) => kernel.verifiedAtMs / 1_000,
  ],
  [
    'penstock_allowlist_elements',
    'Set elements of what the rules allow',
    ({ allowlist }) => allowlist.elements,
  ],
  [
    'penstock_allowlist_failing',
    '1 while the kernel does not hold the allowlist of the policy in force',
    ({ allowlist }) => Number(allowlist.error !== undefined),
  ],
  [
    'penstock_deny_ranges',
    'Ranges of addresses on deny lists for the kernel',
    (status) => status.denyLists.ranges,
  ],
  [
    'penstock_deny_loaded',
    '1 when all of them are in the kernel',
    ({ denyLists }) => Number(denyLists.state === 'loaded'),
  ],
];

const POLICY: readonly Row[] = [
  ['penstock_policy_revision', 'Number of the last revision', ({ policy }) => policy.revision],
  [
    'penstock_policy_unconfirmed_seconds',
    'Time until the policy in force is taken back; 0 when it needs no confirmation',
    ({ trial }) => (trial?.leftMs ?? 0) / 1_000,
  ],
  [
    'penstock_policy_trial',
    '1 while the policy in force waits to be confirmed',
    ({ trial }) => Number(trial !== null),
  ],
  [
    'penstock_breaker_open',
    '1 while automation only alerts, until a person closes the circuit breaker',
    ({ breaker }) => Number(breaker.state === 'open'),
  ],
  [
    'penstock_ledger_failing',
    '1 while nothing can be recorded, so that nothing is done',
    ({ ledgerError }) => Number(ledgerError !== undefined),
  ],
];

const DROPPED: readonly (readonly [string, string, (dropped: DroppedStatus) => number])[] = [
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

export function addStatusMetrics(registry: Registry, { status }: EngineSource): void {
  const add = (name: string, help: string, value: Value) =>
    addFamily(registry, {
      name,
      help,
      async read(put) {
        const now = await status();
        const number = now && value(now);
        if (number !== undefined) put({}, number);
      },
    });
  for (const row of [...STANDING, ...KERNEL, ...POLICY]) add(...row);
  for (const [name, help, value] of DROPPED) add(name, help, ({ dropped }) => value(dropped));
  const telling = (tell: (now: EngineStatus, put: Put) => void) => async (put: Put) => {
    const now = await status();
    if (now) tell(now, put);
  };
  addFamily(registry, {
    name: 'penstock_dropped_packets_total',
    help: 'Packets that the kernel dropped by the policy itself',
    labels: ['why'],
    read: telling(({ dropped }, put) => {
      for (const why of ['denyList', 'allowlist', 'limits', 'untracked'] as const) put({ why }, dropped[why]);
    }),
  });
  addFamily(registry, {
    name: 'penstock_policy_info',
    help: 'The policy in force; always 1',
    labels: ['name', 'digest', 'mode'],
    read: telling(({ policy: { name, digest }, mode }, put) => put({ name, digest, mode }, 1)),
  });
}
