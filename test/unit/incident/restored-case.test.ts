import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { IncidentNumbers } from '../../../src/incident/incident-numbers.ts';
import { HOST, incidentOf, leadOf, NOW, newBook, QUIET } from './case.ts';
import type { FindingText } from './finding.ts';

describe('a restored case', () => {
  const before = newBook();
  before.observe(
    { detector: 'beacon', to: '192.0.2.1 8443', translated: '10.9.0.1 8443', confidence: 0.85 },
    NOW,
  );
  before.observe({ detector: 'oddHours', scope: 'host', confidence: 0.5 }, NOW + 5);
  const kept = incidentOf(before.observe({ detector: 'oddHours', scope: 'host', confidence: 0.4 }, NOW + 6));

  function restored() {
    const { book, observe } = newBook({ numbers: new IncidentNumbers(7) });
    book.restore([structuredClone(kept)]);
    return { book, observe };
  }

  it('is the same, and goes on as it would have gone on', () => {
    const { book, observe } = restored();
    expect(book.get('I1')).toEqual(kept);
    expect(book.scoreOf(parseAddress(HOST))).toBe(kept.score);
    const next: FindingText = { detector: 'volume', to: '192.0.2.1 8443', confidence: 0.6 };
    const [after, without] = [observe(next, NOW + 9), before.observe(next, NOW + 9)].map(incidentOf);
    expect(after).toEqual(without);
  });

  it('is not announced again for what was announced', () => {
    const { observe } = restored();
    for (const text of [
      { confidence: 0.85 },
      { confidence: 0.5 },
      { detector: 'oddHours', scope: 'host', confidence: 0.5 },
    ] as const)
      expect(observe({ to: '192.0.2.1 8443', ...text })).toMatchObject({
        kind: 'updated',
        incident: { id: 'I1', severity: 'high' },
      });
    expect(observe({ detector: 'volume', to: '192.0.2.1 8443', confidence: 0.9 })).toMatchObject({
      kind: 'raised',
      from: 'high',
    });
  });

  it('tells where NAT sent what leads, though the flow is not known any more', () => {
    const { observe } = restored();
    expect(
      incidentOf(observe({ detector: 'volume', to: '192.0.2.1 8443', confidence: 0.6 })).translated,
    ).toBe('10.9.0.1');
  });

  it('acts by what is seen from now on', () => {
    const { observe } = restored();
    expect(leadOf(observe({ detector: 'volume', to: '192.0.2.1 22', confidence: 0.9 }))).toBe(
      'volume 192.0.2.1 to port 22',
    );
  });

  it('is not one that was closed, or another book’s', () => {
    const { book } = newBook();
    const others: Incident[] = [
      { ...kept, id: 'I1', state: 'closed' },
      { ...kept, id: 'I2', cause: 'policyViolation', evidence: [], story: null },
    ];
    book.restore(others);
    expect(book.size).toBe(0);
  });

  it('becomes quiet in the order of when it was seen', () => {
    const { book } = newBook({ quietMs: QUIET });
    const at = (id: string, host: string, lastSeenMs: number) => ({ ...kept, id, host, lastSeenMs });
    book.restore([at('I3', '10.0.0.3', NOW + 2), at('I1', '10.0.0.1', NOW), at('I2', '10.0.0.2', NOW + 1)]);
    expect(book.sweep(NOW + QUIET + 1).map(({ incident }) => incident.id)).toEqual(['I1', 'I2']);
  });
});
