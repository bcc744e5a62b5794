import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, toBytes } from '../../../src/address/address.ts';
import { parsePrefix, prefixContains } from '../../../src/address/prefix.ts';
import type { Decision, Target } from '../../../src/decision/decision.ts';
import { type Change, DesiredState } from '../../../src/enforcement/desired-state.ts';
import type { KernelElement } from '../../../src/enforcement/element.ts';
import { type Mac, macBytes } from '../../../src/neighbour/mac.ts';

function decision(id: string, target: Target, expiresAtMs: number): Decision {
  return {
    id,
    incident: null,
    origin: { kind: 'manual', actor: 'test' },
    action: target.kind === 'host' ? 'quarantine' : 'block',
    target,
    approval: 'none',
    ttlMs: expiresAtMs,
    state: 'active',
    createdAtMs: 0,
    answerByMs: null,
    expiresAtMs,
    reason: '',
    answers: [],
    enforcement: { status: 'none' },
  };
}

const c2 = { kind: 'destination', prefix: '198.51.100.66/32' } as const;
const wide = { kind: 'destination', prefix: '198.51.100.0/24' } as const;
const flow = {
  kind: 'flow',
  host: '10.1.0.10',
  destination: '198.51.100.66',
  service: { protocol: 6, port: 443 },
} as const;
const ping = {
  kind: 'flow',
  host: '10.1.0.10',
  destination: '198.51.100.66',
  service: { protocol: 1, port: null },
} as const;
const flow6 = {
  kind: 'flow',
  host: 'fd00:1::10',
  destination: '2001:db8::66',
  service: { protocol: 17, port: 53 },
} as const;
const quarantine = {
  kind: 'host',
  host: '10.1.0.10',
  allowTo: ['10.0.0.0/24', '10.0.0.53/32', 'fd00::53/128'],
} as const;

const ids = (change: Change) => ({
  add: change.add.map((e) => e.id),
  refresh: change.refresh.map((e) => e.id),
  remove: change.remove.map((e) => e.id),
});

