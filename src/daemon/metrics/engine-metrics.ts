/** What the engine counts and times on the way from an event of the kernel to a set element. */
import type { Registry } from 'prom-client';
import type { EngineMeasures } from '../../engine/measure/measures.ts';
import type { TimeSummary } from '../../engine/measure/time-histogram.ts';
import type { EngineSource } from './engine-source.ts';
import { addFamily, addTimes, type Family, type Put } from './family.ts';

type Row = readonly [name: string, help: string, value: (measures: EngineMeasures) => number | undefined];

const CONNTRACK: readonly Row[] = [
  ['penstock_conntrack_events_total', 'Conntrack events read', ({ conntrack }) => conntrack.events],
  ['penstock_conntrack_lost_total', 'Times the kernel dropped events', ({ conntrack }) => conntrack.lost],
  ['penstock_conntrack_resyncs_total', 'Walks through the whole table', ({ conntrack }) => conntrack.resyncs],
  [
    'penstock_conntrack_undecodable_total',
    'Messages not understood',
    ({ conntrack }) => conntrack.undecodable,
  ],
  [
    'penstock_conntrack_walks_begun_total',
    'Walks through the whole table that were begun',
    ({ conntrack }) => conntrack.walks.begun,
  ],
  [
    'penstock_conntrack_walks_interrupted_total',
    'Walks that broke off; another follows',
    ({ conntrack }) => conntrack.walks.interrupted,
  ],
  [
    'penstock_conntrack_walk_entries_total',
    'Connections that walks showed',
    ({ conntrack }) => conntrack.walks.entries,
  ],
  [
    'penstock_conntrack_walk_work_seconds_total',
    'Time spent on walks: with the entries, their pace',
    ({ conntrack }) => conntrack.walks.workSeconds,
  ],
  [
    'penstock_conntrack_walk_duration_seconds',
    'The last walk, from begin to end, with all that came in between',
    ({ conntrack }) => conntrack.walks.lastSeconds,
  ],
  [
    'penstock_flows_unkept_total',
    'Sightings of connections that the full table did not keep',
    ({ conntrack }) => conntrack.unkept,
  ],
];

const PACKETS: readonly Row[] = [
  ['penstock_packet_log_packets_total', 'Packets that rules told of', ({ packetLog }) => packetLog?.packets],
  [
    'penstock_packet_log_missed_total',
    'Packets that were told and lost on the way',
    ({ packetLog }) => packetLog?.missed,
  ],
  ['penstock_packet_log_overruns_total', 'Times the queue was full', ({ packetLog }) => packetLog?.overruns],
  [
    'penstock_packet_log_undecodable_total',
    'Told packets that are of no use',
    ({ packetLog, denied }) => (packetLog?.undecodable ?? 0) + denied.unreadable,
  ],
];

const NAMES: readonly Row[] = [
  ['penstock_dns_watching', '1 while names are learnt from DNS', ({ names }) => Number(names.watching)],
  ['penstock_dns_packets_total', 'DNS packets seen', ({ names }) => names.packets],
  ['penstock_dns_questions_total', 'Questions of names that the policy has', ({ names }) => names.questions],
  ['penstock_dns_learnt_total', 'Answers that taught something', ({ names }) => names.learnt],
  ['penstock_dns_unasked_total', 'Answers that fit no question', ({ names }) => names.unasked],
  ['penstock_dns_unusable_total', 'Answers that make no sense', ({ names }) => names.unusable],
  ['penstock_dns_refused_total', 'Addresses not learnt for want of room', ({ names }) => names.refused],
  ['penstock_dns_withheld_total', 'Addresses that no rule by name can allow', ({ names }) => names.withheld],
  ['penstock_dns_lost_total', 'Times DNS packets were lost before they were read', ({ names }) => names.lost],
  ['penstock_names', 'Names whose addresses are known', ({ names }) => names.names],
  ['penstock_name_addresses', 'Addresses that names are known to have', ({ names }) => names.addresses],
];

