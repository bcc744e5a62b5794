import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ocsfEvent } from '../../../../../src/edges/alerts/format/ocsf.ts';
import type { EntryDraft } from '../../../../../src/ledger/entry.ts';
import { anomaly, decision, incident, opened, proposed, suppressed } from '../../../ledger/samples.ts';
import { dispatch } from '../entries.ts';
import { anyDispatch } from '../made-up.ts';
import { ocsfFaults } from './ocsf-schema.ts';

const event = (draft: EntryDraft) => JSON.parse(JSON.stringify(ocsfEvent(dispatch(draft))));

test('an incident is a Detection Finding', () => {
  const made = dispatch(opened(42));
  expect(ocsfEvent(made)).toMatchObject({
    class_uid: 2004,
    type_uid: 200_401,
    time: 1_760_000_000_000,
    severity_id: 4,
    status_id: 1,
    metadata: {
      version: '1.2.0',
      uid: made.id,
      sequence: 1,
      event_code: 'incident.opened',
      correlation_uid: 'I42',
    },
    finding_info: {
      uid: 'gateway/I42',
      title: 'On deny list known-c2',
      types: ['denyList'],
      analytic: { name: 'denyList', type_id: 1, uid: 'known-c2' },
    },
    evidences: [
      {
        src_endpoint: { ip: '10.1.0.10' },
        dst_endpoint: { ip: '198.51.100.66', port: 443 },
        connection_info: { direction_id: 2, protocol_num: 6, protocol_name: 'tcp' },
      },
    ],
    observables: [
      { name: 'evidences[0].src_endpoint.ip', type_id: 2, value: '10.1.0.10' },
      { name: 'evidences[0].dst_endpoint.ip', type_id: 2, value: '198.51.100.66' },
    ],
    confidence_score: 100,
    action: 'Unknown',
    disposition: 'Alert',
    device: { hostname: 'gateway', type_id: 9 },
  });
});

test.each<[string, EntryDraft, object]>([
  ['a block', proposed(1, { state: 'active' }), { action_id: 2, disposition_id: 2, activity_id: 1 }],
  ['what waits', proposed(1, { state: 'pending' }), { action_id: 0, disposition_id: 19 }],
  [
    'what nobody answered',
    { type: 'decision.lapsed', actor: 'penstock', body: { decision: decision(1, { state: 'lapsed' }) } },
    { action_id: 1, disposition_id: 1, activity_id: 3, status_id: 4 },
  ],
  [
    'an anomaly',
    { type: 'incident.opened', actor: 'penstock', body: { incident: anomaly(3) } },
    { confidence_score: 97, finding_info: { analytic: { name: 'beacon', type_id: 2 } } },
  ],
  [
    'a rise',
    { type: 'incident.escalated', actor: 'penstock', body: { incident: incident(3), from: 'low' } },
    { activity_id: 2, type_uid: 200_402 },
  ],
  ['a suppression', suppressed(7), { activity_id: 3, actor: { user: { name: expect.any(String) } } }],
])('of %s', (_, draft, expected) => {
  const made = event(draft);
  expect(made).toMatchObject(expected);
  expect(ocsfFaults(made)).toEqual([]);
});

test('any alert is valid by the published schema', () => {
  fc.assert(
    fc.property(anyDispatch, (any) => {
      expect(ocsfFaults(JSON.parse(JSON.stringify(ocsfEvent(any))))).toEqual([]);
    }),
  );
});

test('what is not valid would be found', () => {
  const { class_uid: _, ...without } = event(opened(1));
  expect(ocsfFaults(without)).toEqual(expect.arrayContaining(['class_uid: missing']));
  expect(ocsfFaults({ ...event(opened(1)), severity_id: 7, colour: 'red' })).toEqual(
    expect.arrayContaining(['severity_id: 7 is not in the enumeration', 'colour: unknown']),
  );
});
