/** Alerts of all kinds with hostile text in them, for fast-check. */
import fc from 'fast-check';
import type { AlertFacts } from '../../../../src/edges/alerts/alert-facts.ts';
import type { Dispatch } from '../../../../src/edges/alerts/dispatch.ts';
import { sentence } from '../../../../src/edges/alerts/wording.ts';
import { opened } from '../../ledger/samples.ts';
import { dispatch } from './entries.ts';

/** What breaks careless encoders. */
export const HOSTILE = [
  'two\nlines',
  'three\r\nlines\rof text',
  '] " \\ ]" \\" \\\\',
  'a=b|c\\|d\\=e\\n',
  'nul\0 bell\u0007 escape\u001b[31m',
  'bidi \u202e override, line\u2028separator',
  'Überwachung 監視 🔥',
  '\ud800 alone',
  "<script>alert('x')</script>",
  'tab\tand\tx09',
  ' leading and trailing ',
  'a'.repeat(8_192),
  '',
];

export const hostileText = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({
    unit: fc.constantFrom('\\', '"', ']', '[', '=', '|', '\n', '\r', '\t', ' ', 'n', 'é'),
    maxLength: 40,
  }),
);

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const address = fc.constantFrom('10.1.0.10', '2001:db8::1', '198.51.100.66');

const facts: fc.Arbitrary<AlertFacts> = fc.record({
  host: orNull(address),
  destination: orNull(fc.oneof(address, fc.constantFrom('198.51.100.0/24', '192.0.2.7/32', '2001:db8::/32'))),
  service: orNull(
    fc.constantFrom({ protocol: 6, port: 443 }, { protocol: 1, port: null }, { protocol: 99, port: null }),
  ),
  detector: orNull(fc.constantFrom('denyList', 'beacon', 'policyViolation')),
  rule: orNull(hostileText),
  score: orNull(fc.constantFrom(0, 0.5, 0.972, 1)),
  reasons: fc.array(hostileText, { maxLength: 4 }),
  incident: orNull(fc.constantFrom('I42', 'I7')),
  decision: orNull(fc.constantFrom('D1', 'D9')),
  decisionState: orNull(fc.constantFrom('active', 'pending', 'vetoed', 'lapsed', 'provisional')),
});

const BASE = dispatch(opened(1));

export const anyDispatch: fc.Arbitrary<Dispatch> = fc.record({
  id: fc.constant(BASE.id),
  sequence: fc.nat(),
  atMs: fc.integer({ min: 0, max: 4_102_444_800_000 }),
  actor: fc.oneof(fc.constant('penstock'), hostileText),
  action: fc.constantFrom('incident.opened', 'decision.proposed', 'drift.found', 'alert.test'),
  severity: fc.constantFrom('low', 'medium', 'high', 'critical'),
  message: hostileText.map(sentence),
  facts,
  entry: fc.constantFrom(null, BASE.entry),
  observer: fc.record({
    hostname: fc.oneof(fc.constant('gateway'), hostileText),
    version: fc.constant('0.1.0'),
  }),
});
