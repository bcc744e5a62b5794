/**
 * The static part of table `inet penstock`: chains and rules never change while the daemon runs, only the elements
 * of the sets do.
 *
 *   hook forward ---+
 *   hook output ----+-- lo? accept -- established, of a generation that passes? accept -- jump judge --+
 *   hook input -----+                 (the short way; see shortcut.ts for stations)                   |
 *                                                                                                      |
 *     judge    by family: judge4, judge6     1 blocks and quarantines (blocks.ts)   drop, accept       |
 *                                            2 deny lists (denied.ts)               drop               |
 *                                            otherwise back                                            |
 *     output   what this machine says about refused packets   accept  <--------------------------------+
 *     admit    by @mode: the allowlist (allowlist.ts), in mode enforce only; otherwise accept
 */
import type { Command, MapPair, Statement } from 'node-nftables';
import type { Family } from '../../address/address.ts';
import { FAMILIES, SETS, type SetDescriptor, TABLE } from '../sets.ts';
import { admitChain, allowlistChains, ownErrorRules, refusalChains } from './allowlist.ts';
import { blockRules } from './blocks.ts';
import { denyChain, denyRules } from './denied.ts';
import { DEFAULT_MARK_MASK, generationChains, passRule, shortRule } from './generation.ts';
import { excusedChain, sparedChain } from './never-block.ts';
import {
  accept,
  byFamily,
  type Chain,
  COUNTERS,
  fromStation,
  goto,
  HOOKS,
  type Hook,
  inSet,
  jump,
  loopbackRule,
  match,
  ruleCommands,
} from './rule.ts';
import { tellingChains } from './telling.ts';

/** Just before the priority that other tables filter at (0, `filter`), and after all address translation of a hook. */
const PRIORITY = -5;

const PLACE = { family: TABLE.family, table: TABLE.name } as const;

/** Everything of the table but elements, in the order nft needs it. `markMask`: see generation.ts. */
export function staticCommands(markMask: number = DEFAULT_MARK_MASK): Command[] {
  const chains = regularChains(markMask);
  const hooks = HOOKS.map((hook) => hookChain(hook, markMask));
  return [
    { add: { table: { ...TABLE } } },
    ...COUNTERS.map((name): Command => ({ add: { counter: { ...PLACE, name } } })),
    ...SETS.map(setCommand),
    ...chains.map(({ name }): Command => ({ add: { chain: { ...PLACE, name } } })),
    ...HOOKS.map(
      (hook): Command => ({
        add: { chain: { ...PLACE, name: hook, type: 'filter', hook, prio: PRIORITY, policy: 'accept' } },
      }),
    ),
    ...[...hooks, ...chains].flatMap(ruleCommands),
  ];
}

function setCommand({ name, type, flags, counted, verdicts, memory, size }: SetDescriptor): Command {
  const definition = {
    ...PLACE,
    name,
    type,
    ...(flags.length > 0 && { flags }),
    ...memory,
    ...(size && { size }),
    ...(counted && { stmt: [{ counter: null }] }),
  };
  return verdicts ? { add: { map: { ...definition, map: 'verdict' } } } : { add: { set: definition } };
}

function regularChains(markMask: number): Chain[] {
  return [
    judgeChain(),
    ...FAMILIES.map((family) => ({
      name: `judge${family}`,
      rules: [...blockRules(family), ...denyRules(family)],
    })),
    ...FAMILIES.map(denyChain),
    ...FAMILIES.map(sparedChain),
    excusedChain(),
    admitChain(),
    ...FAMILIES.flatMap((family) => allowlistChains(family, markMask)),
    ...refusalChains(),
    ...tellingChains(),
    ...generationChains(markMask),
  ];
}

function hookChain(hook: Hook, markMask: number): Chain {
  return {
    name: hook,
    rules: [
      ...(hook === 'forward' ? [] : [loopbackRule(hook)]),
      ...(hook === 'forward' ? [] : leaseRules(hook)),
      ...(hook === 'output' ? [] : [shortRule(markMask), [inSet(fromStation, 'station'), jump('judge')]]),
      passRule(markMask),
      [jump('judge')],
      ...(hook === 'output' ? ownErrorRules() : []),
      [goto('admit')],
    ],
  };
}

/** A quarantined host keeps its address by asking a DHCP server on this machine (RFC 2131, RFC 8415). */
function leaseRules(hook: 'input' | 'output'): Statement[][] {
  const port = (field: string, number: number) =>
    match('==', { payload: { protocol: 'udp', field } }, number);
  return [
    [67, 68],
    [547, 546],
  ].map(([server, client]) => {
    const [from, to] = hook === 'input' ? [client, server] : [server, client];
    return [port('sport', from), port('dport', to), accept];
  });
}

function judgeChain(): Chain {
  const to = (family: Family): MapPair => [`ipv${family}`, { goto: { target: `judge${family}` } }];
  return { name: 'judge', rules: [[byFamily({ set: FAMILIES.map(to) })]] };
}
