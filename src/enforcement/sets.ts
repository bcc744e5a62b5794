/**
 * The sets and maps of table `inet penstock`. Rules never change; what changes is what these hold. `N` stands for 4
 * and 6. Each belongs to one owner, which alone decides what is in it.
 *
 *   blocks (decisions; all have timeouts)
 *     destinationN   address                                      hash        nobody talks to it
 *     prefixN        address range                                interval    nobody talks to it
 *     flowN          host . destination . protocol . port         hash        this host, this service
 *     pairN          host . destination . protocol                hash        the same for protocols without ports
 *     quarantineN    host                                         hash        talks to nobody ...
 *     exceptionN     host . address range                         interval    ... but to these
 *     station        link-layer address                           hash        a quarantined host's: as quarantineN
 *     reachableN     link-layer address . address range           interval    ... but to these
 *
 *   policy
 *     insideN        address range                                interval    who is judged: the host groups
 *     allowN         destination . host . protocol . port ranges  interval    what the rules allow, counted
 *     sparedfromN    address range                                interval    neverBlock.sources
 *     sparedtoN      address range                                interval    neverBlock.destinations
 *     sparedport     protocol . port range                        interval    neverBlock.ports
 *     mode           nf_proto -> goto admitN                      map         there in mode enforce only
 *     refuse         nf_proto -> goto reject                      map         there when refusing means rejecting
 *     strict         nf_proto                                     hash        there in mode enforce only
 *
 *   denied (deny lists)
 *     deniedN        address range                                interval    nobody inside may ask for it
 *     deniedsingleN  address                                      hash        the same: a kernel that turns an interval
 *                                                                             set into an array does so at each change
 *
 *   names (DNS answers)
 *     namedN         as allowN, with timeouts                     interval    what the rules allow by name
 *
 *   kernel (rules put them in, and they go by themselves)
 *     talkersN       address                                      hash        how often we were told of it of late
 *
 *   shortcut (see shortcut.ts)
 *     shortcut       mark                                         hash        as @pass; empty while a station is quarantined
 *
 *   generation (see ruleset/generation.ts)
 *     pass           mark                                         hash        generations that take the short way
 *     stamp          nf_proto -> goto stampG                      map         the generation that is given out
 *
 * The port field of ICMP is type << 8 | code, as conntrack has it and as the policy's key space has it.
 */
import type { SetFlag } from 'node-nftables';
import type { Family } from '../address/address.ts';

export const TABLE = { family: 'inet', name: 'penstock' } as const;

export const FAMILIES: readonly Family[] = [4, 6];

export type Owner = 'blocks' | 'policy' | 'denied' | 'names' | 'kernel' | 'shortcut' | 'generation';

type Field = 'A' | 'ether_addr' | 'inet_proto' | 'inet_service' | 'mark' | 'nf_proto';

interface Kind {
  readonly owner: Owner;
  /** The nft type of each field of the key, in order. `A` stands for the family's address type. */
  readonly fields: readonly Field[];
  readonly interval?: boolean;
  readonly timeout?: boolean;
  /** Its elements count the packets that they decide. */
  readonly counted?: boolean;
  /** A map to verdicts. */
  readonly verdicts?: boolean;
  readonly memory?: SetMemory;
  /** Never more elements: the kernel then takes a set that is looked up faster. */
  readonly size?: number;
}

/** Of a set that rules fill: how many elements, and for how many seconds each. */
interface SetMemory {
  readonly size: number;
  readonly timeout: number;
}

const FULL = ['A', 'A', 'inet_proto', 'inet_service'] as const;

/** There is one of each for IPv4 and one for IPv6. */
const PER_FAMILY = {
  destination: { owner: 'blocks', fields: ['A'], timeout: true },
  prefix: { owner: 'blocks', fields: ['A'], interval: true, timeout: true },
  flow: { owner: 'blocks', fields: FULL, timeout: true },
  pair: { owner: 'blocks', fields: ['A', 'A', 'inet_proto'], timeout: true },
  quarantine: { owner: 'blocks', fields: ['A'], timeout: true },
  exception: { owner: 'blocks', fields: ['A', 'A'], interval: true, timeout: true },
  reachable: { owner: 'blocks', fields: ['ether_addr', 'A'], interval: true, timeout: true },
  inside: { owner: 'policy', fields: ['A'], interval: true },
  allow: { owner: 'policy', fields: FULL, interval: true, counted: true },
  sparedfrom: { owner: 'policy', fields: ['A'], interval: true },
  sparedto: { owner: 'policy', fields: ['A'], interval: true },
  denied: { owner: 'denied', fields: ['A'], interval: true },
  deniedsingle: { owner: 'denied', fields: ['A'] },
  named: { owner: 'names', fields: FULL, interval: true, timeout: true, counted: true },
  talkers: { owner: 'kernel', fields: ['A'], timeout: true, memory: { size: 65_536, timeout: 10 } },
} as const satisfies Record<string, Kind>;

const ALONE = {
  station: { owner: 'blocks', fields: ['ether_addr'], timeout: true },
  sparedport: { owner: 'policy', fields: ['inet_proto', 'inet_service'], interval: true },
  mode: { owner: 'policy', fields: ['nf_proto'], verdicts: true },
  refuse: { owner: 'policy', fields: ['nf_proto'], verdicts: true },
  strict: { owner: 'policy', fields: ['nf_proto'] },
  shortcut: { owner: 'shortcut', fields: ['mark'], size: 16 },
  pass: { owner: 'generation', fields: ['mark'], size: 16 },
  stamp: { owner: 'generation', fields: ['nf_proto'], verdicts: true },
} as const satisfies Record<string, Kind>;

export type SetKind = keyof typeof PER_FAMILY;
export type SetName = `${SetKind}${Family}` | keyof typeof ALONE;

/** One set or map as the kernel has it. */
export interface SetDescriptor {
  readonly name: SetName;
  readonly owner: Owner;
  readonly type: string | readonly string[];
  readonly flags: readonly SetFlag[];
  readonly counted: boolean;
  readonly verdicts: boolean;
  readonly memory?: SetMemory;
  readonly size?: number;
}

/** In the order in which they are made. */
export const SETS: readonly SetDescriptor[] = [
  ...FAMILIES.flatMap((family) =>
    Object.entries(PER_FAMILY).map(([kind, each]) => describe(`${kind as SetKind}${family}`, each, family)),
  ),
  ...Object.entries(ALONE).map(([name, each]) => describe(name as keyof typeof ALONE, each, 4)),
];

export const SET_NAMES: readonly SetName[] = SETS.map(({ name }) => name);

const BY_NAME = new Map(SETS.map((set) => [set.name, set]));

export function descriptorOf(name: SetName): SetDescriptor {
  return BY_NAME.get(name) as SetDescriptor;
}

function describe(name: SetName, kind: Kind, family: Family): SetDescriptor {
  const fields = kind.fields.map((field) => (field === 'A' ? `ipv${family}_addr` : field));
  return {
    name,
    owner: kind.owner,
    type: fields.length === 1 ? fields[0] : fields,
    flags: [...(kind.interval ? ['interval' as const] : []), ...(kind.timeout ? ['timeout' as const] : [])],
    counted: kind.counted ?? false,
    verdicts: kind.verdicts ?? false,
    ...(kind.memory && { memory: kind.memory }),
    ...(kind.size && { size: kind.size }),
  };
}
