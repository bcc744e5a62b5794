/** The table that every contract test starts with, and shorthands. */
import {
  type Addition,
  type Command,
  encodeKey,
  type ListedObject,
  type MapDefinition,
  type NftablesDriver,
  type RulesetMonitorDriver,
  type SetDefinition,
  type SetElement,
  type SetElementsDriver,
} from 'node-nftables';

export interface Drivers extends Disposable {
  readonly nft: NftablesDriver;
  readonly elements: SetElementsDriver;
  readonly monitor: RulesetMonitorDriver;
  /** Let this much time pass. */
  pass(ms: number): Promise<void>;
}

export const TABLE = { family: 'inet', name: 'contract' } as const;
export const IN_TABLE = { family: 'inet', table: 'contract' } as const;

export const hosts: SetDefinition = { ...IN_TABLE, name: 'hosts', type: 'ipv4_addr', flags: ['timeout'] };
export const hosts6: SetDefinition = { ...IN_TABLE, name: 'hosts6', type: 'ipv6_addr', flags: ['timeout'] };
export const flows: SetDefinition = {
  ...IN_TABLE,
  name: 'flows',
  type: ['ipv4_addr', 'ipv4_addr', 'inet_proto', 'inet_service'],
  flags: ['timeout'],
};
export const flows6: SetDefinition = {
  ...IN_TABLE,
  name: 'flows6',
  type: ['ipv6_addr', 'ipv6_addr', 'inet_proto', 'inet_service'],
  flags: ['timeout'],
};
export const nets: SetDefinition = {
  ...IN_TABLE,
  name: 'nets',
  type: 'ipv4_addr',
  flags: ['interval', 'timeout'],
};
export const nets6: SetDefinition = {
  ...IN_TABLE,
  name: 'nets6',
  type: 'ipv6_addr',
  flags: ['interval', 'timeout'],
};
export const exceptions: SetDefinition = {
  ...IN_TABLE,
  name: 'exceptions',
  type: ['ipv4_addr', 'ipv4_addr'],
  flags: ['interval', 'timeout'],
};
export const links: SetDefinition = { ...IN_TABLE, name: 'links', type: ['ifname', 'mark'] };
export const ports: MapDefinition = { ...IN_TABLE, name: 'ports', type: 'inet_service', map: 'ipv4_addr' };
export const verdicts: MapDefinition = { ...IN_TABLE, name: 'verdicts', type: 'ipv4_addr', map: 'verdict' };
export const SETS = [hosts, hosts6, flows, flows6, nets, nets6, exceptions, links];
export const MAPS = [ports, verdicts];

/** Two elements that can stand together, for each kind of set. */
export const SAMPLES: [SetDefinition, SetElement, SetElement][] = [
  [hosts, encodeKey(hosts.type, '192.0.2.1'), encodeKey(hosts.type, '0.0.0.0')],
  [hosts6, encodeKey(hosts6.type, '2001:db8::1'), encodeKey(hosts6.type, '::')],
  [
    flows,
    encodeKey(flows.type, { concat: ['192.0.2.1', '203.0.113.9', 'tcp', 443] }),
    encodeKey(flows.type, { concat: ['192.0.2.1', '203.0.113.9', 'udp', 443] }),
  ],
  [
    flows6,
    encodeKey(flows6.type, { concat: ['2001:db8::1', '2001:db8::2', 'tcp', 443] }),
    encodeKey(flows6.type, { concat: ['2001:db8::1', '2001:db8::2', 'tcp', 80] }),
  ],
  [
    nets,
    encodeKey(nets.type, { prefix: { addr: '198.51.100.0', len: 24 } }),
    encodeKey(nets.type, { range: ['255.255.255.0', '255.255.255.255'] }),
  ],
  [
    nets6,
    encodeKey(nets6.type, { prefix: { addr: '2001:db8::', len: 32 } }),
    encodeKey(nets6.type, { range: ['2001:db9::', '2001:db9::7'] }),
  ],
  [
    exceptions,
    encodeKey(exceptions.type, { concat: ['192.0.2.1', { prefix: { addr: '10.0.0.0', len: 8 } }] }),
    encodeKey(exceptions.type, { concat: ['192.0.2.2', { prefix: { addr: '10.0.0.0', len: 8 } }] }),
  ],
];

export const base: Addition = {
  chain: { ...IN_TABLE, name: 'out', type: 'filter', hook: 'output', prio: 0, policy: 'accept' },
};
export const regular: Addition = { chain: { ...IN_TABLE, name: 'judge' } };

export function saddrIn(set: string) {
  return {
    match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: `@${set}` },
  } as const;
}

export function ruleIn(
  chain: string,
  ...expr: Extract<Addition, { rule: unknown }>['rule']['expr']
): Command {
  return { add: { rule: { ...IN_TABLE, chain, expr } } };
}

/** What `action` throws. */
export function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

export function rulesOf(listing: readonly ListedObject[], chain: string) {
  return listing.flatMap((object) => ('rule' in object && object.rule.chain === chain ? [object.rule] : []));
}

export function byKey(elements: readonly SetElement[]): SetElement[] {
  return elements.toSorted((x, y) => Buffer.compare(x.key, y.key));
}

/** The table without elements and rules. */
export function makeTable(nft: NftablesDriver): void {
  nft.run([
    { add: { table: TABLE } },
    ...SETS.map((set): Command => ({ add: { set } })),
    ...MAPS.map((map): Command => ({ add: { map } })),
    { add: base },
    { add: regular },
  ]);
}
