/** Entries as automation intends them, and others: whatever their types allow, hostile text too. */
import fc from 'fast-check';
import type { Decision } from '../../../src/decision/decision.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { anyText } from './any-text.ts';
import { anomaly, decision, incident, proposed, revision } from './samples.ts';

const text = anyText(40);
const texts = fc.array(text, { maxLength: 5 });
/** What JSON turns into null or 0 too. */
const number = fc.oneof(fc.double(), fc.constantFrom(-0, 0, 1, 2 ** 53));
const numberOrNull = fc.option(number);
const textOrNull = fc.option(text);
const service = fc.record({ protocol: number, port: numberOrNull });

/** Fields in the order in which the incident book names them. */
const anyIncident: fc.Arbitrary<Incident> = fc.record({
  id: text,
  host: text,
  groups: texts,
  cause: fc.constantFrom('denyList', 'policyViolation', 'limit'),
  source: textOrNull,
  destination: textOrNull,
  translated: textOrNull,
  services: fc.array(service, { maxLength: 4 }),
  severity: fc.constantFrom('low', 'medium', 'high', 'critical'),
  score: number,
  raisedAtMs: numberOrNull,
  count: number,
  firstSeenMs: number,
  lastSeenMs: number,
  state: fc.constantFrom('open', 'closed'),
  reasons: texts,
  evidence: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.constant(anomaly(1).evidence)),
  story: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, fc.constant(anomaly(1).story)),
});

const target = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('flow'), host: text, destination: text, service }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('destination'), prefix: text }) },
  fc.record({ kind: fc.constant('host'), host: text, allowTo: texts }),
);
const answer = fc.record({
  verb: fc.constantFrom('approve', 'reject'),
  actor: text,
  atMs: number,
  reason: text,
});

/** In the order in which `propose` names them. */
const anyDecision: fc.Arbitrary<Decision> = fc.record({
  incident: textOrNull,
  origin: fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('automatic'), detector: text }) },
    fc.record({ kind: fc.constant('manual'), actor: text }),
  ),
  action: fc.oneof({ weight: 4, arbitrary: fc.constant('block') }, fc.constant('quarantine')),
  target,
  approval: fc.constantFrom('none', 'provisional', 'required'),
  ttlMs: number,
  persons: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.constant(2)),
  reason: text,
  id: text,
  state: fc.constantFrom('active', 'provisional', 'pending'),
  createdAtMs: number,
  answerByMs: numberOrNull,
  expiresAtMs: numberOrNull,
  answers: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(answer, { maxLength: 2 })),
  enforcement: fc.oneof(
    { weight: 4, arbitrary: fc.constant({ status: 'pending' }) },
    fc.record({ status: fc.constant('failed'), atMs: number, error: text }),
  ),
}) as fc.Arbitrary<Decision>;

const head = { actor: text, atMs: fc.option(number, { nil: undefined }) };
const others: EntryDraft[] = [
  revision(1),
  { type: 'incident.closed', actor: 'penstock', body: { incident: incident(2), reason: 'quiet' } },
  { type: 'decision.expired', actor: 'penstock', atMs: 1, body: { decision: decision(3) } },
  proposed(4, { coverage: { addresses: [], stations: [], gaps: [] } as unknown as Decision['coverage'] }),
];

export const anyDrafts: fc.Arbitrary<EntryDraft[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: entryOf('incident.opened', fc.record({ incident: anyIncident })) },
    { weight: 4, arbitrary: entryOf('decision.proposed', fc.record({ decision: anyDecision })) },
    fc.constantFrom(...others),
  ),
  { minLength: 1, maxLength: 4 },
);

function entryOf(type: EntryDraft['type'], body: fc.Arbitrary<unknown>): fc.Arbitrary<EntryDraft> {
  return fc.record({ type: fc.constant(type), ...head, body }) as fc.Arbitrary<EntryDraft>;
}
