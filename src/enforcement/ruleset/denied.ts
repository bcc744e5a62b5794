/**
 * Deny lists: what a host of ours asks for, or is led to by DNAT, and is on one.
 *
 *   judgeN    an end of the connection in @deniedN,    jump deniedN
 *             or in @deniedsingleN
 *   deniedN   1 translated, and not in mode enforce    back: see below
 *             2 neither end leaves the link            back, as `evaluate` of the policy has it
 *             3 neverBlock protects it                 (chain sparedN: told, stamped, accepted)
 *             4 otherwise                              counted, told, dropped
 *
 * A packet that was dropped shows where it was led, not what was asked for, so nobody could say which end was at fault.
 * In mode respond such a connection is let through until conntrack has told both, and is blocked then.
 */
import type { Statement } from 'node-nftables';
import type { Family } from '../../address/address.ts';
import { LINK_SCOPE } from './link-scope.ts';
import {
  type Chain,
  counted,
  ctAddress,
  drop,
  goBack,
  inSet,
  jump,
  match,
  notInSet,
  told,
  translated,
} from './rule.ts';

export function denyRules(family: Family): Statement[][] {
  const ours = inSet(ctAddress(family, 'saddr', 'original'), `inside${family}`);
  const chain = jump(`denied${family}`);
  return ([`deniedsingle${family}`, `denied${family}`] as const).flatMap((set) => [
    [ours, inSet(asked(family), set), chain],
    [translated, ours, inSet(went(family), set), chain],
  ]);
}

export function denyChain(family: Family): Chain {
  const stays = LINK_SCOPE[family];
  return {
    name: `denied${family}`,
    rules: [
      [translated, notInSet({ meta: { key: 'nfproto' } }, 'strict'), goBack],
      [match('==', asked(family), stays), match('==', went(family), stays), goBack],
      [jump(`spared${family}`)],
      [counted('denied')],
      [told('denied')],
      [drop],
    ],
  };
}

function asked(family: Family) {
  return ctAddress(family, 'daddr', 'original');
}

/** Without DNAT the same. */
function went(family: Family) {
  return ctAddress(family, 'saddr', 'reply');
}
