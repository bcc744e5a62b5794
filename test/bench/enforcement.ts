/** How long a policy of 10,000 rules takes into the kernel, and a change of one of them. `node test/bench/enforcement.ts` */

import { parsePrefix } from '../../src/address/prefix.ts';
import { policyPart } from '../../src/enforcement/allowlist/policy-part.ts';
import { gracePeriod } from '../../src/enforcement/grace-period.ts';
import { compilePolicy } from '../../src/policy/compiled-policy.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { TunGateway } from '../kernel/enforcement/gateway.ts';
import { loadGood, NOW } from '../unit/policy/sources.ts';

const RULES = 10_000;
const CHANGES = 10;

const address = (network: number, i: number) => `${network}.${i >> 15}.${(i >> 7) & 255}.${(i & 127) * 2}/32`;
const groups = Object.fromEntries(
  Array.from({ length: 200 }, (_, i) => [`g${i}`, { cidrs: [address(10, i)] }]),
);

/** More than one policy file may hold, so it is not loaded from text. */
function policyOf(port: number): Policy {
  const base = loadGood(`  hostGroups: ${JSON.stringify(groups)}
  services: {https: [{protocol: tcp, ports: [443]}]}
  rules: [{id: r, from: [g0], to: {cidrs: [192.0.2.1/32]}, services: [https]}]
`);
  const changed = (6 << 16) | port;
  const rules = Array.from({ length: RULES }, (_, i) => ({
    ...base.rules[0],
    id: `r${i}`,
    from: [`g${i % 200}`],
    to: { sets: [], cidrs: [parsePrefix(address(198, i))] },
    keys: i === 5_000 ? [{ first: changed, last: changed }] : base.rules[0].keys,
  }));
  return { ...base, rules, mode: 'enforce' };
}

function timed(what: string, work: () => void): number {
  const began = performance.now();
  work();
  const ms = performance.now() - began;
  if (what !== '') console.log(`${what}: ${ms.toFixed(1)} ms`);
  return ms;
}

const policies = Array.from({ length: CHANGES + 1 }, (_, i) => policyOf(1_000 + i));
using gateway = new TunGateway();
timed(`${RULES} rules, compiled and put into an empty kernel`, () => gateway.put(policies[0], NOW));
console.log(`elements: ${gateway.allowlist.size}, generation ${gateway.allowlist.generation}`);
const compile = policies
  .slice(1)
  .map((policy) => timed('', () => void policyPart(policy, compilePolicy(policy), NOW)));
const parts = policies.slice(1).map((policy) => policyPart(policy, compilePolicy(policy), NOW));
const put = parts.map((part) => timed('', () => void gateway.allowlist.put(part, NOW)));
const median = (values: number[]) => values.toSorted((x, y) => x - y)[values.length >> 1].toFixed(1);
console.log(
  `one rule changed: compiled in ${median(compile)} ms, put into the kernel in ${median(put)} ms (medians of ${CHANGES})`,
);
console.log(`a grace period: ${median(Array.from({ length: CHANGES }, () => timed('', gracePeriod)))} ms`);
