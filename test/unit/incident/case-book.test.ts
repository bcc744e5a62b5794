import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { type CaseObserved, MAX_EVIDENCE } from '../../../src/incident/case-book.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { HOST, incidentOf, leadOf, NOW, newBook } from './case.ts';
import type { FindingText } from './finding.ts';

describe('a case', () => {
  it('is noted, opened, raised and updated as its score says, and announced once a severity', () => {
    const { book, observe } = newBook();
    const steps: [FindingText, CaseObserved['kind'], Incident['severity'] | undefined][] = [
      [{ detector: 'longConnection', confidence: 0.2 }, 'noted', undefined],
      [{ detector: 'oddHours', scope: 'host', confidence: 0.4 }, 'opened', 'low'],
      [{ detector: 'oddHours', scope: 'host', confidence: 0.4 }, 'updated', 'low'],
      [{ detector: 'beacon', confidence: 0.5 }, 'raised', 'medium'],
      [{ detector: 'beacon', confidence: 0.3 }, 'updated', 'medium'],
      [{ detector: 'volume', confidence: 0.6 }, 'raised', 'high'],
      [{ detector: 'scan', scope: 'host', confidence: 0.9 }, 'raised', 'critical'],
      [{ detector: 'scan', scope: 'host', confidence: 0.1 }, 'updated', 'critical'],
    ];
    for (const [i, [text, kind, severity]] of steps.entries()) {
      const observed = observe(text, NOW + i);
      expect([observed.kind, severity && incidentOf(observed).severity]).toEqual([kind, severity]);
      expect(book.size).toBe(severity === undefined ? 0 : 1);
    }
    expect(book.get('I1')).toMatchObject({
      id: 'I1',
      state: 'open',
      count: 7,
      firstSeenMs: NOW,
      lastSeenMs: NOW + 7,
    });
    expect(book.scoreOf(parseAddress(HOST))).toBe(book.get('I1')?.score);
    expect(book.scoreOf(parseAddress('10.1.0.11'))).toBe(0);
  });

  it('knows when it first acted', () => {
    const { observe } = newBook();
    expect(incidentOf(observe({ confidence: 0.6 }, NOW)).raisedAtMs).toBeNull();
    expect(incidentOf(observe({ confidence: 0.85 }, NOW + 5)).raisedAtMs).toBe(NOW + 5);
    expect(incidentOf(observe({ confidence: 0.97 }, NOW + 9)).raisedAtMs).toBe(NOW + 5);
  });

  it('is led by its strongest evidence: cause, destination, services, story', () => {
    const { observe } = newBook();
    observe({ detector: 'oddHours', scope: 'host', confidence: 0.45 });
    const incident = incidentOf(observe({ detector: 'beacon', to: '203.0.113.9 8443', confidence: 0.7 }));
    expect(incident).toMatchObject({
      host: HOST,
      groups: ['web'],
      cause: 'beacon',
      source: null,
      destination: '203.0.113.9',
      services: [{ protocol: 6, port: 8443 }],
    });
    expect(incident.evidence.map(({ detector }) => detector)).toEqual(['beacon', 'oddHours']);
    expect(incident.story?.happened).toBe('beacon said 0.7 of it. Besides: oddHours said 0.45 of it.');
    expect(incident.reasons[0]).toBe(`${HOST}: beacon said 0.7 of it.`);
  });

  it('is never led by a weight', () => {
    const { observe } = newBook();
    expect(observe({ detector: 'outlier', scope: 'host', confidence: 0.99 }).kind).toBe('noted');
    const opened = observe({ detector: 'longConnection', confidence: 0.4 });
    expect(incidentOf(opened)).toMatchObject({ cause: 'longConnection', destination: '192.0.2.1' });
    expect(incidentOf(opened).severity).not.toBe('low');
  });

  it('folds the same evidence, and keeps the words of when it was surest', () => {
    const { observe } = newBook();
    observe({ confidence: 0.6, happened: 'Sure.' }, NOW);
    observe({ confidence: 0.4, happened: 'Less sure.' }, NOW + 1);
    const { evidence } = incidentOf(observe({ confidence: 0.5, happened: 'Again.' }, NOW + 2));
    expect(evidence).toMatchObject([
      { confidence: 0.6, happened: 'Sure.', count: 3, firstSeenMs: NOW, lastSeenMs: NOW + 2 },
    ]);
  });

  it.each<[string, FindingText, FindingText, number]>([
    ['services', { to: '192.0.2.1 443' }, { to: '192.0.2.1 8443' }, 2],
    ['destinations', { to: '192.0.2.1 443' }, { to: '192.0.2.2 443' }, 2],
    ['detectors', { detector: 'beacon' }, { detector: 'volume' }, 2],
    [
      'ports of a destination as a whole',
      { scope: 'destination', to: '192.0.2.1 1' },
      { scope: 'destination', to: '192.0.2.1 2' },
      1,
    ],
    [
      'destinations of the host as a whole',
      { scope: 'host', to: '192.0.2.1 1' },
      { scope: 'host', to: '192.0.2.2 1' },
      1,
    ],
    ['source ports', { hostPort: 1 }, { hostPort: 2 }, 1],
  ])('tells evidence apart by what it is about: different %s', (_, first, second, pieces) => {
    const { observe } = newBook();
    observe(first);
    expect(incidentOf(observe(second)).evidence).toHaveLength(pieces);
  });

  it.each<[string, FindingText, string | null]>([
    ['where NAT sent it', { to: '192.0.2.1 80', translated: '10.9.0.1 3128' }, '10.9.0.1'],
    ['nothing without NAT', {}, null],
    [
      'nothing for many destinations',
      { scope: 'host', to: '192.0.2.1 80', translated: '10.9.0.1 3128' },
      null,
    ],
  ])('tells %s', (_, text, translated) => {
    const { observe } = newBook();
    expect(incidentOf(observe(text)).translated).toBe(translated);
    // Other evidence comes by another way.
    const other: FindingText = {
      detector: 'longConnection',
      to: '192.0.2.7 22',
      translated: '10.9.0.7 22',
      confidence: 0.4,
    };
    expect(incidentOf(observe(other)).translated).toBe(translated);
  });

  it('is one a host, of IPv4 and IPv6', () => {
    const { book, observe } = newBook();
    for (const host of ['10.1.0.10', 'fd00::10', '10.1.0.11', 'fd00:0::10']) observe({ host });
    expect(book.size).toBe(3);
    expect(['I1', 'I2', 'I3'].map((id) => book.get(id)?.host)).toEqual([
      '10.1.0.10',
      'fd00::10',
      '10.1.0.11',
    ]);
  });
});

