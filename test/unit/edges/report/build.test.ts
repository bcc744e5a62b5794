import { describe, expect, it, onTestFinished } from 'vitest';
import { reportSchema } from '../../../../src/edges/api/schema/report.ts';
import { EVIL, FORMULA, FROM, HOUR, MINUTE, ReportScene, TO } from './scene.ts';

function scene(): ReportScene {
  const opened = new ReportScene();
  onTestFinished(() => opened[Symbol.dispose]());
  return opened;
}

describe('a report', () => {
  it('fits the schema that the API publishes', () => {
    const report = scene().report();
    expect(reportSchema.parse(report)).toEqual(report);
  });

  it('tells who approved what, and how long it took', () => {
    const { approvals } = scene().report();
    expect(approvals).toMatchObject({ asked: 3, approved: 1, rejected: 1, lapsed: 1, open: 0 });
    expect(approvals.response).toEqual({
      count: 2,
      medianMs: 2 * MINUTE,
      p90Ms: 10 * MINUTE,
      maxMs: 10 * MINUTE,
    });
    expect(approvals.persons).toEqual([
      { actor: 'ada', approved: 1, rejected: 0, revoked: 0, medianMs: 2 * MINUTE },
      { actor: 'bob', approved: 0, rejected: 1, revoked: 0, medianMs: 10 * MINUTE },
    ]);
    expect(approvals.lines.lines.map(({ id, outcome, afterMs }) => [id, outcome, afterMs])).toEqual([
      ['D3', 'lapsed', null],
      ['D2', 'rejected', 10 * MINUTE],
      ['D1', 'approved', 2 * MINUTE],
    ]);
  });

  it('tells what stood, how long within the time, and what was wrong', () => {
    const { blocks } = scene().report();
    expect(blocks).toMatchObject({
      automatic: 3,
      manual: 1,
      quarantines: 0,
      revoked: 0,
      expired: 1,
      failed: 0,
    });
    expect(blocks.wrong).toBe(1);
    // An hour, ten minutes, and from hour 160 to the end of the week.
    expect(blocks.stood).toEqual({ count: 3, medianMs: HOUR, totalMs: HOUR + 10 * MINUTE + 8 * HOUR });
    expect(blocks.vetoes).toEqual([{ guardrail: 'maxBlocksPerMinute', count: 1 }]);
  });

  it('tells incidents by severity and cause, and which were false', () => {
    const { incidents } = scene().report();
    expect(incidents).toMatchObject({ opened: 2, closed: 2, false: 1, bySeverity: { high: 1, medium: 1 } });
    expect(incidents.suppressions).toEqual({ created: 1, revoked: 0, expired: 0 });
    expect(incidents.causes).toEqual([
      { cause: 'policyViolation', opened: 1, false: 0, resolved: 0, quiet: 1 },
      { cause: 'scan', opened: 1, false: 1, resolved: 0, quiet: 0 },
    ]);
    expect(incidents.worst.lines[0]).toMatchObject({ id: 'I1', severity: 'high', reason: EVIL });
  });

  it('tells who changed what, and what others did to the kernel', () => {
    const { changes, drift } = scene().report();
    expect(changes).toMatchObject({ policies: 1, rollbacks: 1, refused: 0 });
    expect(changes.lines.lines.map(({ what }) => what)).toEqual([
      'guardrail forced',
      'rollback',
      'policy applied',
    ]);
    expect(changes.lines.lines.at(-1)?.detail).toContain(FORMULA);
    expect(drift).toMatchObject({ found: 1, repaired: 1, failed: 0, contested: 1 });
    expect(drift.culprits).toEqual([
      { name: 'nft', count: 1 },
      { name: EVIL, count: 1 },
    ]);
  });

  it('tells rules that nobody used, that end soon, and that are wide', () => {
    const { rules } = scene().report();
    expect(rules?.unused.lines.map((line) => line.rule)).toEqual(['narrow', 'ports']);
    expect(rules?.expiring.lines.map((line) => [line.rule, line.isExpired])).toEqual([
      ['seen-by-the-kernel', true],
      ['ports', false],
    ]);
    expect(rules?.wide.lines.map((line) => [line.rule, line.owner, ...line.because])).toEqual([
      ['web-out', 'netsec', 'allows 0.0.0.0/0', 'allows every protocol'],
      ['ports', 'team-app', 'allows 64512 ports of tcp'],
    ]);
  });

  it('proposes the networks and services that a wide rule was really used for', () => {
    const [wide, unused] = scene().report().rules?.wide.lines ?? [];
    expect(wide.narrower).toEqual({
      // Four of one network stand for it, as penstock learn has it.
      cidrs: ['198.51.100.0/24', '203.0.113.53/32', '203.0.113.9/32'],
      services: ['tcp/443', 'udp/53'],
      names: ['shop.example'],
      covers: 0.95,
      remarks: ['some destinations are only known as others: watch them before it is narrowed'],
    });
    expect(wide.used).toMatchObject({ bytesOut: 800, destinations: 6, services: 2 });
    expect([unused.narrower, unused.used.bytesOut]).toEqual([null, 0]);
  });

  it('proves the record, and says where it is broken', () => {
    const opened = scene();
    const { audit } = opened.report();
    expect(audit).toMatchObject({ sound: true, problem: null, inPeriod: 23 });
    expect(audit.entries).toBe(opened.ledger.head().seq);
  });

  it('says what it cannot tell', () => {
    const opened = scene();
    const earlier = { fromMs: FROM - 30 * 24 * HOUR, toMs: TO + 5 * HOUR };
    const { gaps, traffic, rules } = opened.report({ traffic: null, rules: null, period: earlier });
    expect([traffic, rules]).toEqual([null, null]);
    expect(gaps).toEqual([
      'traffic by country: no database is given',
      'rules: the engine did not tell how often they were used',
      'before 2026-09-27T00:00:00.000Z nothing was recorded',
      'the time of the report is not over',
    ]);
  });

  it('is there for a time in which nothing happened', () => {
    const empty = scene().report({ period: { fromMs: TO + 20 * HOUR, toMs: TO + 30 * HOUR } });
    expect(empty.approvals).toMatchObject({ asked: 0, response: null });
    expect(empty.audit.inPeriod).toBe(0);
  });
});
