/**
 * What decisions forbid, whatever the policy allows:
 *
 *   judgeN   1 neighbour discovery (IPv6)                  accept
 *            2 destination, prefix: to it, from it, or
 *              asked for before DNAT                       drop
 *            3 host, destination, protocol[, port]:
 *              there and back                              drop
 *            4 quarantined host with its exception:
 *              there and back                              accept
 *            5 quarantined host, as source or destination  drop
 *            6 from a quarantined station                  drop
 *
 * Where a packet goes to, at the link layer, is not known in these hooks: packets to a quarantined station are stopped
 * by the addresses that it has.
 *
 * The way back is judged as well: once the conntrack entry of a cut connection is deleted, the next packet from
 * outside would be taken for a new connection from there (nf_conntrack_tcp_loose) and be accepted.
 */
import type { Expression, Statement } from 'node-nftables';
import type { Family } from '../../address/address.ts';
import {
  accept,
  address,
  type CounterName,
  counted,
  ctAddress,
  drop,
  fromStation,
  inSet,
  match,
  protocol,
  translated,
} from './rule.ts';

export function blockRules(family: Family): Statement[][] {
  const source = address(family, 'saddr');
  const destination = address(family, 'daddr');
  const asked = ctAddress(family, 'daddr', 'original');
  const port = (field: string): Expression => ({ payload: { protocol: 'th', field } });
  return [
    ...(family === 6 ? [neighbourDiscovery()] : []),
    ...(['destination', 'prefix'] as const).flatMap((kind) => [
      dropped('blocked_destination', inSet(destination, `${kind}${family}`)),
      dropped('blocked_destination', inSet(source, `${kind}${family}`)),
      dropped('blocked_destination', translated, inSet(asked, `${kind}${family}`)),
    ]),
    dropped('blocked_flow', inSet([source, destination, protocol, port('dport')], `flow${family}`)),
    dropped('blocked_flow', inSet([destination, source, protocol, port('sport')], `flow${family}`)),
    dropped('blocked_flow', inSet([source, destination, protocol], `pair${family}`)),
    dropped('blocked_flow', inSet([destination, source, protocol], `pair${family}`)),
    [inSet([source, destination], `exception${family}`), accept],
    [inSet([destination, source], `exception${family}`), accept],
    [inSet([fromStation, destination], `reachable${family}`), accept],
    dropped('quarantined', inSet(source, `quarantine${family}`)),
    dropped('quarantined', inSet(destination, `quarantine${family}`)),
    dropped('quarantined', inSet(fromStation, 'station')),
  ];
}

/** Without these an exception of a quarantined host could not be reached (RFC 4861). */
function neighbourDiscovery(): Statement[] {
  const types = ['nd-router-solicit', 'nd-router-advert', 'nd-neighbor-solicit', 'nd-neighbor-advert'];
  return [match('==', { payload: { protocol: 'icmpv6', field: 'type' } }, { set: types }), accept];
}

function dropped(counter: CounterName, ...matches: Statement[]): Statement[] {
  return [...matches, counted(counter), drop];
}