describe('what an incident is to act on', () => {
  it.each<[string, FindingText[], string | undefined]>([
    ['nothing while it is no more than medium', [{ confidence: 0.7 }], undefined],
    ['its strongest evidence', [{ confidence: 0.85, to: '192.0.2.1 8443' }], 'beacon 192.0.2.1 to port 8443'],
    [
      'the strongest, also when another made it high',
      [{ confidence: 0.7 }, { detector: 'longConnection', confidence: 0.4 }],
      'beacon 192.0.2.1 to port 443',
    ],
    [
      'no weight, whatever its confidence',
      [{ detector: 'outlier', scope: 'host', confidence: 0.9, to: '192.0.2.9 1' }, { confidence: 0.75 }],
      'beacon 192.0.2.1 to port 443',
    ],
    [
      'no weight that is added to it',
      [{ confidence: 0.97 }, { detector: 'outlier', scope: 'host', confidence: 0.9 }],
      undefined,
    ],
    [
      'what is new, when it is sure enough by itself',
      [{ confidence: 0.97 }, { detector: 'volume', confidence: 0.6, to: '192.0.2.2 22' }],
      'volume 192.0.2.2 to port 22',
    ],
    [
      'not what is new and less sure',
      [{ confidence: 0.97 }, { detector: 'volume', confidence: 0.4, to: '192.0.2.2 22' }],
      undefined,
    ],
    [
      'nothing when many small suspicions make it high',
      Array.from({ length: 6 }, (_, i) => ({
        detector: (['beacon', 'volume', 'failedConnections', 'longConnection', 'dnsTunnel', 'scan'] as const)[
          i
        ],
        confidence: 0.4,
      })),
      undefined,
    ],
  ])('is %s', (_, findings, lead) => {
    const { observe } = newBook();
    const observed = findings.map((text, i) => observe(text, NOW + i));
    expect(leadOf(observed[observed.length - 1])).toBe(lead);
  });
});

