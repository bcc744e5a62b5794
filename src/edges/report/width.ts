/** What makes a rule wide: so much that nobody can have meant all of it. */
import { formatPrefix } from '../../address/prefix.ts';
import type { Policy, Rule } from '../../policy/policy.ts';
import { hasPorts, protocolName } from '../../policy/schema/protocol.ts';

/** From here on a network is a provider's, not a service's. */
const WIDE = { 4: 16, 6: 40 } as const;
const MANY_PORTS = 100;
const MOST_NAMED = 3;

/** Sentences; none for a rule that is as narrow as can be asked. */
export function widthOf(rule: Rule, policy: Policy): string[] {
  return [...wideNetworks(rule, policy), ...widePorts(rule)];
}

function wideNetworks({ to }: Rule, { addressSets }: Policy): string[] {
  const sets = new Map(addressSets.map(({ name, cidrs }) => [name, cidrs]));
  const all = [...to.cidrs, ...to.sets.flatMap((name) => sets.get(name) ?? [])];
  const wide = all.filter(({ address, length }) => length <= WIDE[address.family]).map(formatPrefix);
  if (wide.length === 0) return [];
  const shown = wide.slice(0, MOST_NAMED).join(', ');
  const more = wide.length > MOST_NAMED ? ` and ${wide.length - MOST_NAMED} more` : '';
  return [`allows ${shown}${more}`];
}

function widePorts({ keys }: Rule): string[] {
  const protocols = new Map<number, number>();
  let whole = 0;
  for (const { first, last } of keys) {
    for (let protocol = first >>> 16; protocol <= last >>> 16; protocol++) {
      const from = Math.max(first, protocol << 16) & 0xffff;
      const to = Math.min(last, (protocol << 16) | 0xffff) & 0xffff;
      if (hasPorts(protocol)) protocols.set(protocol, (protocols.get(protocol) ?? 0) + to - from + 1);
      else whole += 1;
    }
  }
  if (whole > 100) return ['allows every protocol'];
  return [...protocols]
    .filter(([, ports]) => ports > MANY_PORTS)
    .map(([protocol, ports]) => `allows ${ports} ports of ${protocolName(protocol)}`);
}
