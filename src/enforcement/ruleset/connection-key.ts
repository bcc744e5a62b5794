/**
 * A connection as key of @allowN (allowlist/box-key.ts): an end of it . originator . protocol . port.
 *
 * nft takes `ct proto-dst` into a concatenation only behind a match that names a transport protocol, in a set at
 * least one by itself. A set of all protocols would be joined into one range, and its own listing would not load any
 * more; so there are two rules, which between them name every protocol.
 */
import type { Expression, Statement } from 'node-nftables';
import type { Family } from '../../address/address.ts';
import { ctAddress, inSet, match, protocol } from './rule.ts';

/** 108 and 33 are transport protocols to nft (IPComp, DCCP); what they are next to is left to the other set. */
const EVERY: readonly Expression[] = [
  { set: [{ range: [0, 106] }, 108, { range: [110, 255] }] },
  { set: [33, 107, 109] },
];
/** Without ICMP (1) and ICMPv6 (58). */
const WITH_PORTS: readonly Expression[] = [
  { set: [0, { range: [2, 57] }, { range: [59, 106] }, 108, { range: [110, 255] }] },
  { set: [33, 107, 109] },
];
const ICMP_ONLY: readonly Expression[] = [{ set: [1, 58] }];

/** What it was asked for. ICMP has type << 8 | code for a port. */
export function askedRules(family: Family, verdict: Statement): Statement[][] {
  const end = ctAddress(family, 'daddr', 'original');
  return EVERY.flatMap((protocols) =>
    lookUps(family, protocols, end, ctPort('proto-dst', 'original'), verdict),
  );
}

/** The same, behind matches, in a map to verdicts. */
export function askedMapRules(family: Family, before: readonly Statement[], map: string): Statement[][] {
  const key = keyOf(family, ctAddress(family, 'daddr', 'original'), ctPort('proto-dst', 'original'));
  return EVERY.map((protocols) => [
    ...before,
    match('==', protocol, protocols),
    { vmap: { key: { concat: key }, data: `@${map}` } },
  ]);
}

/**
 * Where it was led by DNAT, which keeps type and code of ICMP; in the reply tuple an identifier stands where others
 * have the port.
 */
export function wentRules(family: Family, verdict: Statement): Statement[][] {
  const end = ctAddress(family, 'saddr', 'reply');
  const rules = (protocols: Expression, port: Expression) => lookUps(family, protocols, end, port, verdict);
  return [
    ...ICMP_ONLY.flatMap((protocols) => rules(protocols, ctPort('proto-dst', 'original'))),
    ...WITH_PORTS.flatMap((protocols) => rules(protocols, ctPort('proto-src', 'reply'))),
  ];
}

/** Behind a match of a protocol that has ports. */
export function ctPort(key: 'proto-dst' | 'proto-src', dir: 'original' | 'reply'): Expression {
  return { ct: { key, dir } };
}

function lookUps(
  family: Family,
  protocols: Expression,
  end: Expression,
  port: Expression,
  verdict: Statement,
): Statement[][] {
  const key = keyOf(family, end, port);
  return (['allow', 'named'] as const).map((kind) => [
    match('==', protocol, protocols),
    inSet(key, `${kind}${family}`),
    verdict,
  ]);
}

function keyOf(family: Family, end: Expression, port: Expression): Expression[] {
  return [end, ctAddress(family, 'saddr', 'original'), { ct: { key: 'protocol' } }, port];
}
