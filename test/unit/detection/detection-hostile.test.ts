/** Events and clocks as nobody should send them: nothing breaks, nothing is lost, nobody hides. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { HOURS_WATCHED } from '../../../src/detection/host-profile.ts';
import { SeededRandom } from '../../../src/detection/model/seeded-random.ts';
import { mostIn } from '../../../src/detection/upload-watch.ts';
import type { FlowChange } from '../../../src/flow/flow.ts';
import { emptyFlow } from '../../../src/flow/flow-reader.ts';
import { address } from '../address/arbitrary.ts';
import { expectWords } from './confidences.ts';
import { DAY, HOST, HOUR, inOrder, MINUTE, START, type TimedChange } from './connection.ts';
import { browsing, CONTROLLER, INFECTION, infected, services } from './habits.ts';
import { found, lines, Watch, worthAnIncident } from './watch.ts';

const YEAR = 365 * DAY;

const honest = (fromMs: number, untilMs: number) =>
  inOrder(browsing({ fromMs, untilMs }), services(untilMs, fromMs));

it('the same input gives the same findings, to the letter', () => {
  const once = () => lines(new Watch().show(infected(START)).said);
  expect(once()).toEqual(once());
  expect(found(new Watch().show(infected(START)))).toEqual(INFECTION);
});

describe('events', () => {
  it('that come twice change nothing that matters', () => {
    const twice = (changes: readonly TimedChange[]) => changes.flatMap((each) => [each, each]);
    expect(found(new Watch().play(twice(inOrder(infected(START)))))).toEqual(INFECTION);
    expect(worthAnIncident(new Watch().play(twice(honest(START, START + DAY))))).toEqual([]);
  });

  it('that come minutes late, in disorder, change nothing that matters', () => {
    const random = new SeededRandom(3);
    const late = (changes: readonly TimedChange[]) =>
      changes
        .map((each) => ({ ...each, seen: each.atMs + (random.next() < 0.1 ? random.below(4 * MINUTE) : 0) }))
        .sort((x, y) => x.seen - y.seen);
    const watch = new Watch().play(late(inOrder(infected(START))));
    expect(found(watch)).toEqual(INFECTION);
    expect(worthAnIncident(new Watch().play(late(honest(START, START + 2 * DAY))))).toEqual([]);
  });

  it('of flows without a start time are judged by when they were seen', () => {
    const timeless = inOrder(infected(START)).map(({ atMs, change }) => ({
      atMs,
      change: { ...change, flow: { ...change.flow, startedAtMs: 0 } },
    }));
    expect(found(new Watch().play(timeless))).toEqual(INFECTION);
  });

  it('with counters of zero are no harm', () => {
    const zero = (change: FlowChange): FlowChange => ({
      ...change,
      bytesOut: 0,
      bytesIn: 0,
      packetsOut: 0,
      packetsIn: 0,
      flow: { ...change.flow, bytesOut: 0, bytesIn: 0, packetsOut: 0, packetsIn: 0 },
    });
    const watch = new Watch().play(
      inOrder(infected(START)).map(({ atMs, change }) => ({ atMs, change: zero(change) })),
    );
    expect(found(watch)).toEqual(INFECTION);
  });

  it('with counters of 2^53 are found, in words with numbers', () => {
    const huge = { bytesOut: 2 ** 53, bytesIn: 2 ** 43, packetsOut: 2 ** 53, durationMs: HOUR };
    const watch = new Watch().show(browsing({ untilMs: START + DAY }), [
      { atMs: START + DAY, to: CONTROLLER, ...huge },
    ]);
    const [first, ...others] = watch.alarms({ by: 'volume' });
    for (const said of [first, ...others]) expectWords(said, ['TiB']);
    watch.show(browsing({ fromMs: START + 2 * DAY, untilMs: START + 4 * DAY }));
    expect(found(watch.show(infected(START + 5 * DAY)))).toEqual(expect.arrayContaining(INFECTION));
  });
});

describe('a clock', () => {
  const days = 3 * DAY;
  const attackAt = START + days + 6 * HOUR;

  it.each<[string, number, boolean]>([
    ['back by a year', -YEAR, true],
    ['forward by a year', YEAR, true],
    ['back by an hour', -HOUR, false],
  ])('that is set %s, and right again, teaches nothing and hides nobody', (_, offMs, live) => {
    const watch = new Watch({ live }).play(honest(START, START + days));
    const known = watch.detection.profiles.get(parseAddress(HOST))?.profile;
    if (known === undefined) throw new Error('no profile');
    const before = { most: mostIn(known, 1), hours: known.head[HOURS_WATCHED] };
    watch.play(honest(START + days + offMs, START + days + offMs + 30 * MINUTE));
    watch.play(honest(START + days + HOUR, attackAt));
    expect(worthAnIncident(watch)).toEqual([]);
    const learnt = known.head[HOURS_WATCHED] - before.hours;
    expect([learnt > 2, learnt < 10]).toEqual([true, true]);
    expect(mostIn(known, 1)).toBeGreaterThanOrEqual(before.most / 2);
    expect(found(watch.show(infected(attackAt)))).toEqual(INFECTION);
    for (const said of watch.alarms()) expectWords(said, []);
  });

  it('that is set while somebody attacks does not stop it from being found, nor make spans below zero', () => {
    for (const offMs of [-YEAR, YEAR, -2 * HOUR]) {
      const watch = new Watch({ live: true }).play(honest(START, START + DAY));
      watch.play(inOrder(infected(START + DAY)).slice(0, 400));
      watch.play(inOrder(infected(START + DAY + offMs)));
      expect(found(watch)).toEqual(expect.arrayContaining(INFECTION));
      for (const { happened } of watch.alarms()) expect(happened).not.toMatch(/ -\d/);
    }
  });
});

const counter = fc.oneof(fc.nat(100), fc.nat(2 ** 31), fc.constantFrom(0, 2 ** 31, 2 ** 53, 2 ** 63));
const anyChange: fc.Arbitrary<TimedChange> = fc
  .record({
    atMs: fc.oneof(
      fc.nat(10 * DAY).map((ms) => START + ms),
      fc.constantFrom(0, 1, START - YEAR, START + YEAR),
    ),
    kind: fc.constantFrom('started', 'progressed', 'ended'),
    direction: fc.constantFrom('outbound', 'inbound', 'foreign'),
    host: fc.oneof(address, fc.constantFrom(...['10.1.0.10', 'fd00::1'].map(parseAddress))),
    destination: fc.oneof(address, fc.constantFrom(...['203.0.113.9', '2001:db8::9'].map(parseAddress))),
    protocol: fc.constantFrom(0, 1, 6, 17, 58, 255),
    port: fc.constantFrom(0, 22, 53, 443, 65_535),
    startedAtMs: fc.constantFrom(0, START, START + DAY, START + 2 * YEAR),
    replied: fc.boolean(),
    counters: fc.tuple(counter, counter, counter, counter),
  })
  .map(({ atMs, kind, port, counters: [bytesOut, bytesIn, packetsOut, packetsIn], ...parts }) => {
    const counted = { bytesOut, bytesIn, packetsOut, packetsIn };
    const translated = parts.destination;
    const ends = {
      translated,
      destinationPort: port,
      translatedPort: port,
      icmpType: port & 255,
      lastSeenAtMs: atMs,
    };
    return { atMs, change: { kind, ...counted, flow: { ...emptyFlow(), ...parts, ...ends, ...counted } } };
  });

it('anything at all is taken without an error, and what is said of it is said in whole sentences', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { minLength: 100, maxLength: 400, size: 'max' }), (changes) => {
      const watch = new Watch({ live: true }).play(changes);
      for (const said of watch.said) {
        expect(said.confidence).toBeGreaterThan(0);
        expect(said.confidence).toBeLessThanOrEqual(1);
        expectWords(said, []);
      }
      expect(watch.detection.profiles.size).toBeLessThanOrEqual(changes.length);
    }),
    { numRuns: 60 },
  );
});
