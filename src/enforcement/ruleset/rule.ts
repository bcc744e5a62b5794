/** What the rules of the table are put together from. */
import type { Command, Expression, Statement } from 'node-nftables';
import type { Family } from '../../address/address.ts';
import { type SetName, TABLE } from '../sets.ts';
import type { Told } from './telling.ts';

/** Why packets were dropped or spared, counted for a person who looks at `nft list table inet penstock`. */
export const COUNTERS = [
  'blocked_destination',
  'blocked_flow',
  'quarantined',
  'denied',
  'refused',
  'unseen',
  'spared',
] as const;
export type CounterName = (typeof COUNTERS)[number];

/** Names of chains besides those of the hooks. */
export type ChainName =
  | 'judge'
  | 'excused'
  | 'admit'
  | 'refused'
  | 'rejected'
  | 'stamp'
  | `stamp${number}`
  | `tell_${Told}`
  | `${'judge' | 'denied' | 'spared' | 'admit' | 'asked' | 'went' | 'unseen' | 'refused'}${Family}`;

export const accept: Statement = { accept: null };
export const drop: Statement = { drop: null };
export const goBack: Statement = { return: null };

export function goto(target: ChainName): Statement {
  return { goto: { target } };
}

export function jump(target: ChainName): Statement {
  return { jump: { target } };
}

export function counted(counter: CounterName): Statement {
  return { counter };
}

export function match(op: '==' | '!=' | 'in', left: Expression, right: Expression): Statement {
  return { match: { op, left, right } };
}

export function inSet(key: Expression | readonly Expression[], set: SetName): Statement {
  return match('==', Array.isArray(key) ? { concat: key } : (key as Expression), `@${set}`);
}

export function notInSet(key: Expression, set: SetName): Statement {
  return match('!=', key, `@${set}`);
}

export function address(family: Family, field: 'saddr' | 'daddr'): Expression {
  return { payload: { protocol: family === 4 ? 'ip' : 'ip6', field } };
}

/** Nothing, and so in no set, for a packet that did not come in by Ethernet. */
export const fromStation: Expression = { payload: { protocol: 'ether', field: 'saddr' } };

/** An address of the packet's connection. */
export function ctAddress(family: Family, field: 'saddr' | 'daddr', dir: 'original' | 'reply'): Expression {
  return { ct: { key: `${family === 4 ? 'ip' : 'ip6'} ${field}`, dir } };
}

/** The connection's destination was translated. */
export const translated: Statement = match('in', { ct: { key: 'status' } }, 'dnat');

export function ctState(...states: readonly string[]): Statement {
  return match('in', { ct: { key: 'state' } }, states.length === 1 ? states[0] : states);
}

export const HOOKS = ['forward', 'output', 'input'] as const;
export type Hook = (typeof HOOKS)[number];

/** What this machine says to itself. */
export function loopbackRule(hook: Exclude<Hook, 'forward'>): Statement[] {
  return [match('==', { meta: { key: hook === 'output' ? 'oifname' : 'iifname' } }, 'lo'), accept];
}

/** To a chain by the packet's family; `map` is from nf_proto to verdicts. */
export function byFamily(map: Expression): Statement {
  return { vmap: { key: { meta: { key: 'nfproto' } }, data: map } };
}

export const protocol: Expression = { meta: { key: 'l4proto' } };
export const ICMP = 1;
export const TCP = 6;
export const ICMPV6 = 58;

/** Tell us of the packet, and go on. See telling.ts. */
export function told(kind: Told): Statement {
  return jump(`tell_${kind}`);
}

/** One chain and its rules, in order. */
export interface Chain {
  readonly name: string;
  readonly rules: readonly (readonly Statement[])[];
}

export function ruleCommands({ name, rules }: Chain): Command[] {
  return rules.map((expr) => ({
    add: { rule: { family: TABLE.family, table: TABLE.name, chain: name, expr } },
  }));
}