describe('DesiredState', () => {
  it.each<[string, Target, string[]]>([
    ['a destination', c2, ['destination4 c6336442']],
    ['a prefix', wide, ['prefix4 c6336400-c63364ff']],
    ['a flow with a port', flow, ['flow4 0a01000ac63364420600000001bb0000']],
    ['a flow without ports', ping, ['pair4 0a01000ac633644201000000']],
    [
      'an IPv6 flow',
      flow6,
      ['flow6 fd00000100000000000000000000001020010db80000000000000000000000661100000000350000'],
    ],
    [
      'a quarantine, its nested and foreign exceptions left out',
      quarantine,
      ['quarantine4 0a01000a', 'exception4 0a01000a0a000000-0a01000a0a0000ff'],
    ],
  ])('puts %s into its set', (_, target, expected) => {
    expect(ids(new DesiredState().put(decision('D1', target, 1000)))).toEqual({
      add: expected,
      refresh: [],
      remove: [],
    });
  });

  it('keeps an element that another decision still asks for, as long as that one stands', () => {
    const state = new DesiredState();
    state.put(decision('D1', c2, 1000));
    expect(ids(state.put(decision('D2', c2, 5000))).refresh).toEqual(['destination4 c6336442']);
    const change = state.drop('D2');
    expect(ids(change)).toEqual({ add: [], refresh: ['destination4 c6336442'], remove: [] });
    expect(change.refresh[0].expiresAtMs).toBe(1000);
    expect(ids(state.drop('D1')).remove).toEqual(['destination4 c6336442']);
  });

  it('cuts a prefix when a longer block lies inside it, and heals it afterwards', () => {
    const state = new DesiredState();
    state.put(decision('D1', wide, 1000));
    const cut = ids(state.put(decision('D2', { kind: 'destination', prefix: '198.51.100.128/25' }, 9000)));
    expect(cut.add).toEqual(['prefix4 c6336400-c633647f', 'prefix4 c6336480-c63364ff']);
    expect(cut.remove).toEqual(['prefix4 c6336400-c63364ff']);
    expect(ids(state.drop('D2')).add).toEqual(['prefix4 c6336400-c63364ff']);
  });

  it('cuts exceptions of one host that overlap, and leaves those of the other quarantine whole when one goes', () => {
    const to = (...allowTo: string[]): Target => ({ kind: 'host', host: '10.1.0.10', allowTo });
    const state = new DesiredState();
    state.put(decision('D1', to('10.0.0.0/25', '192.0.2.1/32'), 1000));
    const both = ids(state.put(decision('D2', to('10.0.0.0/24'), 9000)));
    expect(both.add).toEqual(['exception4 0a01000a0a000000-0a01000a0a0000ff']);
    expect(both.remove).toEqual(['exception4 0a01000a0a000000-0a01000a0a00007f']);
    expect(ids(state.drop('D2'))).toEqual({
      add: ['exception4 0a01000a0a000000-0a01000a0a00007f'],
      refresh: ['quarantine4 0a01000a'],
      remove: ['exception4 0a01000a0a000000-0a01000a0a0000ff'],
    });
    expect(ids(state.drop('D1')).add).toEqual([]);
    expect([...state.elements(0)]).toEqual([]);
  });

  it.each<[string, (state: DesiredState) => unknown]>([
    ['one of its elements', (state) => state.find('destination4 c6336442', 0)?.expiresAtMs],
    ['all of them', (state) => [...state.elements(0)].map(({ expiresAtMs }) => expiresAtMs)[0]],
    ['what another asks for', (state) => state.put(decision('D2', c2, 5000)).refresh[0]?.timeoutMs],
  ])('tells what was put last to whoever asks first for %s', (_, ask) => {
    const state = new DesiredState();
    state.put(decision('D1', c2, 5000));
    expect(ask(state) ?? 5000).toBe(5000);
    expect(ids(state.drop('D2')).remove).toEqual([]);
    expect(ids(state.drop('D1')).remove).toEqual(['destination4 c6336442']);
  });

  it('asks nothing for a decision that does not stand', () => {
    const pending: Decision = { ...decision('D1', c2, 1000), state: 'pending', expiresAtMs: null };
    expect(ids(new DesiredState().put(pending))).toEqual({ add: [], refresh: [], remove: [] });
  });

  it('sums up to the same as its changes, whatever the order', () => {
    const targets: Target[] = [
      c2,
      wide,
      flow,
      ping,
      flow6,
      quarantine,
      { kind: 'destination', prefix: '198.51.100.64/26' },
      // By the same key as the quarantine.
      { kind: 'destination', prefix: '10.1.0.10/32' },
    ];
    const step = fc.record({
      isLookedAt: fc.boolean(),
      id: fc.constantFrom('D1', 'D2', 'D3', 'D4'),
      target: fc.constantFrom(...targets),
      expiresAtMs: fc.constantFrom(1000, 2000, 3000),
      drop: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const state = new DesiredState();
        const kernel = new Map<string, number>();
        const standing = new Map<string, Decision>();
        for (const { isLookedAt, id, target, expiresAtMs, drop } of steps) {
          const made = decision(id, target, expiresAtMs);
          const change = drop ? state.drop(id) : state.put(made);
          if (drop) standing.delete(id);
          else standing.set(id, made);
          for (const element of change.remove) expect(kernel.delete(element.id)).toBe(true);
          for (const element of change.refresh) expect(kernel.has(element.id)).toBe(true);
          for (const element of change.add) expect(kernel.has(element.id)).toBe(false);
          for (const element of [...change.add, ...change.refresh])
            kernel.set(element.id, element.expiresAtMs);
          if (!isLookedAt) continue;
          for (const [each, untilMs] of kernel) expect(state.find(each, 0)?.expiresAtMs).toBe(untilMs);
        }
        const anew = new DesiredState();
        for (const each of standing.values()) anew.put(each);
        expect(state.digest('')).toBe(anew.digest(''));
        expect(new Map([...state.elements(0)].map((e) => [e.id, e.expiresAtMs]))).toEqual(kernel);
      }),
    );
  });

  it('lets a quarantined host reach what any of its quarantines allows, by ranges that never overlap', () => {
    const mac = '02:00:00:00:00:0a';
    const step = fc.record({
      id: fc.constantFrom('D1', 'D2', 'D3'),
      host: fc.constantFrom('10.1.0.10', '10.1.0.11', 'fd00:1::10'),
      more: fc.constantFrom<string[]>([], ['10.1.0.10'], ['fd00:1::10']),
      isNear: fc.boolean(),
      allowTo: fc.array(
        fc.tuple(fc.nat({ max: 15 }), fc.integer({ min: 28, max: 32 }), fc.boolean()).map(allowed),
        { maxLength: 5 },
      ),
      expiresAtMs: fc.constantFrom(1000, 2000),
      drop: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const state = new DesiredState();
        const standing = new Map<string, Decision>();
        for (const { id, host, more, isNear, allowTo, expiresAtMs, drop } of steps) {
          const station = { mac, link: 'lan', bridge: null };
          const made: Decision = {
            ...decision(id, { kind: 'host', host, allowTo }, expiresAtMs),
            coverage: { addresses: more, stations: isNear ? [station] : [], released: [], gaps: [] },
          };
          if (drop) {
            standing.delete(id);
            state.drop(id);
          } else state.put(standing.set(id, made).get(id) as Decision);
          expectApart([...state.elements(0)].filter(({ keyEnd }) => keyEnd !== undefined));
          expect(state.hasStations).toBe([...state.elements(0)].some(({ set }) => set === 'station'));
        }
        const ranges = [...state.elements(0)].filter(({ keyEnd }) => keyEnd !== undefined);
        for (const who of ['10.1.0.10', '10.1.0.11', 'fd00:1::10', mac]) {
          for (let last = 0; last < 16; last += 1) {
            for (const destination of [`10.0.0.${last}`, `fd00::${last.toString(16)}`])
              expect(reachedUntil(ranges, who, destination), `${who} ${destination}`).toBe(
                allowedUntil([...standing.values()], who, destination),
              );
          }
        }
      }),
    );
  });
});

