/** All that the engine counts and times, for the metrics: plain numbers, read from where they are kept. */

import type { PolicyCause } from '../../incident/incident.ts';
import type { NflogCounters } from '../../nflog/socket.ts';
import type { AnomalyDetector } from '../../policy/schema/detectors.ts';
import type { FeedCounters, WalkCounters } from '../conntrack-feed.ts';
import type { DeniedCounters } from '../denied-feed.ts';
import type { Engine } from '../engine.ts';
import type { NamesCounters } from '../names-keeper.ts';
import type { VerdictCounts } from '../traffic-judge.ts';
import type { EntryCounts } from './entry-tally.ts';
import type { LoopMeter } from './loop-meter.ts';
import type { KernelChangeCounts } from './measured-elements.ts';
import type { TimeSummary } from './time-histogram.ts';

/** What a detector said, and how much of it a suppression kept from being heard. */
export interface FindingCount {
  readonly detector: PolicyCause | AnomalyDetector;
  readonly heard: number;
  readonly suppressed: number;
}

/** Counts are since the start of the engine; times are ms since the epoch. */
export interface EngineMeasures {
  readonly conntrack: FeedCounters & { readonly walks: WalkCounters; readonly unkept: number };
  readonly verdicts: VerdictCounts;
  readonly findings: readonly FindingCount[];
  readonly entries: EntryCounts;
  readonly kernel: KernelChangeCounts;
  readonly ledger: { readonly appends: TimeSummary; readonly failures: number };
  readonly loop: ReturnType<LoopMeter['summary']>;
  /** undefined while another process reads our group. */
  readonly packetLog: NflogCounters | undefined;
  readonly denied: DeniedCounters;
  readonly names: NamesSummary;
  readonly policy: PolicyFacts;
  /** File descriptors of the netlink sockets, by what is read from them; the kernel tells how full each is. */
  readonly sockets: Readonly<Record<string, number>>;
}

export interface NamesSummary extends NamesCounters {
  readonly watching: boolean;
  readonly names: number;
  readonly addresses: number;
  /** How long a DNS packet waited for what was learnt of it. */
  readonly holds: TimeSummary;
}

export interface PolicyFacts {
  readonly rules: number;
  /** Rules whose time is over. */
  readonly expiredRules: number;
  /** When the next rule expires; null: none does. */
  readonly nextExpiryMs: number | null;
}

export function measuresOf(engine: Engine, nowMs: number): EngineMeasures {
  const { feed, table, judge, journal, packetLog, denied } = engine;
  return {
    conntrack: { ...feed.counters, walks: { ...feed.walks }, unkept: table.unkept },
    verdicts: { ...judge.counts },
    findings: findingsOf(engine),
    entries: journal.tally.counts,
    kernel: engine.elements.counts,
    ledger: { appends: journal.appends.summary, failures: journal.failures },
    loop: engine.meter.summary(),
    packetLog: packetLog.log && { ...packetLog.log.counters },
    denied: { ...denied.counters },
    names: namesOf(engine),
    policy: policyFacts(engine, nowMs),
    sockets: socketsOf(engine),
  };
}

function findingsOf({ responder, anomalies }: Engine): FindingCount[] {
  const policy = Object.entries(responder.findings).map(([cause, heard]) => ({
    detector: cause as PolicyCause,
    heard,
    suppressed: 0,
  }));
  return [...policy, ...anomalies.findings.values()];
}

function namesOf({ names }: Engine): NamesSummary {
  return {
    ...names.counters,
    watching: names.fd !== undefined,
    names: names.book.size.names,
    addresses: names.book.size.addresses,
    holds: names.holds.summary,
  };
}

function policyFacts({ policies }: Engine, nowMs: number): PolicyFacts {
  const { rules } = policies.inForce.policy;
  const ends = rules.flatMap(({ expiresMs }) => (expiresMs === null ? [] : [expiresMs]));
  const ahead = ends.filter((endMs) => endMs > nowMs);
  return {
    rules: rules.length,
    expiredRules: ends.length - ahead.length,
    nextExpiryMs: ahead.reduce<number | null>((least, endMs) => Math.min(least ?? endMs, endMs), null),
  };
}

function socketsOf({ conntrackFd, rulesetFd, packetLog, quarantines, names }: Engine) {
  const all = {
    conntrack: conntrackFd,
    ruleset: rulesetFd,
    packet_log: packetLog.fd,
    neighbours: quarantines.fd,
    dns: names.fd,
  };
  return Object.fromEntries(
    Object.entries(all).filter((pair): pair is [string, number] => pair[1] !== undefined),
  );
}