describe('a full book', () => {
  it('closes the open case that is quiet the longest for one that opens, and says so', () => {
    const { book, observe } = newBook({ maxCases: 3 });
    for (const host of ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.1']) observe({ host });
    const observed = observe({ host: '10.0.0.4' });
    expect(observed).toMatchObject({
      kind: 'opened',
      displaced: { incident: { id: 'I2', state: 'closed' } },
    });
    expect(book.size).toBe(3);
    expect(book.get('I2')).toBeUndefined();
  });

  it('forgets what is only noted first', () => {
    const { book, observe } = newBook({ maxCases: 3 });
    observe({ host: '10.0.0.1' });
    for (const host of ['10.0.0.2', '10.0.0.3']) observe({ host, confidence: 0.2 });
    expect(observe({ host: '10.0.0.4' })).toMatchObject({ kind: 'opened', displaced: undefined });
    // Of 10.0.0.2 nothing is known any more; 10.0.0.3 is.
    expect(observe({ host: '10.0.0.3', detector: 'volume', confidence: 0.2 })).toMatchObject({
      kind: 'opened',
    });
    expect(observe({ host: '10.0.0.2', detector: 'volume', confidence: 0.2 })).toMatchObject({
      kind: 'noted',
    });
    expect(book.size).toBe(3);
  });

  it('of open cases closes none for what is only noted', () => {
    const { book, observe } = newBook({ maxCases: 3 });
    for (const host of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) observe({ host });
    for (let i = 4; i < 100; i++)
      expect(observe({ host: `10.0.0.${i}`, confidence: 0.2 }).kind).toBe('noted');
    expect(['I1', 'I2', 'I3'].map((id) => book.get(id)?.state)).toEqual(['open', 'open', 'open']);
  });

  it('of evidence keeps the strongest, and what came last', () => {
    const { observe } = newBook();
    let last: Incident | undefined;
    for (let i = 0; i < 40; i++)
      last = incidentOf(
        observe({ to: `192.0.2.${i} 443`, confidence: i === 39 ? 0.3 : 0.3 + i / 100 }, NOW + i),
      );
    expect(last?.evidence).toHaveLength(MAX_EVIDENCE);
    const destinations = last?.evidence.map(({ destination }) => destination);
    expect(destinations?.[0]).toBe('192.0.2.38');
    expect(destinations?.at(-1)).toBe('192.0.2.39');
    expect(last?.services).toHaveLength(1);
  });
});

describe('what is to be written down', () => {
  it('is what was updated, once, and not what was announced or closed meanwhile', () => {
    const { book, observe } = newBook();
    observe({ host: '10.0.0.1' });
    expect(book.takeUpdated()).toEqual([]);
    for (const host of ['10.0.0.1', '10.0.0.1', '10.0.0.2', '10.0.0.2']) observe({ host });
    book.close('I2', 'asked');
    expect(book.takeUpdated().map(({ id, count }) => [id, count])).toEqual([['I1', 3]]);
    expect(book.takeUpdated()).toEqual([]);
  });
});
