/** A ledger with a week in it, and what was sent meanwhile; names made by somebody hostile among it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildReport } from '../../../../src/edges/report/build.ts';
import type { ReportInput, RuleUses, TrafficInput } from '../../../../src/edges/report/input.ts';
import type { Report, Sums, TrafficLine } from '../../../../src/edges/report/report.ts';
import type { RuleListing, RuleUse } from '../../../../src/engine/rule-hits.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import { Ledger } from '../../../../src/ledger/ledger.ts';
import { LedgerReader } from '../../../../src/ledger/reader.ts';
import { verify } from '../../../../src/ledger/verification.ts';
import { decision, incident, revision, suppression } from '../api/samples.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** A Monday. */
export const FROM = Date.UTC(2026, 8, 28);
export const TO = FROM + 7 * DAY;
export const HTTPS = (6 << 16) | 443;

export const EVIL = '<script>alert("x")</script>';
/** A spreadsheet would run it. */
export const FORMULA = '=HYPERLINK("http://evil.example","x")';
/** Turns the reading direction. */
export const TURNED = 'evil\u202Egnp.exe\u0007';

export const POLICY = `apiVersion: penstock/v1
kind: EgressPolicy
metadata: {name: office, owner: netsec}
spec:
  mode: respond
  hostGroups:
    web: {cidrs: [10.1.0.0/24]}
  services:
    https: [{protocol: tcp, ports: [443]}]
    everything: [{protocol: any}]
    many: [{protocol: tcp, ports: [1024-65535]}]
  rules:
    - {id: web-out, from: [web], to: {cidrs: [0.0.0.0/0]}, services: [everything]}
    - {id: narrow, from: [web], to: {cidrs: [203.0.113.9/32]}, services: [https]}
    - {id: ports, from: [web], to: {cidrs: [203.0.113.9/32]}, services: [many], owner: team-app}
`;

export function sums(bytesOut: number, more: Partial<Sums> = {}): Sums {
  return { bytesOut, bytesIn: 0, connections: 1, denied: 0, ...more };
}

export function lines(...keys: [key: string, bytesOut: number, name?: string][]): TrafficLine[] {
  return keys.map(([key, bytesOut, name]) => ({
    key,
    ...(name !== undefined && { name }),
    ...sums(bytesOut),
  }));
}

const table = (items: TrafficLine[]) => ({ items, other: sums(7, { connections: 0 }) });

export const TRAFFIC: TrafficInput = {
  step: 'hour',
  points: Array.from({ length: 168 }, (_, hour) => ({
    atMs: FROM + hour * HOUR,
    ...sums(hour % 24 > 7 && hour % 24 < 19 ? 4e6 + hour * 1e4 : 2e5, { bytesIn: 3e7, connections: 40 }),
  })),
  tables: {
    group: table(lines(['web', 9e8], [EVIL, 4e6])),
    host: table(lines(['10.1.0.10', 8e8], ['10.1.0.11', 1e8])),
    destination: table(
      lines(['203.0.113.9', 7e8, 'shop.example'], ['198.51.100.7', 3e6, TURNED], ['192.0.2.1', 1e6, FORMULA]),
    ),
    service: table(lines(['tcp/443', 9e8], ['udp/53', 2e6])),
    rule: table(lines(['web-out', 9e8], ['(violation)', 2e3])),
    country: null,
    as: table(lines(['AS64496', 9e8, 'Example Networks'])),
  },
};

export const USES: RuleUses[] = [
  {
    rule: 'web-out',
    uses: [
      { destination: '203.0.113.9', name: 'shop.example', service: HTTPS, ...sums(700) },
      { destination: '198.51.100.1', service: HTTPS, ...sums(10, { connections: 2 }) },
      { destination: '198.51.100.2', service: HTTPS, ...sums(10, { connections: 2 }) },
      { destination: '198.51.100.3', service: HTTPS, ...sums(10, { connections: 2 }) },
      { destination: '198.51.100.4', service: HTTPS, ...sums(10, { connections: 2 }) },
      { destination: '203.0.113.53', service: (17 << 16) | 53, ...sums(20, { connections: 9 }) },
      { destination: null, service: null, ...sums(40) },
    ],
    truncated: false,
  },
];

