import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type StixBundle, stixBundle } from '../../../../../src/edges/alerts/stix/bundle.ts';
import { place } from '../../../../../src/edges/alerts/stix/observables.ts';
import { DETECTORS } from '../../../../../src/policy/schema/response.ts';
import { anomaly, decision, incident } from '../../../ledger/samples.ts';
import { OBSERVER } from '../entries.ts';
import { problemsIn } from './validator.ts';

const of = ({ objects }: StixBundle, type: string) => objects.filter((object) => object.type === type);

test('addresses have the identifiers of the specification', () => {
  // The example of section 2.9, and what other tools make of the same.
  expect(place('198.51.100.3').id).toBe('ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4');
  expect(place('198.51.100.0/24')).toMatchObject({ type: 'ipv4-addr', value: '198.51.100.0/24' });
  expect(place('2001:db8::1').id).toBe('ipv6-addr--6469e3a9-b053-5e34-a025-9396ae051d26');
  expect(place('example.com').id).toBe('domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7');
});

test('an anomaly with a block is a bundle that keeps to the specification', () => {
  const bundle = stixBundle(anomaly(1), [decision(1), decision(2, { state: 'revoked' })], OBSERVER);
  expect(problemsIn(bundle)).toEqual([]);
  expect(of(bundle, 'indicator')).toMatchObject([
    {
      name: 'Calls at regular times, like malware its controller',
      pattern:
        "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '198.51.100.66' AND network-traffic:dst_port = 443]",
      indicator_types: ['anomalous-activity'],
      confidence: 97,
    },
  ]);
  expect(of(bundle, 'infrastructure')).toMatchObject([{ infrastructure_types: ['command-and-control'] }]);
  expect(of(bundle, 'network-traffic')).toMatchObject([{ dst_port: 443, protocols: ['ipv4', 'tcp'] }]);
  expect(of(bundle, 'course-of-action').map(({ name }) => name)).toEqual([
    'D1: block of all traffic with 198.51.100.66/32',
    'D2: block of all traffic with 198.51.100.66/32',
  ]);
  expect(of(bundle, 'sighting')).toHaveLength(1);
});

test('a scan, which has no destination, points at the host', () => {
  const bundle = stixBundle(
    anomaly(1, { cause: 'scan', destination: null, services: [], evidence: [] }),
    [],
    OBSERVER,
  );
  expect(problemsIn(bundle)).toEqual([]);
  expect(of(bundle, 'indicator')).toMatchObject([
    {
      indicator_types: ['compromised'],
      pattern: "[network-traffic:src_ref.type = 'ipv4-addr' AND network-traffic:src_ref.value = '10.1.0.10']",
    },
  ]);
  expect(of(bundle, 'infrastructure')).toEqual([]);
});

test('a later bundle of the same incident has the same objects, changed', () => {
  const first = stixBundle(incident(1), [], OBSERVER);
  const again = stixBundle(incident(1), [], OBSERVER);
  const later = stixBundle(incident(1, { count: 7, lastSeenMs: 9_000 }), [decision(1)], OBSERVER);
  expect(again).toEqual(first);
  expect(later.id).not.toBe(first.id);
  const ids = later.objects.map(({ id }) => id);
  for (const { id } of first.objects) expect(ids).toContain(id);
  const other = stixBundle(incident(1), [], { ...OBSERVER, hostname: 'other' });
  expect(of(other, 'indicator')[0].id).not.toBe(of(first, 'indicator')[0].id);
  expect(of(other, 'ipv4-addr')).toEqual(of(first, 'ipv4-addr'));
});

test('whatever an incident is made of, the bundle keeps to the specification', () => {
  const place = fc.constantFrom('198.51.100.66', '2001:db8::66', "ev'il\\.example", null);
  const hostile = fc.string({ unit: 'binary', maxLength: 30 });
  const service = fc.record({
    protocol: fc.constantFrom(1, 6, 17, 47, 58, 132, 255),
    port: fc.constantFrom(null, 0, 53, 65_535),
  });
  fc.assert(
    fc.property(
      fc.record({
        cause: fc.constantFrom(...DETECTORS),
        host: fc.constantFrom('10.1.0.10', 'fd00::10'),
        destination: place,
        translated: place,
        services: fc.array(service, { maxLength: 4 }),
        count: fc.integer({ min: 0, max: 2 ** 40 }),
        score: fc.double({ min: 0, max: 1, noNaN: true }),
        firstSeenMs: fc.integer({ min: 0, max: 2 ** 42 }),
        lastSeenMs: fc.integer({ min: 0, max: 2 ** 42 }),
        source: fc.option(hostile),
        reasons: fc.array(hostile, { maxLength: 2 }),
      }),
      fc.array(fc.constantFrom('pending', 'active', 'lapsed'), { maxLength: 3 }),
      (changes, states) => {
        const decisions = states.map((state, at) => decision(at + 1, { state } as never));
        const bundle = stixBundle(incident(1, changes as never), decisions, OBSERVER);
        expect(problemsIn(bundle)).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
});
