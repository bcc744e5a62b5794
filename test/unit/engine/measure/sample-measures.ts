/** What a daemon that has seen a little of everything counts. */
import type { EngineMeasures } from '../../../../src/engine/measure/measures.ts';

const TIMES = { bounds: [0.0001, 0.001], counts: [5, 2, 1], sumSeconds: 0.25, count: 8 };

export const MEASURES: EngineMeasures = {
  conntrack: {
    ...{ events: 340, lost: 1, resyncs: 4, undecodable: 2, unkept: 3 },
    walks: { begun: 5, interrupted: 1, entries: 48, lastSeconds: 0.5, workSeconds: 0.75 },
  },
  verdicts: { allow: 100, deny: 20, exempt: 7 },
  findings: [
    { detector: 'policyViolation', heard: 20, suppressed: 0 },
    { detector: 'beacon', heard: 2, suppressed: 6 },
  ],
  entries: {
    byType: { 'incident.opened': 9, 'drift.contested': 1 },
    opened: { low: 1, medium: 2, high: 3, critical: 3 },
    decisions: [
      { event: 'proposed', origin: 'automatic', count: 4 },
      { event: 'vetoed', origin: null, count: 2 },
    ],
  },
  kernel: {
    elements: { add: 1, create: 40, delete: 0, refresh: 2, discard: 30 },
    refused: 1,
    transactions: TIMES,
  },
  ledger: { appends: TIMES, failures: 2 },
  loop: { turns: TIMES, lateness: TIMES },
  packetLog: { packets: 30, missed: 2, overruns: 1, undecodable: 0 },
  denied: { reported: 30, attempts: 25, spared: 2, disagreements: 0, unreadable: 1 },
  names: {
    ...{ packets: 9, questions: 4, learnt: 3, unasked: 1, unusable: 0 },
    ...{ refused: 0, withheld: 0, lost: 0, watching: true, names: 2, addresses: 3, holds: TIMES },
  },
  policy: { rules: 3, expiredRules: 1, nextExpiryMs: Date.parse('2026-10-06T12:00:00Z') },
  sockets: {},
};
