import { expect, test } from 'vitest';
import type { Target } from '../../../../src/decision/decision.ts';
import { dispatchOf } from '../../../../src/edges/alerts/dispatch.ts';
import { type EcsEvent, ecsEvent } from '../../../../src/edges/alerts/ecs.ts';
import type { EntryDraft } from '../../../../src/ledger/entry.ts';
import { anomaly, decision, incident, opened, proposed, suppressed } from '../../ledger/samples.ts';
import { ecsFaults } from './ecs-schema.ts';
import { entry, OBSERVER } from './entries.ts';
import { everyAlert } from './every-alert.ts';

function event(draft: EntryDraft) {
  const dispatch = dispatchOf(entry(draft), OBSERVER);
  return dispatch && ecsEvent(dispatch);
}

test('an incident becomes an alert with its ends, transport and rule', () => {
  const recorded = entry(opened(42));
  expect(event(opened(42))).toEqual({
    '@timestamp': '2025-10-09T08:53:20.000Z',
    ecs: { version: '8.17.0' },
    message: expect.stringContaining('penstock incidents I42'),
    log: { level: 'error' },
    event: {
      id: recorded.hash,
      sequence: 1,
      action: 'incident.opened',
      severity: 73,
      risk_score: 1,
      risk_score_norm: 100,
      kind: 'alert',
      category: ['network', 'intrusion_detection'],
      type: ['info'],
      provider: 'penstock',
      dataset: 'penstock.alert',
    },
    observer: {
      hostname: 'gateway',
      version: '0.1.0',
      type: 'firewall',
      vendor: 'Penstock',
      product: 'Penstock',
    },
    source: { address: '10.1.0.10', ip: '10.1.0.10' },
    destination: { address: '198.51.100.66', ip: '198.51.100.66', port: 443 },
    network: { iana_number: '6', transport: 'tcp' },
    rule: { name: 'known-c2', category: 'denyList' },
    labels: { incident: 'I42' },
    penstock: { severity: 'high', incident: incident(42) },
  });
});

test('an anomaly has its score, and its detector as rule', () => {
  const found = event({ type: 'incident.opened', actor: 'penstock', body: { incident: anomaly(42) } });
  expect(found).toMatchObject({
    event: { risk_score: 0.972, risk_score_norm: 97 },
    rule: { name: 'beacon', category: 'beacon' },
    penstock: { incident: { story: anomaly(42).story, evidence: anomaly(42).evidence } },
  });
});

test('a suppression is a change of configuration, about its ends', () => {
  const created = event(suppressed(7));
  expect(created).toMatchObject({
    event: { kind: 'event', category: ['configuration'], type: ['change'], severity: 21 },
    user: { name: 'duty' },
    source: { ip: '10.1.0.10' },
    destination: { ip: '198.51.100.66', port: 443 },
    rule: { name: 'beacon' },
    labels: { incident: 'I1', suppression: 'S7' },
  });
  const whole = event(suppressed(7, { destination: null, service: null }));
  expect([whole?.destination, whole?.network]).toEqual([undefined, undefined]);
});

test.each<[Target, object]>([
  [
    { kind: 'flow', host: 'fd00::1', destination: '2001:db8::1', service: { protocol: 58, port: null } },
    {
      source: { address: 'fd00::1', ip: 'fd00::1' },
      destination: { address: '2001:db8::1', ip: '2001:db8::1' },
      network: { iana_number: '58', transport: 'ipv6-icmp' },
    },
  ],
  [{ kind: 'destination', prefix: '192.0.2.0/24' }, { destination: { address: '192.0.2.0/24' } }],
  [
    { kind: 'destination', prefix: '192.0.2.7/32' },
    { destination: { address: '192.0.2.7/32', ip: '192.0.2.7' } },
  ],
  [
    { kind: 'destination', prefix: '2001:db8::7/128' },
    { destination: { address: '2001:db8::7/128', ip: '2001:db8::7' } },
  ],
  [{ kind: 'host', host: '10.1.0.10', allowTo: [] }, { source: { address: '10.1.0.10', ip: '10.1.0.10' } }],
])('the ends of a decision on %j', (target, ends) => {
  const { source, destination, network } = event(proposed(1, { target })) as EcsEvent;
  expect({ source, destination, network }).toEqual({
    source: undefined,
    destination: undefined,
    network: undefined,
    ...ends,
  });
});

test.each<[EntryDraft, string[]]>([
  [proposed(1), ['info', 'denied']],
  [proposed(1, { state: 'pending' }), ['info']],
  [
    { type: 'decision.expired', actor: 'penstock', body: { decision: decision(1, { state: 'expired' }) } },
    ['info', 'allowed'],
  ],
  [
    {
      type: 'decision.vetoed',
      actor: 'penstock',
      body: { decision: decision(1), guardrail: 'rate', reason: '' },
    },
    ['info'],
  ],
  [
    {
      type: 'enforcement.failed',
      actor: 'penstock',
      body: { decision: decision(1), change: 'add', error: '' },
    },
    ['info'],
  ],
  [{ type: 'drift.found', actor: 'penstock', body: { differences: [] } }, ['change']],
])('event.type of $type', (draft, type) => {
  expect(event(draft)?.event.type).toEqual(type);
});

test('a person who acted is the user; both ids are labels', () => {
  const approved = event({ type: 'decision.approved', actor: 'duty', body: { decision: decision(7) } });
  expect(approved).toMatchObject({ user: { name: 'duty' }, labels: { incident: 'I7', decision: 'D7' } });
});

test('a failure has an outcome', () => {
  const failed = event({
    type: 'drift.failed',
    actor: 'penstock',
    body: { differences: ['table inet penstock is missing'], error: 'EPERM' },
  });
  expect(failed?.event).toMatchObject({ outcome: 'failure', category: ['configuration'] });
});

test.each(everyAlert('a reason').map((draft) => [draft.type, draft] as const))(
  '%s is valid by the published schema',
  (_, draft) => {
    expect(ecsFaults(JSON.parse(JSON.stringify(event(draft))))).toEqual([]);
  },
);

test('what is not valid would be found', () => {
  const { '@timestamp': _, ...without } = event(opened(1)) as EcsEvent;
  expect(ecsFaults(without)).toEqual(['@timestamp: missing']);
  const wrong = { ...event(opened(1)), colour: 'red', source: { ip: '10.1.0.0/24' } };
  expect(ecsFaults(wrong)).toEqual(['source.ip: "10.1.0.0/24" is none', 'colour: unknown']);
  const mixed = { ...event(opened(1)), event: { kind: 'news', category: ['host'], type: ['denied'] } };
  expect(ecsFaults(mixed)).toEqual([
    'event.kind: "news" is none',
    'event.type: denied is expected in none of host',
  ]);
});
