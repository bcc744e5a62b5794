import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import type { Narrator, PolicyFinding } from '../../../src/incident/finding.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import {
  IncidentBook,
  type IncidentBookOptions,
  MAX_SERVICES,
  QUIET_MS,
} from '../../../src/incident/incident-book.ts';
import { MAX_OPEN_PER_HOST } from '../../../src/incident/incident-index.ts';
import { IncidentNumbers } from '../../../src/incident/incident-numbers.ts';
import { type FlowText, flowOf } from './flow.ts';

const VIOLATION: PolicyFinding = { kind: 'deny', cause: 'policyViolation' };
const KNOWN_C2: PolicyFinding = {
  kind: 'deny',
  cause: 'denyList',
  list: 'known-c2',
  reason: 'command and control',
};
const FEED: PolicyFinding = { kind: 'deny', cause: 'denyList', list: 'feed', reason: 'on the feed' };
const BREACH: PolicyFinding = {
  rule: 'web-payments',
  ruleIndex: 0,
  host: parseAddress('10.1.0.10'),
  limit: 'bytesOut',
  measured: 3,
  allowed: 2,
  sentence: '10.1.0.10 under rule web-payments: sent 3 B in 24h, allowed 2 B',
};

function bookOf(options: Partial<IncidentBookOptions> = {}): {
  book: IncidentBook;
  asked: () => number;
  observe: (finding: PolicyFinding, text?: FlowText, atMs?: number) => ReturnType<IncidentBook['observe']>;
} {
  const book = new IncidentBook({ numbers: new IncidentNumbers(1), ...options });
  let asked = 0;
  const narrator: Narrator = {
    groupsOf: () => ['web'],
    explain: () => {
      asked++;
      return ['rule web-payments allows 203.0.113.0/24 only'];
    },
  };
  const observe = (finding: PolicyFinding, text?: FlowText, atMs = 1_000) =>
    book.observe(flowOf(text), finding, narrator, atMs);
  return { book, asked: () => asked, observe };
}

describe('one incident a host, cause, source and destination', () => {
  it('opens with all that a person needs', () => {
    const { observe } = bookOf({ numbers: new IncidentNumbers(42) });
    expect(observe(VIOLATION)).toEqual({
      kind: 'opened',
      displaced: undefined,
      incident: {
        id: 'I42',
        host: '10.1.0.10',
        groups: ['web'],
        cause: 'policyViolation',
        source: null,
        destination: '192.0.2.1',
        translated: null,
        services: [{ protocol: 6, port: 443 }],
        severity: 'medium',
        score: 1,
        count: 1,
        firstSeenMs: 1_000,
        lastSeenMs: 1_000,
        raisedAtMs: null,
        state: 'open',
        reasons: [
          '10.1.0.10 opened tcp/443 to 192.0.2.1, which no rule allows',
          'rule web-payments allows 203.0.113.0/24 only',
        ],
        evidence: [],
        story: null,
      },
    });
  });

  it('folds the next observation in without asking for words', () => {
    const { observe, asked, book } = bookOf();
    observe(VIOLATION);
    observe(VIOLATION, { to: '192.0.2.1 80' }, 5_000);
    const { kind, incident } = observe(VIOLATION, {}, 3_000);
    expect([kind, book.size, asked()]).toEqual(['updated', 1, 1]);
    expect(incident).toMatchObject({
      count: 3,
      firstSeenMs: 1_000,
      lastSeenMs: 5_000,
      services: [
        { protocol: 6, port: 443 },
        { protocol: 6, port: 80 },
      ],
    });
  });

  it.each<[string, PolicyFinding, FlowText, PolicyFinding, FlowText]>([
    ['hosts', VIOLATION, {}, VIOLATION, { host: '10.1.0.11' }],
    ['destinations', VIOLATION, {}, VIOLATION, { to: '192.0.2.2 443' }],
    ['families with the same words', VIOLATION, { to: '0.0.0.1 1' }, VIOLATION, { to: '::1 1' }],
    ['causes', VIOLATION, {}, KNOWN_C2, {}],
    ['deny lists', KNOWN_C2, {}, FEED, {}],
    ['limit and violation', BREACH, {}, VIOLATION, {}],
  ])('keeps %s apart', (_, first, firstFlow, second, secondFlow) => {
    const { observe, book } = bookOf();
    observe(first, firstFlow);
    expect(observe(second, secondFlow).kind).toBe('opened');
    expect(book.size).toBe(2);
  });

  it.each<[string, PolicyFinding, FlowText, Partial<Incident>]>([
    [
      'a deny list',
      KNOWN_C2,
      { to: '198.51.100.66 443' },
      {
        severity: 'high',
        source: 'known-c2',
        reasons: [
          '10.1.0.10 opened tcp/443 to 198.51.100.66, which deny list known-c2 holds: command and control',
        ],
      },
    ],
    [
      'a limit',
      BREACH,
      {},
      {
        severity: 'medium',
        source: 'web-payments',
        reasons: [
          '10.1.0.10 under rule web-payments: sent 3 B in 24h, allowed 2 B',
          'last, 10.1.0.10 opened tcp/443 to 192.0.2.1',
        ],
      },
    ],
    [
      'NAT',
      KNOWN_C2,
      { translated: '198.51.100.66 8443' },
      {
        destination: '192.0.2.1',
        translated: '198.51.100.66',
        reasons: [
          '10.1.0.10 opened tcp/443 to 192.0.2.1 (after NAT 198.51.100.66 tcp/8443), which deny list known-c2 holds: command and control',
        ],
      },
    ],
  ])('tells of %s', (_, finding, text, expected) => {
    expect(bookOf().observe(finding, text).incident).toMatchObject(expected);
  });
});