function rule(id: string, more: Partial<RuleUse> = {}): RuleUse {
  return {
    ...{ rule: id, place: 1, description: null, owner: null, ticket: null },
    ...{ hits: 0, lastHitMs: null, sinceMs: FROM - DAY, expiresMs: null, isExpired: false },
    ...more,
  };
}

export const RULES: RuleListing = {
  sinceMs: FROM - DAY,
  source: 'connections',
  rules: [
    rule('web-out', { hits: 9, lastHitMs: TO - HOUR }),
    rule('narrow', { description: EVIL, owner: FORMULA, lastHitMs: FROM - HOUR, hits: 1 }),
    rule('ports', { expiresMs: TO + DAY, ticket: 'SEC-1' }),
    rule('seen-by-the-kernel', { hits: 4, lastHitMs: FROM + HOUR, expiresMs: FROM, isExpired: true }),
  ],
};

const at = (hours: number) => FROM + hours * HOUR;
const answer = (verb: 'approve' | 'reject' | 'revoke', actor: string, atMs: number) => ({
  verb,
  actor,
  atMs,
  reason: EVIL,
});
const D = (number: number, hours: number, more: object = {}) => {
  const times = {
    createdAtMs: at(hours),
    answerByMs: at(hours) + 10 * MINUTE,
    expiresAtMs: at(hours) + 10 * MINUTE,
  };
  return decision(number, { incident: `I${number}`, ...times, enforcement: { status: 'pending' }, ...more });
};
const applied = (hours: number) => ({ enforcement: { status: 'applied' as const, atMs: at(hours) } });

