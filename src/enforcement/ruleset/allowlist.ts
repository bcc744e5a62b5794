/**
 * The allowlist in the kernel, as `evaluate` of the policy has it. Everything is asked of the connection's tuples,
 * not of the packet: a packet of either direction, and an ICMP error about the connection, gets the same answer.
 *
 *   hook chain --- jump judge --- goto admit --- @mode has the family --- admitN         (not in it: policy accept)
 *
 *   admitN    1 conntrack does not know the packet                        unseenN
 *             2 ICMP error about an admitted connection                   accept
 *             3 the originator is in no host group                        stamp
 *             4 asked for link scope, or for what @allowN or @namedN has  askedN
 *             5 otherwise                                                 refusedN
 *   askedN    1 translated (DNAT)                                         wentN
 *             2 otherwise                                                 stamp
 *   wentN     1 led to link scope, or to what @allowN or @namedN has      stamp
 *             2 otherwise                                                 refusedN
 *   unseenN   1 not from a host group, or to link scope                   accept
 *             2 otherwise                                                 counted, dropped
 *   refusedN  1 neverBlock protects it: excused                           counted, told, stamp
 *             2 otherwise                             counted, told, dropped or (by @refuse) rejected
 *   stamp     the connection gets the generation (generation.ts) and is accepted
 */
import type { Statement } from 'node-nftables';
import type { Family } from '../../address/address.ts';
import { askedRules, wentRules } from './connection-key.ts';
import { inPass } from './generation.ts';
import { LINK_SCOPE } from './link-scope.ts';
import {
  accept,
  address,
  byFamily,
  type Chain,
  counted,
  ctAddress,
  ctState,
  drop,
  goto,
  ICMP,
  ICMPV6,
  jump,
  match,
  notInSet,
  protocol,
  TCP,
  told,
  translated,
} from './rule.ts';

/** The way in, from the chains of the hooks. */
export function admitChain(): Chain {
  return { name: 'admit', rules: [[byFamily('@mode')]] };
}

export function allowlistChains(family: Family, mask: number): Chain[] {
  return [
    { name: `admit${family}`, rules: admitRules(family, mask) },
    { name: `asked${family}`, rules: [[translated, goto(`went${family}`)], [goto('stamp')]] },
    {
      name: `went${family}`,
      rules: [
        [match('==', ctAddress(family, 'saddr', 'reply'), LINK_SCOPE[family]), goto('stamp')],
        ...wentRules(family, goto('stamp')),
        [goto(`refused${family}`)],
      ],
    },
    { name: `unseen${family}`, rules: unseenRules(family) },
    { name: `refused${family}`, rules: [[jump(`spared${family}`)], [goto('refused')]] },
  ];
}

export function refusalChains(): Chain[] {
  return [
    { name: 'refused', rules: [[counted('refused')], [told('refused')], [byFamily('@refuse')], [drop]] },
    rejectedChain(),
  ];
}

export function rejectedChain(): Chain {
  return {
    name: 'rejected',
    rules: [
      [match('==', protocol, TCP), { reject: { type: 'tcp reset' } }],
      [{ reject: { type: 'icmpx', expr: 'admin-prohibited' } }],
    ],
  };
}

/** What this machine itself says about a packet that was refused: conntrack relates it to the packet's connection. */
export function ownErrorRules(): Statement[][] {
  const types = ['destination-unreachable', 'time-exceeded', 'parameter-problem'];
  const ofType = (icmp: string, names: readonly string[]) =>
    match('==', { payload: { protocol: icmp, field: 'type' } }, { set: names });
  return [
    [ctState('related'), match('in', { payload: { protocol: 'tcp', field: 'flags' } }, 'rst'), accept],
    [ctState('related'), ofType('icmp', types), accept],
    [ctState('related'), ofType('icmpv6', [...types, 'packet-too-big']), accept],
  ];
}

function admitRules(family: Family, mask: number): Statement[][] {
  const asked = goto(`asked${family}`);
  return [
    [ctState('invalid', 'untracked'), goto(`unseen${family}`)],
    [ctState('related'), match('==', protocol, family === 4 ? ICMP : ICMPV6), inPass(mask), accept],
    [notInSet(ctAddress(family, 'saddr', 'original'), `inside${family}`), goto('stamp')],
    [match('==', ctAddress(family, 'daddr', 'original'), LINK_SCOPE[family]), asked],
    ...askedRules(family, asked),
    [goto(`refused${family}`)],
  ];
}

function unseenRules(family: Family): Statement[][] {
  return [
    [notInSet(address(family, 'saddr'), `inside${family}`), accept],
    [match('==', address(family, 'daddr'), LINK_SCOPE[family]), accept],
    [counted('unseen'), drop],
  ];
}