const RECORD: readonly Row[] = [
  [
    'penstock_ledger_failures_total',
    'Times something could not be recorded',
    ({ ledger }) => ledger.failures,
  ],
  [
    'penstock_kernel_refused_total',
    'Transactions of set elements that the kernel refused',
    ({ kernel }) => kernel.refused,
  ],
  ['penstock_policy_rules', 'Rules of the policy in force', ({ policy }) => policy.rules],
  ['penstock_policy_rules_expired', 'Rules whose time is over', ({ policy }) => policy.expiredRules],
  [
    'penstock_policy_next_expiry_timestamp_seconds',
    'When the next rule expires',
    ({ policy: { nextExpiryMs } }) => (nextExpiryMs === null ? undefined : nextExpiryMs / 1_000),
  ],
];

type Labelled = Omit<Family, 'read'> & { readonly tell: (measures: EngineMeasures, put: Put) => void };

const LABELLED: readonly Labelled[] = [
  {
    name: 'penstock_verdicts_total',
    help: 'Connections judged when they began',
    labels: ['verdict'],
    tell: ({ verdicts }, put) => {
      for (const [verdict, count] of Object.entries(verdicts)) put({ verdict }, count);
    },
  },
  {
    name: 'penstock_findings_total',
    help: 'Findings by detector; suppressed ones were not heard',
    labels: ['detector', 'outcome'],
    tell: ({ findings }, put) => {
      for (const { detector, heard, suppressed } of findings) {
        put({ detector, outcome: 'heard' }, heard);
        put({ detector, outcome: 'suppressed' }, suppressed);
      }
    },
  },
  {
    name: 'penstock_incidents_opened_total',
    help: 'Incidents by the severity that they opened with',
    labels: ['severity'],
    tell: ({ entries }, put) => {
      for (const [severity, count] of Object.entries(entries.opened)) put({ severity }, count);
    },
  },
  {
    name: 'penstock_decision_events_total',
    help: 'What happened to decisions, and whose they are',
    labels: ['event', 'origin'],
    tell: ({ entries }, put) => {
      for (const { event, origin, count } of entries.decisions)
        put({ event, origin: origin ?? 'none' }, count);
    },
  },
  {
    name: 'penstock_ledger_entries_total',
    help: 'Entries recorded, by type',
    labels: ['type'],
    tell: ({ entries }, put) => {
      for (const [type, count] of Object.entries(entries.byType)) put({ type }, count);
    },
  },
  {
    name: 'penstock_kernel_elements_changed_total',
    help: 'Set elements changed in the kernel',
    labels: ['action'],
    tell: ({ kernel }, put) => {
      for (const [action, count] of Object.entries(kernel.elements)) put({ action }, count);
    },
  },
];

const TIMES: readonly (readonly [string, string, (measures: EngineMeasures) => TimeSummary])[] = [
  [
    'penstock_kernel_transaction_seconds',
    'From the call to the acknowledgement of a change of set elements',
    ({ kernel }) => kernel.transactions,
  ],
  ['penstock_ledger_append_seconds', 'From the call to the commit', ({ ledger }) => ledger.appends],
  [
    'penstock_loop_turn_seconds',
    'How long the engine works between two looks at what waits',
    ({ loop }) => loop.turns,
  ],
  [
    'penstock_loop_lateness_seconds',
    'By how much its chores came after their time',
    ({ loop }) => loop.lateness,
  ],
  [
    'penstock_dns_hold_seconds',
    'How long a DNS packet waited for what it taught',
    ({ names }) => names.holds,
  ],
];

export function addEngineMetrics(registry: Registry, { measures }: EngineSource): void {
  for (const [name, help, value] of [...CONNTRACK, ...PACKETS, ...NAMES, ...RECORD]) {
    addFamily(registry, {
      name,
      help,
      async read(put) {
        const now = await measures();
        const number = now && value(now);
        if (number !== undefined) put({}, number);
      },
    });
  }
  for (const { tell, ...family } of LABELLED) {
    addFamily(registry, {
      ...family,
      async read(put) {
        const now = await measures();
        if (now) tell(now, put);
      },
    });
  }
  for (const [name, help, times] of TIMES) {
    addTimes(registry, {
      name,
      help,
      async read() {
        const now = await measures();
        return now && times(now);
      },
    });
  }
}
