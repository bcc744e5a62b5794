/**
 * The static part of table `inet penstock`: chains and rules never change while the daemon runs, only the elements
 * of the sets do.
 *
 *   hook forward ---+
 *   hook output ----+-- lo? accept -- established? accept -- goto judge -- IPv4: goto judge4
 *   hook input -----+                 (the short way)                      IPv6: goto judge6
 *
 *   judgeN   1 neighbour discovery (IPv6)                  accept
 *            2 destination, prefix: to it, from it, or
 *              asked for before DNAT                       drop
 *            3 host, destination, protocol[, port]:
 *              there and back                              drop
 *            4 quarantined host with its exception:
 *              there and back                              accept
 *            5 quarantined host, as source or destination  drop
 *
 * The way back is judged as well: once the conntrack entry of a cut connection is deleted, the next packet from
 * outside would be taken for a new connection from there (nf_conntrack_tcp_loose) and be accepted.
 */
import type { Command, Expression, MapPair, Statement } from 'node-nftables';
import type { Family } from '../address/address.ts';
import { FAMILIES, isInterval, SET_KINDS, setFields, TABLE } from './sets.ts';

/** Just before the priority that other tables filter at (0, `filter`), and after all address translation of a hook. */
const PRIORITY = -5;

/** Why packets were dropped, counted for a person who looks at `nft list table inet penstock`. */
export const COUNTERS = ['blocked_destination', 'blocked_flow', 'quarantined'] as const;
type CounterName = (typeof COUNTERS)[number];

const HOOKS = ['forward', 'output', 'input'] as const;

/** Everything of the table but elements, in the order nft needs it. */
export function staticCommands(): Command[] {
  const place = { family: TABLE.family, table: TABLE.name };
  return [
    { add: { table: { ...TABLE } } },
    ...COUNTERS.map((name): Command => ({ add: { counter: { ...place, name } } })),
    ...FAMILIES.flatMap(setCommands),
    ...['judge', 'judge4', 'judge6'].map((name): Command => ({ add: { chain: { ...place, name } } })),
    ...HOOKS.map(
      (hook): Command => ({
        add: { chain: { ...place, name: hook, type: 'filter', hook, prio: PRIORITY, policy: 'accept' } },
      }),
    ),
    ...HOOKS.flatMap((hook) => rules(hook, hookRules(hook))),
    ...rules('judge', [[byFamily()]]),
    ...rules('judge4', judgeRules(4)),
    ...rules('judge6', [neighbourDiscovery(), ...judgeRules(6)]),
  ];
}

function setCommands(family: Family): Command[] {
  return SET_KINDS.map((kind): Command => {
    const fields = setFields(kind, family);
    return {
      add: {
        set: {
          family: TABLE.family,
          table: TABLE.name,
          name: `${kind}${family}`,
          type: fields.length === 1 ? fields[0] : fields,
          flags: isInterval(kind) ? ['interval', 'timeout'] : ['timeout'],
        },
      },
    };
  });
}

function rules(chain: string, bodies: Statement[][]): Command[] {
  return bodies.map((expr) => ({ add: { rule: { family: TABLE.family, table: TABLE.name, chain, expr } } }));
}

function hookRules(hook: (typeof HOOKS)[number]): Statement[][] {
  const established = [match('in', { ct: { key: 'state' } }, 'established'), accept];
  const interfaceKey = hook === 'output' ? 'oifname' : 'iifname';
  const loopback = [match('==', { meta: { key: interfaceKey } }, 'lo'), accept];
  return [...(hook === 'forward' ? [] : [loopback]), established, [{ goto: { target: 'judge' } }]];
}

function byFamily(): Statement {
  const to = (family: Family): MapPair => [`ipv${family}`, { goto: { target: `judge${family}` } }];
  return { vmap: { key: { meta: { key: 'nfproto' } }, data: { set: FAMILIES.map(to) } } };
}

/** Without these an exception of a quarantined host could not be reached (RFC 4861). */
function neighbourDiscovery(): Statement[] {
  const types = ['nd-router-solicit', 'nd-router-advert', 'nd-neighbor-solicit', 'nd-neighbor-advert'];
  return [match('==', { payload: { protocol: 'icmpv6', field: 'type' } }, { set: types }), accept];
}

function judgeRules(family: Family): Statement[][] {
  const source = address(family, 'saddr');
  const destination = address(family, 'daddr');
  const protocol: Expression = { meta: { key: 'l4proto' } };
  const port = (field: string): Expression => ({ payload: { protocol: 'th', field } });
  const inSet = (key: Expression | Expression[], kind: string) =>
    match('==', Array.isArray(key) ? { concat: key } : key, `@${kind}${family}`);
  const asked: Statement[] = [match('in', { ct: { key: 'status' } }, 'dnat')];
  const original: Expression = { ct: { key: family === 4 ? 'ip daddr' : 'ip6 daddr', dir: 'original' } };
  return [
    ...['destination', 'prefix'].flatMap((kind) => [
      drop('blocked_destination', inSet(destination, kind)),
      drop('blocked_destination', inSet(source, kind)),
      drop('blocked_destination', ...asked, inSet(original, kind)),
    ]),
    drop('blocked_flow', inSet([source, destination, protocol, port('dport')], 'flow')),
    drop('blocked_flow', inSet([destination, source, protocol, port('sport')], 'flow')),
    drop('blocked_flow', inSet([source, destination, protocol], 'pair')),
    drop('blocked_flow', inSet([destination, source, protocol], 'pair')),
    [inSet([source, destination], 'exception'), accept],
    [inSet([destination, source], 'exception'), accept],
    drop('quarantined', inSet(source, 'quarantine')),
    drop('quarantined', inSet(destination, 'quarantine')),
  ];
}

const accept: Statement = { accept: null };

function drop(counter: CounterName, ...matches: Statement[]): Statement[] {
  return [...matches, { counter }, { drop: null }];
}

function match(op: '==' | 'in', left: Expression, right: Expression): Statement {
  return { match: { op, left, right } };
}

function address(family: Family, field: 'saddr' | 'daddr'): Expression {
  return { payload: { protocol: family === 4 ? 'ip' : 'ip6', field } };
}
