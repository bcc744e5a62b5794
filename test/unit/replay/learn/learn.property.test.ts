/** Whatever the traffic: the file is valid, passes its own tests, and allows exactly what it says it learnt. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseAddress } from '../../../../src/address/address.ts';
import { isLinkScope } from '../../../../src/policy/matcher/link-scope.ts';
import { runPolicyTests } from '../../../../src/policy/policy-tests.ts';
import { serviceKey } from '../../../../src/replay/learn/service.ts';
import { replayFlows } from '../../../../src/replay/replay.ts';
import { beacon, flow, learnt, recording, scan, type Told } from './flows.ts';

const TCP = 6;
const UDP = 17;
const HOSTS = {
  4: ['10.1.0.10', '10.1.0.11', '10.2.0.5', '192.168.7.1', '100.64.0.9', '9.9.9.200', '169.254.1.1'],
  6: ['fd00:1::10', 'fd00:1::11', 'fd00:2::1', '2a00:1450:4001::99', 'fe80::1'],
};
const EXTRAORDINARY = {
  4: ['10.1.0.10', '224.0.0.251', '239.255.255.250', '255.255.255.255', '127.0.0.1', '0.0.0.0'],
  6: ['fd00:1::10', 'ff02::fb', 'ff05::2', '::1', '::'],
};

/** Few networks with few addresses each, so that some are seen often and some networks fill. */
const destination4 = fc.oneof(
  fc.tuple(fc.nat(3), fc.nat(3), fc.nat(7)).map(([a, b, c]) => `9.${a}.${b}.${c}`),
  fc.tuple(fc.constantFrom(10, 172), fc.nat(9)).map(([a, d]) => `${a}.16.0.${d}`),
  fc.constantFrom(...EXTRAORDINARY[4]),
);
const destination6 = fc.oneof(
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(5)).map(([a, b, c]) => `2a00:145${a}:4001:${b + 1}::${c + 1}`),
  fc.nat(5).map((n) => `fd00:9::${n + 1}`),
  fc.constantFrom(...EXTRAORDINARY[6]),
);
const ends = fc.oneof(
  fc.record({ from: fc.constantFrom(...HOSTS[4]), to: destination4 }),
  fc.record({ from: fc.constantFrom(...HOSTS[6]), to: destination6 }),
);
const service = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ protocol: fc.constantFrom(TCP, UDP), port: fc.constantFrom(53, 80, 443, 4711) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ protocol: fc.constantFrom(TCP, UDP), port: fc.integer({ min: 0, max: 65_535 }) }),
  },
  fc.record({ protocol: fc.constantFrom(1, 58), icmp: fc.integer({ min: -1, max: 255 }) }),
  fc.record({ protocol: fc.constantFrom(33, 132, 136), port: fc.nat(20) }),
  fc.record({ protocol: fc.integer({ min: 0, max: 255 }) }),
);
const told: fc.Arbitrary<Told> = fc
  .tuple(
    ends,
    service,
    fc.record({
      at: fc.nat(100_000),
      lasts: fc.nat(1_000),
      out: fc.nat(1_000_000),
      outcome: fc.constantFrom('answered', 'answered', 'answered', 'unanswered', 'refused'),
    }),
  )
  .map((parts) => Object.assign({}, ...parts));
const ports = fc.uniqueArray(fc.integer({ min: 1_024, max: 60_000 }), { minLength: 40, maxLength: 60 });
const trouble = fc.oneof(
  fc.record({ from: fc.constantFrom(...HOSTS[4]), to: destination4 }).map(({ from, to }) => beacon(from, to)),
  fc.constantFrom(...HOSTS[4]).map((from) => scan(from, { answering: 5, at: 9_000 })),
  // A file sharing program.
  fc
    .tuple(fc.constantFrom(...HOSTS[4]), ports)
    .map(([from, all]) => all.map((port, i): Told => ({ from, to: `9.0.0.${i % 8}`, port, at: i }))),
);
const traffic = fc
  .tuple(fc.array(told, { minLength: 1, maxLength: 120 }), fc.array(trouble, { maxLength: 2 }))
  .map(([some, more]) => [{ from: '10.1.0.10', to: '9.1.1.1' }, ...some, ...more.flat()]);

const learnable = (each: Told) =>
  flow(each).outcome === 'answered' &&
  serviceKey(flow(each)) !== undefined &&
  !isLinkScope(parseAddress(each.to));

it('allows what was answered, but for what is withheld; counts the rest', () => {
  fc.assert(
    fc.property(traffic, (all) => {
      const { proposal, policy, compiled, verdict } = learnt(all);
      expect(runPolicyTests(policy).flatMap(({ failures }) => failures)).toEqual([]);
      const { learnt: allowed, withheld, unlearnt } = proposal.traffic;
      const sum = Object.values(unlearnt).reduce((one, other) => one + other, 0);
      expect(allowed + withheld + sum).toBe(all.length);
      const outbound = all.filter((each) => learnable(each) && compiled.isOurs(parseAddress(each.from)));
      const denied = outbound.filter((each) => verdict(each).kind !== 'allow');
      expect(denied).toHaveLength(withheld);
      const charged = proposal.withheld.cases.flatMap(({ destination, charges }) =>
        destination === null ? charges.map(({ host }) => host) : [destination],
      );
      for (const { from, to } of denied) expect(charged.includes(from) || charged.includes(to)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

it('gives no violations when replayed, but for what failed or is withheld', () => {
  fc.assert(
    fc.property(traffic, (all) => {
      const { policy, verdict } = learnt(all);
      const pardoned = new Set(
        all
          .filter((each) => !learnable(each) || verdict(each).kind === 'deny')
          .map(({ from, to }) => `${from} ${to}`),
      );
      const violations = replayFlows(policy, recording(all)).filter(
        ({ cause }) => cause === 'policyViolation',
      );
      for (const { host, destination } of violations)
        expect(destination === null || pardoned.has(`${host} ${destination}`)).toBe(true);
    }),
    { numRuns: 20 },
  );
});

it('gives the same file for the same traffic', () => {
  fc.assert(
    fc.property(traffic, (all) => {
      expect(learnt(all).text).toBe(learnt(all).text);
    }),
    { numRuns: 20 },
  );
});
