import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Address, toBytes } from '../../../src/address/address.ts';
import { compilePolicy, MAX_ALLOW_BOXES } from '../../../src/policy/compiled-policy.ts';
import { flowKey } from '../../../src/policy/key-range.ts';
import {
  type AddressSpan,
  type AllowBox,
  AllowlistTooLarge,
} from '../../../src/policy/matcher/allow-boxes.ts';
import { isLinkScope } from '../../../src/policy/matcher/link-scope.ts';
import { moment, policy, question } from './any-policy.ts';
import { loadGood, loadText, NOW, policyText } from './sources.ts';

const FAMILIES = [4, 6] as const;

function holds({ first, last }: AddressSpan, address: Address): boolean {
  const bytes = Uint8Array.from(toBytes(address));
  return Buffer.compare(first, bytes) <= 0 && Buffer.compare(bytes, last) <= 0;
}

/** As the kernel compares: protocol and port each by itself. */
function holdsKey({ first, last }: AllowBox['keys'], key: number): boolean {
  const [protocol, port] = [key >>> 16, key & 0xffff];
  return (
    first >>> 16 <= protocol && protocol <= last >>> 16 && (first & 0xffff) <= port && port <= (last & 0xffff)
  );
}

describe('boxes of what a policy allows', () => {
  test('hold what the matcher allows, each once and by the same rule, for any policy, flow and moment', () => {
    let inside = 0;
    const flows = fc.array(question, { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(policy, flows, moment, (given, asked, atMs) => {
        const compiled = compilePolicy({ ...given, denyLists: [] });
        const boxes = { 4: compiled.allowBoxes(4, atMs), 6: compiled.allowBoxes(6, atMs) };
        for (const { destination, destinationPort, ...rest } of asked) {
          if (isLinkScope(destination) || rest.host.family !== destination.family) continue;
          const end = { destination, destinationPort };
          const went = { translated: destination, translatedPort: destinationPort };
          const verdict = compiled.evaluate({ ...rest, ...end, ...went, direction: 'outbound' }, atMs);
          const key = flowKey(rest.protocol, destinationPort, rest.icmpType, rest.icmpCode);
          const around = boxes[rest.host.family].filter(
            (box) =>
              holds(box.hosts, rest.host) && holds(box.destinations, destination) && holdsKey(box.keys, key),
          );
          expect(around.map(({ rule }) => rule)).toEqual(verdict.kind === 'allow' ? [verdict.ruleIndex] : []);
          inside += around.length;
        }
      }),
      { numRuns: 80 },
    );
    expect(inside).toBeGreaterThan(100);
  });

  test('are few: neighbours that allow the same are one', () => {
    const compiled = compilePolicy(
      loadGood(`
  hostGroups:
    a: {cidrs: [10.1.0.0/24]}
    b: {cidrs: [10.1.1.0/24]}
  addressSets:
    s: {cidrs: [192.0.2.0/25]}
    t: {cidrs: [192.0.2.128/25]}
  services:
    web: [{protocol: tcp, ports: [80, 81, "82-90"]}]
  rules:
    - {id: r, from: [a, b], to: {sets: [s, t]}, services: [web]}
`),
    );
    expect(compiled.allowBoxes(4, NOW)).toEqual([
      {
        hosts: { first: Uint8Array.of(10, 1, 0, 0), last: Uint8Array.of(10, 1, 1, 255) },
        destinations: { first: Uint8Array.of(192, 0, 2, 0), last: Uint8Array.of(192, 0, 2, 255) },
        keys: { first: (6 << 16) | 80, last: (6 << 16) | 90 },
        rule: 0,
      },
    ]);
    expect(compiled.allowBoxes(6, NOW)).toEqual([]);
  });

  test.each(FAMILIES)('that would be too many are refused by name of the worst rule (IPv%i)', (family) => {
    const every = (count: number, network: (i: number) => string) =>
      Array.from({ length: count }, (_, i) => network(i));
    const host = (i: number) =>
      family === 4 ? `10.1.${i >> 7}.${(i & 127) * 2}/32` : `fd00:1::${(i * 2).toString(16)}/128`;
    const target = (i: number) =>
      family === 4 ? `192.0.${i >> 7}.${(i & 127) * 2}/32` : `2001:db8::${(i * 2).toString(16)}/128`;
    const compiled = compilePolicy(
      loadGood(`
  hostGroups: ${JSON.stringify({ few: { cidrs: [host(900)] }, many: { cidrs: every(300, host) } })}
  services: {web: [{protocol: tcp, ports: [80]}]}
  rules: ${JSON.stringify([
    { id: 'small', from: ['few'], to: { cidrs: [target(0)] }, services: ['web'] },
    { id: 'large', from: ['many'], to: { cidrs: every(300, target) }, services: ['web'] },
  ])}
`),
    );
    expect(300 * 300).toBeGreaterThan(MAX_ALLOW_BOXES);
    let refusal: unknown;
    try {
      compiled.allowBoxes(family, NOW);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(AllowlistTooLarge);
    expect(refusal).toMatchObject({ rule: 1, boxes: MAX_ALLOW_BOXES + 1 });
  });

  test('that would be too many are a problem of the rule, with its place, only where the kernel enforces', () => {
    const cidrs = (network: string) =>
      Array.from({ length: 300 }, (_, i) => `${network}.${i >> 7}.${(i & 127) * 2}/32`);
    const spec = `  hostGroups: {many: {cidrs: ${JSON.stringify(cidrs('10.1'))}}}
  services: {web: [{protocol: tcp, ports: [80]}]}
  rules:
    - {id: large, from: [many], to: {cidrs: ${JSON.stringify(cidrs('192.0'))}}, services: [web]}
`;
    expect(loadText({ 'p.yaml': policyText(spec) }).ok).toBe(true);
    const enforcing = policyText(spec).replace('mode: respond', 'mode: enforce');
    expect(loadText({ 'p.yaml': enforcing })).toMatchObject({
      ok: false,
      problems: [{ file: 'p.yaml', line: 9, column: 7, message: expect.stringContaining("rule 'large'") }],
    });
  });

  test('an unknown way to refuse is refused itself, with its place', () => {
    const text = policyText('  enforcement: {denyWith: ignore}\n');
    expect(loadText({ 'p.yaml': text })).toMatchObject({
      ok: false,
      problems: [{ line: 6, column: 27, field: 'spec.enforcement.denyWith' }],
    });
    expect(loadGood('  enforcement: {denyWith: reject}\n').enforcement).toEqual({ denyWith: 'reject' });
    expect(loadGood('').enforcement).toEqual({ denyWith: 'drop' });
  });
});