/** In the order in which they were recorded. */
export const WEEK: readonly EntryDraft[] = [
  {
    type: 'policy.stored',
    actor: 'file',
    atMs: FROM - DAY,
    body: {
      digest: 'd'.repeat(64),
      name: 'office',
      sources: { entry: 'p.yaml', files: [{ name: 'p.yaml', text: POLICY }] },
    },
  },
  { type: 'revision.created', actor: 'file', atMs: FROM - DAY, body: { revision: revision(1) } },
  {
    type: 'policy.applied',
    actor: 'before',
    atMs: FROM - DAY,
    body: { name: 'office', digest: 'd'.repeat(64), previousDigest: null, mode: 'respond', reason: '' },
  },
  {
    type: 'incident.opened',
    actor: 'penstock',
    atMs: at(1),
    body: { incident: incident(1, { severity: 'high', reasons: [EVIL] }) },
  },
  // Approved after two minutes, stands for an hour.
  { type: 'decision.proposed', actor: 'penstock', atMs: at(1), body: { decision: D(1, 1) } },
  { type: 'enforcement.applied', actor: 'penstock', atMs: at(1), body: { decision: D(1, 1, applied(1)) } },
  {
    type: 'decision.approved',
    actor: 'ada',
    atMs: at(1) + 2 * MINUTE,
    body: {
      decision: D(1, 1, {
        state: 'active',
        expiresAtMs: at(2),
        answerByMs: null,
        answers: [answer('approve', 'ada', at(1) + 2 * MINUTE)],
        ...applied(1),
      }),
    },
  },
  {
    type: 'decision.expired',
    actor: 'penstock',
    atMs: at(2),
    body: {
      decision: D(1, 1, {
        state: 'expired',
        expiresAtMs: at(2),
        answerByMs: null,
        answers: [answer('approve', 'ada', at(1) + 2 * MINUTE)],
        enforcement: { status: 'none' },
      }),
    },
  },
  // Rejected after ten minutes.
  {
    type: 'incident.opened',
    actor: 'penstock',
    atMs: at(3),
    body: { incident: incident(2, { cause: 'scan' }) },
  },
  {
    type: 'decision.proposed',
    actor: 'penstock',
    atMs: at(3),
    body: { decision: D(2, 3, { state: 'pending' }) },
  },
  {
    type: 'decision.rejected',
    actor: 'bob',
    atMs: at(3) + 10 * MINUTE,
    body: {
      decision: D(2, 3, { state: 'rejected', answers: [answer('reject', 'bob', at(3) + 10 * MINUTE)] }),
    },
  },
  {
    type: 'incident.closed',
    actor: 'bob',
    atMs: at(4),
    body: {
      incident: incident(2, { cause: 'scan', state: 'closed' }),
      reason: 'a scanner of ours',
      verdict: 'false',
    },
  },
  { type: 'suppression.created', actor: 'bob', atMs: at(4), body: { suppression: suppression(1) } },
  // Nobody answered.
  { type: 'decision.proposed', actor: 'penstock', atMs: at(5), body: { decision: D(3, 5) } },
  { type: 'enforcement.applied', actor: 'penstock', atMs: at(5), body: { decision: D(3, 5, applied(5)) } },
  {
    type: 'decision.lapsed',
    actor: 'penstock',
    atMs: at(5) + 10 * MINUTE,
    body: { decision: D(3, 5, { state: 'lapsed', enforcement: { status: 'none' } }) },
  },
  {
    type: 'incident.closed',
    actor: 'penstock',
    atMs: at(6),
    body: { incident: incident(1, { state: 'closed', severity: 'high', reasons: [EVIL] }), reason: 'quiet' },
  },
  {
    type: 'decision.vetoed',
    actor: 'penstock',
    atMs: at(7),
    body: { decision: D(9, 7), guardrail: 'maxBlocksPerMinute', reason: 'too many' },
  },
  // By hand, and still there at the end.
  {
    type: 'decision.proposed',
    actor: 'ada',
    atMs: at(160),
    body: {
      decision: D(4, 160, {
        state: 'active',
        incident: null,
        origin: { kind: 'manual', actor: 'ada' },
        expiresAtMs: at(200),
        answerByMs: null,
      }),
    },
  },
  {
    type: 'enforcement.applied',
    actor: 'penstock',
    atMs: at(160),
    body: {
      decision: D(4, 160, {
        state: 'active',
        incident: null,
        origin: { kind: 'manual', actor: 'ada' },
        expiresAtMs: at(200),
        answerByMs: null,
        ...applied(160),
      }),
    },
  },
  {
    type: 'policy.applied',
    actor: EVIL,
    atMs: at(20),
    body: { name: FORMULA, digest: 'd'.repeat(64), previousDigest: null, mode: 'respond', reason: TURNED },
  },
  {
    type: 'rollback.done',
    actor: 'ada',
    atMs: at(21),
    body: {
      revision: 3,
      restoredFrom: 1,
      policyChanged: true,
      lifted: [],
      reinstated: [],
      expired: [],
      protected: [],
    },
  },
  {
    type: 'guardrail.forced',
    actor: 'ada',
    atMs: at(22),
    body: { guardrail: 'operatorPath', reason: 'needed' },
  },
  {
    type: 'drift.found',
    actor: 'penstock',
    atMs: at(23),
    body: { differences: ['table gone'], by: [{ processId: 7, processName: 'nft' }] },
  },
  { type: 'drift.repaired', actor: 'penstock', atMs: at(23), body: { differences: ['table gone'] } },
  {
    type: 'drift.contested',
    actor: 'penstock',
    atMs: at(24),
    body: { harms: 9, by: [{ processId: 7, processName: EVIL }], maxPauseMs: 1_000 },
  },
  // Of another week.
  { type: 'drift.found', actor: 'penstock', atMs: TO + HOUR, body: { differences: ['later'] } },
];

export class ReportScene implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'penstock-report-'));
  readonly path = join(this.folder, 'ledger.db');
  readonly #writer = Ledger.open(this.path);
  readonly ledger: LedgerReader;

  constructor(entries: readonly EntryDraft[] = WEEK) {
    this.#writer.append(entries, { sync: false });
    this.ledger = LedgerReader.open(this.path);
  }

  input(more: Partial<ReportInput> = {}): ReportInput {
    return {
      period: { fromMs: FROM, toMs: TO },
      madeAtMs: TO + HOUR,
      host: 'gateway',
      version: '9.9.9',
      ledgerPath: this.path,
      traffic: TRAFFIC,
      rules: RULES,
      uses: USES,
      gaps: ['traffic by country: no database is given'],
      ...more,
    };
  }

  report(more: Partial<ReportInput> = {}): Report {
    return buildReport(this.input(more), this.ledger, verify(this.path));
  }

  [Symbol.dispose](): void {
    this.ledger.close();
    this.#writer.close();
    rmSync(this.folder, { recursive: true });
  }
}
