/** Drafts as rules with names, with the services that they name and a test each. */
import { formatAddress } from '../../address/address.ts';
import { formatPrefix } from '../../address/prefix.ts';
import type { KeyRange } from '../../policy/policy.ts';
import { icmpTypeName } from '../../policy/schema/icmp.ts';
import { hasPorts, ICMPV6, isIcmp, protocolName } from '../../policy/schema/protocol.ts';
import { plainName } from './host-groups.ts';
import type { OwnHosts } from './own-hosts.ts';
import type { ProposedRule, ProposedService, ProposedTest, Seen } from './proposal.ts';
import type { Draft } from './rule-draft.ts';
import type { SeenNetwork } from './seen-network.ts';
import { icmpTypeOf, probeText, protocolOf, serviceName } from './service.ts';
import type { Sightings } from './sightings.ts';
import { UniqueNames } from './unique-names.ts';

/** Services that fit into the name of a rule. */
const NAMED_SERVICES = 2;
/** Flows of one test. */
const MOST_PROBES = 8;

export class RuleWriter {
  readonly #hosts: OwnHosts;
  readonly #names = new UniqueNames();
  readonly #services = new Map<string, ProposedService>();

  constructor(hosts: OwnHosts) {
    this.#hosts = hosts;
  }

  /** All that were named so far, by name. */
  get services(): ProposedService[] {
    return [...this.#services.values()].sort((x, y) => (x.name < y.name ? -1 : 1));
  }

  write(draft: Draft): ProposedRule {
    const { groups, shared, once, services, networks, remarks } = draft;
    return {
      id: this.#names.take(this.#nameOf(draft)),
      section: once ? 'once' : shared ? 'all' : 'group',
      from: groups.map((group) => this.#hosts.groups[group].name),
      networks: networks.map((network) => ({
        cidr: formatPrefix(network.prefix),
        addresses: network.addresses,
        ...seenOf(network.seen),
      })),
      services: services.filter((range) => !isIcmp(protocolOf(range))).map((range) => this.#service(range)),
      icmp: icmpOf(services),
      ...seenOf(draft.seen),
      remarks,
    };
  }

  /** A host that was seen there may go there. */
  testOf({ services, networks }: Draft, { id }: ProposedRule): ProposedTest {
    const [network] = networks;
    return { name: id, from: this.#source(network.seen), accept: probes(services, network), deny: [] };
  }

  #source({ hosts }: Sightings): string {
    const [first] = hosts;
    return formatAddress(this.#hosts.at(first).address);
  }

  #nameOf({ groups, shared, inside, once, services, networks }: Draft): string {
    const group = this.#hosts.groups[groups[0]];
    const who = shared ? `all-ipv${group.family}` : group.name;
    const [network] = networks;
    const what =
      services.length <= NAMED_SERVICES ? services.map(serviceName).join('-') : plainName(network.prefix);
    return [who, ...(inside ? ['inside'] : []), what, ...(once ? ['once'] : [])].join('-');
  }

  #service(range: KeyRange): string {
    const name = serviceName(range);
    const protocol = protocolName(protocolOf(range));
    this.#services.set(name, {
      name,
      protocol: numberOrName(protocol),
      ports: portsOf(range),
    });
    return name;
  }
}

export function seenOf({ hits, hosts, firstMs, lastMs, bytesOut }: Sightings): Seen {
  const known = hits > 0;
  return {
    hits,
    sources: hosts.size,
    firstMs: known ? firstMs : null,
    lastMs: known ? lastMs : null,
    bytesOut,
  };
}

export function probes(services: readonly KeyRange[], { example }: SeenNetwork): string[] {
  const address = formatAddress(example);
  return services.slice(0, MOST_PROBES).map((range) => probeText(address, example, range));
}

/** The policy takes numbers as numbers. */
function numberOrName(text: string): string | number {
  return /^[0-9]+$/.test(text) ? Number(text) : text;
}

function portsOf(range: KeyRange): ProposedService['ports'] {
  if (!hasPorts(protocolOf(range))) return null;
  const [first, last] = [range.first & 0xffff, range.last & 0xffff];
  return [first === last ? first : `${first}-${last}`];
}

function icmpOf(services: readonly KeyRange[]): ProposedRule['icmp'] {
  const ranges = services.filter((range) => isIcmp(protocolOf(range)));
  return [...Map.groupBy(ranges, protocolOf)].map(([protocol, all]) => {
    const family = protocol === ICMPV6 ? 'ipv6' : 'ipv4';
    return { family, types: all.map((range) => numberOrName(icmpTypeName(family, icmpTypeOf(range)))) };
  });
}
