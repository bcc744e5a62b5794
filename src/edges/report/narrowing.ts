/**
 * What would have been enough: the networks and services that a rule was really used for. Networks are formed as
 * `penstock learn` forms them (replay/learn/seen-network.ts), so that both propose the same for the same traffic.
 */
import { parseAddress } from '../../address/address.ts';
import { formatPrefix } from '../../address/prefix.ts';
import { formatService, portOf } from '../../incident/service.ts';
import { hasPorts, isIcmp } from '../../policy/schema/protocol.ts';
import type { Contact } from '../../replay/learn/contacts.ts';
import { poolServices, type ServicePool } from '../../replay/learn/port-range.ts';
import { gatherNetworks } from '../../replay/learn/seen-network.ts';
import { Sightings } from '../../replay/learn/sightings.ts';
import type { RuleUses } from './input.ts';
import type { NarrowerRule } from './report.ts';

type Use = RuleUses['uses'][number];

/** What a reader takes in. */
const MOST_NAMES = 20;

/** Null when nothing was seen, or nothing that was told apart. */
export function narrower({ uses, truncated }: RuleUses): NarrowerRule | null {
  const apart = uses.filter(({ destination }) => destination !== null);
  if (apart.length === 0) return null;
  const contacts = apart.map(contactOf);
  const { often, once } = gatherNetworks(contacts, () => false);
  const networks = [...often.networks, ...once.networks].map(({ prefix }) => formatPrefix(prefix));
  const pools = poolServices(contacts, () => false);
  const names = new Set(apart.map(({ name }) => name).filter((name) => name !== undefined));
  return {
    cidrs: [...new Set(networks)],
    services: pools.map(serviceText).toSorted(),
    names: [...names].toSorted().slice(0, MOST_NAMES),
    covers: share(apart, uses),
    remarks: remarksOf(pools, often.widened || once.widened, truncated, apart.length < uses.length),
  };
}

/** Of one group and one host: who it was is the rule's own `from`. */
function contactOf({ destination, service, connections, bytesOut }: Use, index: number): Contact {
  const seen = new Sightings();
  seen.hits = Math.max(1, connections);
  seen.bytesOut = bytesOut;
  seen.hosts.add(0);
  const key = service ?? 0;
  // A protocol without ports is known by itself; learning knows types of ICMP, which a history does not.
  const protocol = key >>> 16;
  const first = hasPorts(protocol) || isIcmp(protocol) ? key : protocol << 16;
  return { group: 0, service: first, destination: parseAddress(destination as string), peer: index, seen };
}

function serviceText({ service: { first, last }, ports }: ServicePool): string {
  const protocol = first >>> 16;
  if (ports === 1 || !hasPorts(protocol))
    return formatService({ protocol, port: portOf(protocol, first & 0xffff) });
  return `${formatService({ protocol, port: first & 0xffff })}-${last & 0xffff}`;
}

function share(apart: readonly Use[], all: readonly Use[]): number {
  const bytes = (uses: readonly Use[]) => uses.reduce((sum, use) => sum + use.bytesOut + use.bytesIn, 0);
  return bytes(all) === 0 ? 1 : bytes(apart) / bytes(all);
}

function remarksOf(
  pools: readonly ServicePool[],
  widened: boolean,
  truncated: boolean,
  hasOthers: boolean,
): string[] {
  return [
    ...(pools.some(({ ports }) => ports > 1)
      ? ['a range of ports stands for those that were seen in it']
      : []),
    ...(widened ? ['there are so many addresses that networks stand for two or more of them'] : []),
    ...(truncated ? ['only the heaviest uses were looked at'] : []),
    ...(hasOthers ? ['some destinations are only known as others: watch them before it is narrowed'] : []),
  ];
}
