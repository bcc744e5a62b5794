/** The counters of single elements, as they are read before the elements go. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseAddress } from '../../../src/address/address.ts';
import { policyPart } from '../../../src/enforcement/allowlist/policy-part.ts';
import { KernelAllowCounters } from '../../../src/engine/allow-counters.ts';
import { RuleHits } from '../../../src/engine/rule-hits.ts';
import { compilePolicy } from '../../../src/policy/compiled-policy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { until } from '../../network/waiting.ts';
import { loadGood, NOW } from '../../unit/policy/sources.ts';
import { TunGateway } from '../enforcement/gateway.ts';
import { firstPacket } from '../enforcement/packet.ts';

const UDP = 17;
let gateway: TunGateway;
beforeEach(() => {
  gateway = new TunGateway();
});
afterEach(() => gateway[Symbol.dispose]());

function policyOf(...rules: readonly string[]): Policy {
  const spec = `
  hostGroups: {lan: {cidrs: [10.1.0.0/24, "fd00:1::/64"]}}
  services: {some: [{protocol: udp, ports: ["1000-1001"]}]}
  rules: [${rules.join(', ')}]
`;
  return { ...loadGood(spec), mode: 'enforce' };
}
const STAYS = '{id: stays, from: [lan], to: {cidrs: [203.0.113.64/26]}, services: [some]}';
const LEAVES =
  '{id: leaves, from: [lan], to: {cidrs: [203.0.113.0/28, "2001:db8:66::/64"]}, services: [some]}';

test('a rule that leaves has every packet that its elements counted, and the others go on', async () => {
  const send = (from: string, to: string, tag: number) =>
    gateway.inside.inject(
      firstPacket({
        ...{ protocol: UDP, from: parseAddress(from), to: parseAddress(to), port: 1000 },
        ...{ icmpType: -1, icmpCode: -1, tag },
      }),
    );
  const hits = new RuleHits(NOW, new KernelAllowCounters(gateway.table, gateway.allowlist));
  let before: ReturnType<typeof policyPart> | undefined;
  const put = (policy: Policy) => {
    const compiled = compilePolicy(policy);
    const part = policyPart(policy, compiled, NOW);
    if (before) hits.changeElements(before, part, NOW);
    gateway.allowlist.put(part, NOW);
    hits.changePolicy({ policy, compiled }, NOW);
    before = part;
  };
  put(policyOf(STAYS, LEAVES));
  hits.readKernel(NOW);
  send('10.1.0.10', '203.0.113.9', 1);
  send('fd00:1::10', '2001:db8:66::9', 2);
  send('fd00:1::10', '2001:db8:66::10', 3);
  send('10.1.0.10', '203.0.113.70', 4);
  let passed = 0;
  await until('all to pass', () => {
    for (const bytes of gateway.outside.take()) passed += bytes[0] >> 4 === 4 || bytes[8] === 0xfd ? 1 : 0;
    return passed >= 4;
  });
  put(policyOf(STAYS));
  const saved = hits.takeAllDirty(NOW);
  expect(saved.find(({ key }) => key.startsWith('leaves '))?.hits).toBe(3);
  hits.readKernel(NOW);
  expect(hits.list(NOW).rules).toMatchObject([{ rule: 'stays', hits: 1 }]);
});
