/** Hosts are told apart only near the cap: the verdict must be that of a full count, always. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../../../src/address/address.ts';
import { parsePrefix } from '../../../src/address/prefix.ts';
import { ActiveDecisions } from '../../../src/decision/active-decisions.ts';
import { checkAutomatic } from '../../../src/decision/guardrails.ts';
import { subjectOf } from '../../../src/decision/subject.ts';
import { hostsTalkingTo } from '../../../src/engine/host-census.ts';
import { type SafeguardParts, Safeguards } from '../../../src/engine/safeguards.ts';
import { FlowTable } from '../../../src/flow/flow-table.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import { decisionOf, destinationTarget, flowTarget, hostTarget, OPEN } from '../decision/fixtures.ts';
import { entry, isOurs } from '../flow/entry.ts';
import { POLICY } from './bench.ts';

const hosts = (byte: number) => fc.integer({ min: 1, max: 12 }).map((i) => `10.1.${byte}.${i}`);
const host = fc.oneof(hosts(0), hosts(0), fc.constant('fd00::1'), fc.constant('192.0.2.7'));
const peer = fc.constantFrom('198.51.100.1', '198.51.100.2', '203.0.113.9', '10.1.0.3');
const peer6 = fc.constantFrom('2001:db8::1', '2001:db8::2');
const flow = fc
  .record({
    from: host,
    to: peer,
    to6: peer6,
    translated: fc.option(peer),
    port: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ from, to, to6, translated, port }) => {
    const ends = from.includes(':') ? { to: `${to6} 443` } : { to: `${to} 443`, ...went(translated) };
    return { from: `${from} ${port}`, ...ends };
  });
const went = (translated: string | null) => translated && { translated: `${translated} 8443` };
const target = fc.oneof(
  fc.oneof(peer, peer6).map((each) => destinationTarget(each.includes(':') ? `${each}/128` : `${each}/32`)),
  fc.constantFrom('198.51.100.0/24', '10.1.0.0/24', '2001:db8::/64').map(destinationTarget),
  fc.tuple(hosts(0), peer).map(([from, to]) => flowTarget(from, to)),
  hosts(0).map((each) => hostTarget(each)),
);

it('is as good as a full count', () => {
  const verdicts = { passes: 0, vetoed: 0 };
  fc.assert(
    fc.property(
      fc.array(flow, { maxLength: 40 }),
      fc.array(hosts(0), { maxLength: 10 }),
      fc.constantFrom(0, 20, 50, 100),
      fc.integer({ min: 0, max: 30 }),
      target,
      (flows, blocked, maxBlockedHostsPercent, knownHosts, wanted) => {
        const table = new FlowTable({ isOurs, maxFlows: 100 });
        flows.forEach((each, i) => void table.observe(entry({ ...each, id: i + 1 }), 0, () => {}));
        const active = new ActiveDecisions();
        blocked.forEach((each, i) => void active.put(decisionOf(flowTarget(each, '9.9.9.9'), `D${i + 1}`)));
        const guardrails = { ...OPEN.guardrails!, maxBlockedHostsPercent, maxQuarantinedPercent: 100 };
        const subject = subjectOf(wanted);
        const context = { ...OPEN, guardrails, knownHosts, operators: [] };
        const touchedHosts = safeguards(active, table).context(0).touchedHosts;
        const verdict = checkAutomatic(subject, { ...context, touchedHosts });
        const whole = { ...context, touchedHosts: () => fullCount(active, table, blocked, subject) };
        expect(verdict).toEqual(checkAutomatic(subject, whole));
        verdicts[verdict === undefined ? 'passes' : 'vetoed'] += 1;
      },
    ),
  );
  expect(Math.min(verdicts.passes, verdicts.vetoed)).toBeGreaterThan(0);
});

function safeguards(active: ActiveDecisions, table: FlowTable): Safeguards {
  const inForce = { policy: POLICY, compiled: compilePolicy(POLICY) };
  return new Safeguards({
    active,
    inForce: () => inForce,
    surroundings: () => OPEN.surroundings,
    knownHosts: () => 1,
    hostsTalkingTo: (network) => hostsTalkingTo(table, network),
    connectionsWith: (address, enough) => table.countWith(address, enough),
  } as Partial<SafeguardParts> as SafeguardParts);
}

/** Each host that is blocked or would lose a connection, by its text. */
function fullCount(
  active: ActiveDecisions,
  table: FlowTable,
  blocked: readonly string[],
  { host, network }: ReturnType<typeof subjectOf>,
): number {
  const touched = new Set(blocked);
  if (host !== null) touched.add(formatAddress(host));
  else for (const talker of hostsTalkingTo(table, network)) touched.add(formatAddress(talker));
  expect(active.blockedHosts).toBe(new Set(blocked).size);
  return touched.size;
}

it.each(['198.51.100.1', '2001:db8::1', '10.1.0.3'])('counts the connections with %s', (text) => {
  fc.assert(
    fc.property(fc.array(flow, { maxLength: 40 }), fc.integer({ min: 0, max: 10 }), (flows, enough) => {
      const table = new FlowTable({ isOurs, maxFlows: 100 });
      flows.forEach((each, i) => void table.observe(entry({ ...each, id: i + 1 }), 0, () => {}));
      const address: Address = parseAddress(text);
      const prefix = parsePrefix(text);
      const all = table.matching({ kind: 'destination', prefix }).length;
      expect(table.countWith(address, enough)).toBe(Math.min(all, enough + 1));
    }),
  );
});