describe('bounds', () => {
  it('lists no more than so many services', () => {
    const { observe } = bookOf();
    for (let port = 1; port <= MAX_SERVICES + 5; port++) observe(VIOLATION, { to: `192.0.2.1 ${port}` });
    const { incident } = observe(VIOLATION);
    expect(incident.services).toHaveLength(MAX_SERVICES);
    expect(incident.count).toBe(MAX_SERVICES + 6);
  });

  it('folds what a scanning host opens past its share, by source', () => {
    const { observe, book } = bookOf();
    for (let i = 1; i <= MAX_OPEN_PER_HOST; i++) observe(KNOWN_C2, { to: `192.0.2.${i} 443` });
    const folded = observe(KNOWN_C2, { to: '198.51.100.1 443', translated: '198.51.100.2 443' });
    expect(folded).toMatchObject({ kind: 'opened', incident: { destination: null, translated: null } });
    expect(folded.incident.reasons[0]).toContain(String(MAX_OPEN_PER_HOST));
    expect(observe(KNOWN_C2, { to: '198.51.100.3 443' })).toMatchObject({
      kind: 'updated',
      incident: { count: 2 },
    });
    expect(observe(KNOWN_C2, { to: '192.0.2.1 443' }).incident.destination).toBe('192.0.2.1');
    expect(observe(FEED, { to: '198.51.100.4 443' })).toMatchObject({
      kind: 'opened',
      incident: { source: 'feed' },
    });
    expect(observe(VIOLATION, { to: '198.51.100.4 443' }).incident.destination).toBe('198.51.100.4');
    expect(book.size).toBe(MAX_OPEN_PER_HOST + 3);
  });

  it('gives destinations their own incident again once some are closed', () => {
    const { observe, book } = bookOf();
    for (let i = 1; i <= MAX_OPEN_PER_HOST + 1; i++) observe(VIOLATION, { to: `192.0.2.${i} 443` });
    book.close('I1', 'done');
    expect(observe(VIOLATION, { to: '198.51.100.9 443' }).incident.destination).toBe('198.51.100.9');
  });

  it('closes the one quiet the longest when there are too many', () => {
    const { observe, book } = bookOf({ maxOpen: 2 });
    observe(VIOLATION, { host: '10.1.0.1' }, 1_000);
    observe(VIOLATION, { host: '10.1.0.2' }, 2_000);
    observe(VIOLATION, { host: '10.1.0.1' }, 3_000);
    expect(observe(VIOLATION, { host: '10.1.0.3' }, 4_000)).toMatchObject({
      kind: 'opened',
      displaced: {
        incident: { host: '10.1.0.2', state: 'closed' },
        reason: expect.stringContaining('make room'),
      },
    });
    expect(book.size).toBe(2);
  });
});

describe('life cycle', () => {
  it('closes what is quiet and opens a new one after', () => {
    const { observe, book } = bookOf();
    observe(VIOLATION, {}, 1_000);
    observe(VIOLATION, { to: '192.0.2.9 1' }, 2_000);
    expect(book.sweep(1_000 + QUIET_MS - 1)).toEqual([]);
    const [closure, ...others] = book.sweep(1_000 + QUIET_MS);
    expect(closure).toMatchObject({
      incident: { id: 'I1', state: 'closed' },
      reason: 'quiet for 60 minutes',
    });
    expect(others).toEqual([]);
    expect(observe(VIOLATION)).toMatchObject({ kind: 'opened', incident: { id: 'I3', count: 1 } });
  });

  it('closes one by id, once', () => {
    const { observe, book } = bookOf();
    observe(VIOLATION);
    expect(book.close('I1', 'looked into')).toMatchObject({
      incident: { state: 'closed' },
      reason: 'looked into',
    });
    expect(book.close('I1', 'again')).toBeUndefined();
    expect([book.size, book.get('I1')]).toEqual([0, undefined]);
  });

  it('hands out updates once, as copies, and none for what is closed', () => {
    const { observe, book } = bookOf();
    observe(VIOLATION);
    expect(book.takeUpdated()).toEqual([]);
    observe(VIOLATION);
    observe(VIOLATION, { to: '192.0.2.2 80' });
    observe(VIOLATION, { to: '192.0.2.2 80' });
    book.close('I2', 'done');
    const updated = book.takeUpdated();
    expect(updated.map(({ id, count }) => [id, count])).toEqual([['I1', 2]]);
    expect(book.takeUpdated()).toEqual([]);
    observe(VIOLATION, { to: '192.0.2.1 99' });
    expect(updated[0]).toMatchObject({ count: 2, services: [{ port: 443 }] });
  });

  it('goes on after a restart with what was open', () => {
    const before = bookOf();
    before.observe(VIOLATION, { host: 'fd00::1', to: '2001:db8::1 443' }, 2_000);
    before.observe(KNOWN_C2, {}, 1_000);
    before.observe(VIOLATION, { to: '192.0.2.7 1' }, 3_000);
    const written = ['I1', 'I2', 'I3'].map((id) => structuredClone(before.book.get(id)) as Incident);
    const { book, observe } = bookOf({ numbers: new IncidentNumbers(4) });
    book.restore([...written.slice(0, 2), { ...written[2], state: 'closed' }]);
    expect(observe(VIOLATION, { host: 'fd00::1', to: '2001:db8::1 80' }, 4_000)).toMatchObject({
      kind: 'updated',
      incident: { id: 'I1', count: 2, firstSeenMs: 2_000 },
    });
    expect(observe(VIOLATION, { to: '192.0.2.7 1' }, 4_000)).toMatchObject({
      kind: 'opened',
      incident: { id: 'I4' },
    });
    expect(book.sweep(1_000 + QUIET_MS).map(({ incident }) => incident.id)).toEqual(['I2']);
  });
});