function allowed([last, length, isSix]: [number, number, boolean]): string {
  const first = last - (last % 2 ** (32 - length));
  return isSix ? `fd00::${first.toString(16)}/${length + 96}` : `10.0.0.${first}/${length}`;
}

const hex = (bytes: Iterable<number>) => Buffer.from([...bytes]).toString('hex');

function keyOf(who: string, destination: string): string {
  const before = macBytes(who as Mac);
  return hex([
    ...(before ? [...before, 0, 0] : toBytes(parseAddress(who))),
    ...toBytes(parseAddress(destination)),
  ]);
}

/** As the kernel would have it: 0 when no element lets it through. */
function reachedUntil(ranges: readonly KernelElement[], who: string, destination: string): number {
  const key = keyOf(who, destination);
  const family = parseAddress(destination).family;
  const set = macBytes(who as Mac) ? `reachable${family}` : `exception${family}`;
  const found = ranges.find(
    (each) => each.set === set && hex(each.key) <= key && key <= hex(each.keyEnd ?? each.key),
  );
  return found?.expiresAtMs ?? 0;
}

/** As the decisions say. */
function allowedUntil(standing: readonly Decision[], who: string, destination: string): number {
  const ends = standing.flatMap(({ target, coverage, expiresAtMs }) => {
    if (target.kind !== 'host') return [];
    const stations: string[] = coverage?.stations.map(({ mac }) => mac) ?? [];
    if (![target.host, ...(coverage?.addresses ?? []), ...stations].includes(who)) return [];
    const isMac = macBytes(who as Mac) !== undefined;
    if (!isMac && parseAddress(who).family !== parseAddress(destination).family) return [];
    const address = parseAddress(destination);
    return target.allowTo.some((prefix) => prefixContains(parsePrefix(prefix), address))
      ? [expiresAtMs ?? 0]
      : [];
  });
  return Math.max(0, ...ends);
}

function expectApart(ranges: readonly KernelElement[]): void {
  const sorted = ranges
    .map(({ set, key, keyEnd = key }) => ({ first: `${set} ${hex(key)}`, last: `${set} ${hex(keyEnd)}` }))
    .sort((x, y) => (x.first < y.first ? -1 : 1));
  for (const [i, { first }] of sorted.entries()) if (i > 0) expect(sorted[i - 1].last < first).toBe(true);
}
