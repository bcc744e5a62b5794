import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AllowlistBound } from '../../../src/policy/allowlist-bound.ts';
import { MAX_ALLOW_BOXES } from '../../../src/policy/compiled-policy.ts';
import { RuleMatcher } from '../../../src/policy/matcher/rule-matcher.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { loadGood } from './sources.ts';

const GROUPS = `  hostGroups:
    a: {cidrs: [10.0.0.0/24, "fd00::/64"], except: [10.0.0.7/32]}
    b: {cidrs: [10.0.0.0/28, 10.0.1.0/24]}
    c: {cidrs: [10.0.1.0/25, "fd00:0:0:1::/64"]}
  addressSets:
    s: {cidrs: [203.0.113.0/26, "2001:db8::/64"], except: [203.0.113.9/32]}
  services:
    web: [{protocol: tcp, ports: [80, 443]}]
    dns: [{protocol: udp, ports: [53]}, {protocol: tcp, ports: [53]}]
    all: [{protocol: any}]
`;

interface Line {
  readonly from: readonly string[];
  readonly cidrs: readonly string[];
  readonly sets: readonly string[];
  readonly services: readonly string[];
}

/** Each with its place among the lines as its name, so that who goes leaves the others what they are. */
function load(lines: ReadonlyMap<number, Line>): Policy {
  const rules = Array.from(
    lines,
    ([id, line]) =>
      `    - {id: r${id}, from: [${line.from}], to: {sets: [${line.sets}], cidrs: [${line.cidrs}]}, services: [${line.services}]}\n`,
  );
  return loadGood(`${GROUPS}  rules:\n${rules.join('')}`);
}

function counted(policy: Policy) {
  const matcher = new RuleMatcher(policy);
  matcher.setTime(0);
  const boxes = { 4: matcher.allowBoxes(4, MAX_ALLOW_BOXES), 6: matcher.allowBoxes(6, MAX_ALLOW_BOXES) };
  return { boxes, bound: AllowlistBound.of(policy, matcher.hosts, boxes) };
}

const cidr = fc.oneof(
  { weight: 8, arbitrary: fc.nat(60).map((n) => `198.51.100.${n * 4}/30`) },
  { weight: 4, arbitrary: fc.nat(60).map((n) => `"2001:db8:1::${n.toString(16)}/128"`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('198.51.100.0/26', '0.0.0.0/0', '203.0.113.8/30', '"2001:db8::/32"'),
  },
);
const line: fc.Arbitrary<Line> = fc.record({
  from: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
  cidrs: fc.array(cidr, { minLength: 1, maxLength: 3 }),
  sets: fc.oneof({ weight: 8, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.constant(['s']) }),
  services: fc.subarray(['web', 'dns', 'all'], { minLength: 1 }),
});
const step = fc.record({ at: fc.nat(20), line: fc.option(line, { nil: undefined, freq: 3 }) });

describe('what an allowlist comes to at most', () => {
  it('is never less than what it comes to, whatever rules come and go', () => {
    let known = 0;
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 2, maxLength: 6 }),
        fc.array(step, { maxLength: 8 }),
        (first, steps) => {
          const lines = new Map(first.entries());
          let { bound } = counted(load(lines));
          for (const { at, line } of steps) {
            if (line) lines.set(at, line);
            else if (lines.size > 1) lines.delete([...lines.keys()][at % lines.size]);
            const policy = load(lines);
            const now = counted(policy);
            const next = bound.after(policy);
            if (next === undefined) {
              bound = now.bound;
              continue;
            }
            known += 1;
            for (const family of [4, 6] as const)
              expect(next.most[family]).toBeGreaterThanOrEqual(now.bound.most[family]);
            for (const family of [4, 6] as const)
              expect(now.bound.most[family]).toBeGreaterThanOrEqual(now.boxes[family].length);
            bound = next;
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(known).toBeGreaterThan(60);
  });

  const plain = (cidrs: string[], change: Partial<Line> = {}): Line => ({
    from: ['a'],
    cidrs,
    sets: [],
    services: ['web'],
    ...change,
  });
  const before = new Map([
    [1, plain(['198.51.100.0/30'])],
    [2, plain(['198.51.100.8/30'])],
    [3, plain(['192.0.2.0/24'], { services: ['dns'] })],
  ]);
  const afterwards = (change: (lines: Map<number, Line>) => void) => {
    const lines = new Map(before);
    const { bound } = counted(load(lines));
    change(lines);
    return bound.after(load(lines));
  };

  it.each<[string, (lines: Map<number, Line>) => void]>([
    ['lies in a network of another', (lines) => lines.set(4, plain(['198.51.100.8/32']))],
    ['lies around a network of another', (lines) => lines.set(4, plain(['0.0.0.0/0']))],
    ['names a set', (lines) => lines.set(4, plain(['192.0.3.0/24'], { sets: ['s'] }))],
    ['lies in a set', (lines) => lines.set(4, plain(['203.0.113.0/32']))],
    [
      'goes into another order',
      (lines) => {
        lines.delete(1);
        lines.set(1, plain(['198.51.100.0/30']));
      },
    ],
  ])('is not told where a rule %s', (_, change) => {
    expect(afterwards(change)).toBeUndefined();
  });

  it('grows by what a rule that comes can have, and by nothing for one that goes', () => {
    const { most } = counted(load(before)).bound;
    expect(afterwards((lines) => lines.delete(1))?.most).toEqual(most);
    const come = afterwards((lines) => lines.set(4, plain(['192.0.3.0/24', '192.0.4.0/24'])));
    // Three intervals of hosts, two networks, two ports of three parts at most.
    expect(come?.most).toEqual({ 4: most[4] + 3 * 2 * 2 * 3, 6: most[6] });
  });
});
