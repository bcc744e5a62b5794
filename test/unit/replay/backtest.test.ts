import { describe, expect, it } from 'vitest';
import type { Evidence, Incident } from '../../../src/incident/incident.ts';
import { backtestResult, type JudgedCapture } from '../../../src/replay/backtest.ts';
import type { LabelledHost } from '../../../src/replay/backtest-roles.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ATTACK_MS = 2 * HOUR_MS;
const INFECTED = '10.0.0.1';
const BENIGN = '10.0.0.2';

function host(text: string, fields: Partial<LabelledHost> = {}): LabelledHost {
  return { host: text, role: 'benign', flows: 100, firstMs: 0, lastMs: DAY_MS, attackMs: null, ...fields };
}
const infected = host(INFECTED, { role: 'infected', attackMs: ATTACK_MS });

function capture(fields: Partial<JudgedCapture>): JudgedCapture {
  return { name: 'monday', flows: 1_000, spanMs: DAY_MS, hosts: [], incidents: [], ...fields };
}

function evidence(detector: Evidence['detector'], firstSeenMs: number): Evidence {
  return {
    detector,
    destination: '192.0.2.1',
    service: null,
    confidence: 0.8,
    firstSeenMs,
    lastSeenMs: firstSeenMs,
    count: 1,
    happened: '',
    normal: '',
  };
}

function incident(fields: Partial<Incident> & { host: string; severity: Incident['severity'] }): Incident {
  return {
    id: 'I1',
    groups: [],
    cause: 'beacon',
    source: null,
    destination: '192.0.2.1',
    translated: null,
    services: [],
    score: 0.85,
    count: 1,
    firstSeenMs: 3 * HOUR_MS,
    lastSeenMs: 3 * HOUR_MS,
    raisedAtMs: null,
    state: 'open',
    reasons: [],
    evidence: [],
    story: null,
    ...fields,
  };
}
const high = (of: string, atMs: number, fields: Partial<Incident> = {}) =>
  incident({ host: of, severity: 'high', firstSeenMs: atMs, lastSeenMs: atMs, raisedAtMs: atMs, ...fields });
const medium = (of: string, atMs: number, fields: Partial<Incident> = {}) =>
  incident({ host: of, severity: 'medium', firstSeenMs: atMs, lastSeenMs: atMs, ...fields });

const NOTHING = { acting: 0, medium: 0, low: 0 };

describe('an infected host', () => {
  it.each<[string, readonly Incident[], { afterMs: number | null; severity: string | null }]>([
    [
      'is found by a high incident after the attack began',
      [high(INFECTED, 5 * HOUR_MS)],
      { afterMs: 3 * HOUR_MS, severity: 'high' },
    ],
    [
      'is found by the first of many',
      [high(INFECTED, 5 * HOUR_MS), high(INFECTED, 4 * HOUR_MS)],
      { afterMs: 2 * HOUR_MS, severity: 'high' },
    ],
    [
      'is found when an incident rises, not when it began',
      [high(INFECTED, 6 * HOUR_MS, { firstSeenMs: HOUR_MS })],
      { afterMs: 4 * HOUR_MS, severity: 'high' },
    ],
    ['is not found by a medium one', [medium(INFECTED, 5 * HOUR_MS)], { afterMs: null, severity: 'medium' }],
    ['is not found before the attack', [high(INFECTED, HOUR_MS)], { afterMs: null, severity: null }],
    [
      'is not found by the incident of another',
      [high(BENIGN, 5 * HOUR_MS)],
      { afterMs: null, severity: null },
    ],
    ['is not found by nothing', [], { afterMs: null, severity: null }],
  ])('%s', (_, incidents, expected) => {
    const result = backtestResult([capture({ hosts: [infected, host(BENIGN)], incidents })], []);
    expect(result.captures[0].infected).toMatchObject([expected]);
    expect(result).toMatchObject({
      infected: 1,
      detected: expected.afterMs === null ? 0 : 1,
      afterMs: expected.afterMs,
    });
  });

  it('that is accused before the attack is a false alarm', () => {
    const result = backtestResult([capture({ hosts: [infected], incidents: [high(INFECTED, HOUR_MS)] })], []);
    expect(result.wrong).toEqual({ acting: 1, medium: 0, low: 0 });
  });
});

describe('false incidents', () => {
  it('are those of benign hosts, by severity and a host-day', () => {
    const incidents = [high(BENIGN, HOUR_MS), medium(BENIGN, HOUR_MS), medium(BENIGN, HOUR_MS)];
    const result = backtestResult(
      [capture({ hosts: [host(BENIGN), host('10.0.0.3')], incidents }), capture({ hosts: [host(BENIGN)] })],
      [],
    );
    expect(result).toMatchObject({ benignHostDays: 3, wrong: { acting: 1, medium: 2, low: 0 } });
    expect(result.wrongPerHostDay).toBeCloseTo(1 / 3);
  });

  it('are those of an address with few flows too, which adds no host-days', () => {
    const hosts = [host(BENIGN, { flows: 3 })];
    const result = backtestResult([capture({ hosts, incidents: [high(BENIGN, HOUR_MS)] })], []);
    expect(result).toMatchObject({ benignHostDays: 0, wrong: { acting: 1 }, wrongPerHostDay: null });
  });

  it.each([
    ['an attacker at the door', [host('203.0.113.9', { role: 'attacker' })]],
    ['a host without labels', []],
  ])('are not those of %s, which are counted apart', (_, hosts) => {
    const result = backtestResult([capture({ hosts, incidents: [high('203.0.113.9', HOUR_MS)] })], []);
    expect(result.wrong).toEqual(NOTHING);
    expect(result.captures[0].others).toEqual({ acting: 1, medium: 0, low: 0 });
  });
});

describe('a detector', () => {
  it('has led what its incident found and supported what it gave evidence of', () => {
    const found = high(INFECTED, 5 * HOUR_MS, {
      cause: 'beacon',
      evidence: [evidence('beacon', 4 * HOUR_MS), evidence('volume', 3 * HOUR_MS), evidence('scan', HOUR_MS)],
    });
    const { detectors } = backtestResult(
      [capture({ hosts: [infected], incidents: [found] })],
      ['beacon', 'oddHours'],
    );
    expect(detectors).toEqual([
      { detector: 'beacon', led: 1, supported: 1, afterMs: 2 * HOUR_MS, wrong: NOTHING },
      { detector: 'oddHours', led: 0, supported: 0, afterMs: null, wrong: NOTHING },
      { detector: 'volume', led: 0, supported: 1, afterMs: HOUR_MS, wrong: NOTHING },
    ]);
  });

  it('of the policy speaks by its incident alone', () => {
    const hit = high(INFECTED, 5 * HOUR_MS, { cause: 'denyList' });
    const { detectors } = backtestResult([capture({ hosts: [infected], incidents: [hit] })], []);
    expect(detectors).toEqual([
      { detector: 'denyList', led: 1, supported: 1, afterMs: 3 * HOUR_MS, wrong: NOTHING },
    ]);
  });

  it('answers for the false incidents that it led', () => {
    const incidents = [
      high(BENIGN, HOUR_MS, { cause: 'scan' }),
      medium(BENIGN, HOUR_MS, { cause: 'beacon' }),
    ];
    const { detectors } = backtestResult([capture({ hosts: [host(BENIGN)], incidents })], ['beacon', 'scan']);
    expect(detectors.map(({ wrong }) => wrong)).toEqual([
      { acting: 0, medium: 1, low: 0 },
      { acting: 1, medium: 0, low: 0 },
    ]);
  });
});
