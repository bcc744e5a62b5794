/**
 * Deny lists: what a host of ours asks for, or is led to by DNAT, and is on one.
 *
 *   judgeN    an end of the connection in @deniedN     jump deniedN
 *   deniedN   1 neverBlock protects it                 (chain sparedN: told, stamped, accepted)
 *             2 otherwise                              counted, told, dropped
 */
import type { Statement } from 'node-nftables';
import type { Family } from '../../address/address.ts';
import { type Chain, counted, ctAddress, drop, goto, inSet, jump, logged, translated } from './rule.ts';

export function denyRules(family: Family): Statement[][] {
  const ours = inSet(ctAddress(family, 'saddr', 'original'), `inside${family}`);
  const asked = inSet(ctAddress(family, 'daddr', 'original'), `denied${family}`);
  const went = inSet(ctAddress(family, 'saddr', 'reply'), `denied${family}`);
  return [
    [ours, asked, goto(`denied${family}`)],
    [translated, ours, went, goto(`denied${family}`)],
  ];
}

export function denyChain(family: Family): Chain {
  return {
    name: `denied${family}`,
    rules: [[jump(`spared${family}`)], [counted('denied')], logged('denied'), [drop]],
  };
}
