import { describe, expect, it } from 'vitest';
import { endSuppression, sameScope, suppressionsOf } from '../../../src/incident/suppression.ts';
import { anomaly, evidence, incident } from '../ledger/samples.ts';

const lesson = { actor: 'duty', reason: 'the monitoring', atMs: 1_000, untilMs: 5_000, firstNumber: 7 };

describe('what an incident teaches', () => {
  it('is one suppression for each piece of evidence, with exactly its scope', () => {
    const common = {
      incident: 'I3',
      host: '10.1.0.10',
      reason: 'the monitoring',
      actor: 'duty',
      createdAtMs: 1_000,
      untilMs: 5_000,
      state: 'active',
      endedAtMs: null,
    };
    expect(suppressionsOf(anomaly(3), lesson)).toEqual([
      {
        id: 'S7',
        detector: 'beacon',
        destination: '198.51.100.66',
        service: { protocol: 6, port: 443 },
        ...common,
      },
      { id: 'S8', detector: 'scan', destination: null, service: null, ...common },
    ]);
  });
  it('is nothing where no detector spoke', () => {
    expect(suppressionsOf(incident(3), lesson)).toEqual([]);
  });
});

it('an end says how and when, and changes nothing else', () => {
  const [made] = suppressionsOf(anomaly(1), lesson);
  expect(endSuppression(made, 'revoked', 2_000)).toEqual({ ...made, state: 'revoked', endedAtMs: 2_000 });
});

describe('two have the same scope', () => {
  const of = (changes: Parameters<typeof evidence>[0], host = '10.1.0.10') =>
    suppressionsOf(anomaly(1, { host, evidence: [evidence(changes)] }), lesson)[0];
  it('whoever made them, for however long', () => {
    const later = {
      ...of({}),
      id: 'S99',
      incident: 'I9',
      actor: 'other',
      reason: 'x',
      untilMs: 9,
      createdAtMs: 8,
    };
    expect(sameScope(of({}), later)).toBe(true);
    expect(sameScope(of({ service: null }), of({ service: null }))).toBe(true);
  });
  it.each([
    ['another detector', of({ detector: 'volume' })],
    ['another host', of({}, '10.1.0.11')],
    ['another destination', of({ destination: '198.51.100.67' })],
    ['the host as a whole', of({ destination: null })],
    ['another port', of({ service: { protocol: 6, port: 80 } })],
    ['another protocol', of({ service: { protocol: 17, port: 443 } })],
    ['no port', of({ service: { protocol: 6, port: null } })],
    ['any service', of({ service: null })],
  ])('but not with %s', (_, other) => {
    expect(sameScope(of({}), other)).toBe(false);
  });
});
