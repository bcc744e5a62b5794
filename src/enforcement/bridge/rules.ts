/**
 * The static part of table `bridge penstock`: what keeps a quarantined host from its neighbours on a bridge of this
 * machine, whose frames are switched and never come to the hooks of `inet penstock`. Frames to this machine, or through
 * it as a router, do come there.
 *
 *   hook forward   1 from a quarantined station         goto from
 *                  2 to a quarantined station           goto to
 *                  3 by family of addresses             goto addressN
 *
 *   from, to       exceptions: IP, and ARP about them   accept
 *                  otherwise                            drop
 *   addressN       exceptions, there and back           accept
 *                  quarantined address, as either end   drop      (a station that is not known)
 *
 * It knows no connections: each frame is judged, established or not. Neighbour discovery for an IPv6 exception goes to
 * its solicited-node multicast address (RFC 4291 section 2.7.1), which is among @reachable6 here.
 */
import type { Command, Expression, Statement } from 'node-nftables';
import type { Family } from '../../address/address.ts';
import { accept, address, type Chain, drop, fromStation, inSet, match } from '../ruleset/rule.ts';
import { descriptorOf, FAMILIES, type SetName } from '../sets.ts';

export const BRIDGE_TABLE = { family: 'bridge', name: 'penstock' } as const;

/** As in table `inet penstock`. */
export const BRIDGE_SETS = [
  'station',
  ...FAMILIES.flatMap(
    (family) => [`quarantine${family}`, `exception${family}`, `reachable${family}`] as const,
  ),
] as const satisfies readonly SetName[];

const PLACE = { family: BRIDGE_TABLE.family, table: BRIDGE_TABLE.name } as const;
/** Before other tables filter (-200 in this family). */
const PRIORITY = -205;

const toStation: Expression = { payload: { protocol: 'ether', field: 'daddr' } };
const arp = (field: string): Expression => ({ payload: { protocol: 'arp', field } });

export function bridgeCommands(): Command[] {
  const chains = [...FAMILIES.map(addressChain), ...stationChains()];
  const counter: Command = { add: { counter: { ...PLACE, name: 'quarantined' } } };
  return [
    { add: { table: { ...BRIDGE_TABLE } } },
    counter,
    ...BRIDGE_SETS.map((name): Command => {
      const { type, flags } = descriptorOf(name);
      return { add: { set: { ...PLACE, name, type, flags } } };
    }),
    ...chains.map(({ name }): Command => ({ add: { chain: { ...PLACE, name } } })),
    {
      add: {
        chain: {
          ...PLACE,
          name: 'forward',
          type: 'filter',
          hook: 'forward',
          prio: PRIORITY,
          policy: 'accept',
        },
      },
    },
    ...[hookChain(), ...chains].flatMap(({ name, rules }) =>
      rules.map((expr): Command => ({ add: { rule: { ...PLACE, chain: name, expr } } })),
    ),
  ];
}

function hookChain(): Chain {
  const byFamily = FAMILIES.map((family): Statement[] => [
    match('==', { meta: { key: 'protocol' } }, family === 4 ? 'ip' : 'ip6'),
    { goto: { target: `address${family}` } },
  ]);
  return {
    name: 'forward',
    rules: [
      [inSet(fromStation, 'station'), { goto: { target: 'from' } }],
      [inSet(toStation, 'station'), { goto: { target: 'to' } }],
      ...byFamily,
    ],
  };
}

function stationChains(): Chain[] {
  const chain = (name: string, station: Expression, field: 'saddr' | 'daddr'): Chain => ({
    name,
    rules: [
      ...FAMILIES.map((family) => [inSet([station, address(family, field)], `reachable${family}`), accept]),
      [inSet([station, arp(`${field} ip`)], 'reachable4'), accept],
      dropped(),
    ],
  });
  return [chain('from', fromStation, 'daddr'), chain('to', toStation, 'saddr')];
}

function addressChain(family: Family): Chain {
  const [source, destination] = [address(family, 'saddr'), address(family, 'daddr')];
  return {
    name: `address${family}`,
    rules: [
      [inSet([source, destination], `exception${family}`), accept],
      [inSet([destination, source], `exception${family}`), accept],
      dropped(inSet(source, `quarantine${family}`)),
      dropped(inSet(destination, `quarantine${family}`)),
    ],
  };
}

function dropped(...matches: Statement[]): Statement[] {
  return [...matches, { counter: 'quarantined' }, drop];
}
