/** neverBlock: what it protects is told and counted where it would have been dropped, and let through. */
import type { Expression } from 'node-nftables';
import type { Family } from '../../address/address.ts';
import { ctPort } from './connection-key.ts';
import { type Chain, counted, ctAddress, goto, inSet, match, protocol, told, translated } from './rule.ts';

/** Protocols with ports in the policy file: TCP, UDP, DCCP, SCTP, UDP-Lite. */
const WITH_PORTS: Expression = { set: [6, 17, 33, 132, 136] };

/** Jumped to: comes back when nothing protects the connection. */
export function sparedChain(family: Family): Chain {
  const excused = goto('excused');
  const hasPorts = match('==', protocol, WITH_PORTS);
  const service = (port: Expression) => inSet([{ ct: { key: 'protocol' } }, port], 'sparedport');
  return {
    name: `spared${family}`,
    rules: [
      [inSet(ctAddress(family, 'saddr', 'original'), `sparedfrom${family}`), excused],
      [inSet(ctAddress(family, 'daddr', 'original'), `sparedto${family}`), excused],
      [translated, inSet(ctAddress(family, 'saddr', 'reply'), `sparedto${family}`), excused],
      [hasPorts, service(ctPort('proto-dst', 'original')), excused],
      [hasPorts, translated, service(ctPort('proto-src', 'reply')), excused],
    ],
  };
}

export function excusedChain(): Chain {
  return { name: 'excused', rules: [[counted('spared')], [told('spared')], [goto('stamp')]] };
}
