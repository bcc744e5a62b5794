/**
 * Table `inet penstock_limits`: refuses what goes over a rule's limits, in mode enforce. It is there only while a rule
 * has limits, and apart from `inet penstock`, whose rules are the same for every policy.
 *
 *   hook forward, input, output, behind the allowlist of `inet penstock`
 *     lo                                                                             accept
 *     first packet of a connection that @limitedN has                                limitIvN
 *     packet of the originator, of a connection that @meteredN has                   sentIvN
 *
 *   limitIvN    1 neverBlock protects it                                             accept
 *               2 the host's bucket in @rateIvN is empty                             over_newConnections
 *               3 the host has as many connections as it may, by @openIvN            over_concurrentConnections
 *   sentIvN     1 neverBlock protects it                                             accept
 *               2 the host's quota in @sentIvN is used up                            over_bytesOut
 *   over_LIMIT  counted, told, dropped or rejected
 *
 * I is the number of the meter (limit-plan.ts). The kernel's quota begins anew when its time is over, the daemon's
 * window rolls (policy/limits.ts): whichever is stricter at a moment counts. A host that finds a set full is not
 * limited by it; the daemon still watches. Connections from before the table was made are not among those of @openIvN.
 */
import type { Command, MapPair, Statement } from 'node-nftables';
import type { Family } from '../../address/address.ts';
import type { Limits } from '../../policy/schema/rule.ts';
import { rejectedChain } from '../ruleset/allowlist.ts';
import { askedMapRules } from '../ruleset/connection-key.ts';
import { sparedChain } from '../ruleset/never-block.ts';
import {
  accept,
  byFamily,
  type Chain,
  ctAddress,
  ctState,
  drop,
  HOOKS,
  type Hook,
  loopbackRule,
} from '../ruleset/rule.ts';
import { LIMIT_NAMES, type LimitName, tellingRules } from '../ruleset/telling.ts';
import { descriptorOf, FAMILIES, type SetDescriptor } from '../sets.ts';
import { bytesChain, connectionChain, type LimitPlan, type LimitSet, type Meter } from './limit-plan.ts';

export const LIMIT_TABLE = { family: 'inet', name: 'penstock_limits' } as const;
/** Packets of connections over a limit; of the bytes over a quota. */
export const LIMIT_COUNTERS = ['limited', 'metered'] as const;

const PLACE = { family: LIMIT_TABLE.family, table: LIMIT_TABLE.name } as const;
/** Two more than that of `inet penstock`: only what that lets by counts. */
const PRIORITY = -3;
const MOST_HOSTS = 65_536;
/** How long a host's bucket is remembered at least, in seconds. */
const SHORTEST_MEMORY = 60;
const UNITS = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3_600],
] as const;

/** Sets that the policy fills, as those of `inet penstock` are that hold the same. */
export const LIMIT_SETS: readonly (Pick<SetDescriptor, 'type' | 'flags' | 'verdicts'> & {
  name: LimitSet;
})[] = [
  ...FAMILIES.flatMap((family) => [
    { ...keyOf(`allow${family}`), name: `limited${family}` as const, verdicts: true },
    { ...keyOf(`allow${family}`), name: `metered${family}` as const, verdicts: true },
    { ...keyOf(`sparedfrom${family}`), name: `sparedfrom${family}` as const, verdicts: false },
    { ...keyOf(`sparedto${family}`), name: `sparedto${family}` as const, verdicts: false },
  ]),
  { ...keyOf('sparedport'), name: 'sparedport', verdicts: false },
];

function keyOf(name: SetDescriptor['name']): Pick<SetDescriptor, 'type' | 'flags'> {
  const { type, flags } = descriptorOf(name);
  return { type, flags };
}

/** All of the table but the elements that the policy fills in, in the order nft needs it. */
export function limitCommands({ meters, denyWith }: Omit<LimitPlan, 'elements'>): Command[] {
  const chains = [
    ...FAMILIES.map(sparedChain),
    { name: 'excused', rules: [[accept]] },
    ...LIMIT_NAMES.flatMap((limit) => overChains(limit, denyWith)),
    ...(denyWith === 'reject' ? [rejectedChain()] : []),
    ...meters.flatMap((meter, number) => FAMILIES.flatMap((family) => meterChains(meter, number, family))),
    ...FAMILIES.map((family) => askedChain(family, meters)),
  ];
  const rules = [...chains, ...HOOKS.map(hookChain)];
  return [
    { add: { table: { ...LIMIT_TABLE } } },
    ...LIMIT_COUNTERS.map((name): Command => ({ add: { counter: { ...PLACE, name } } })),
    ...LIMIT_SETS.map(policySet),
    ...FAMILIES.map((family) => hostSet(`talkers${family}`, family, { timeout: 10 })),
    ...meters.flatMap((meter, number) => FAMILIES.flatMap((family) => meterSets(meter, number, family))),
    ...chains.map(({ name }): Command => ({ add: { chain: { ...PLACE, name } } })),
    ...HOOKS.map(
      (hook): Command => ({
        add: { chain: { ...PLACE, name: hook, type: 'filter', hook, prio: PRIORITY, policy: 'accept' } },
      }),
    ),
    ...rules.flatMap(({ name, rules: all }) =>
      all.map((expr): Command => ({ add: { rule: { ...PLACE, chain: name, expr } } })),
    ),
  ];
}

function policySet({ name, type, flags, verdicts }: (typeof LIMIT_SETS)[number]): Command {
  const definition = { ...PLACE, name, type, flags };
  return verdicts ? { add: { map: { ...definition, map: 'verdict' } } } : { add: { set: definition } };
}

/** Filled by rules, which nft learns from them: its JSON has no word for the flag `dynamic` in 1.0.6. */
function hostSet(name: string, family: Family, memory?: { timeout: number }): Command {
  const flags = memory && { flags: ['timeout' as const], ...memory };
  return { add: { set: { ...PLACE, name, type: `ipv${family}_addr`, size: MOST_HOSTS, ...flags } } };
}

function meterSets({ limits }: Meter, number: number, family: Family): Command[] {
  const { newConnections, concurrentConnections, bytesOut } = limits;
  return [
    ...(newConnections
      ? [hostSet(rateSet(number, family), family, { timeout: memoryOf(newConnections) })]
      : []),
    ...(concurrentConnections ? [hostSet(openSet(number, family), family)] : []),
    ...(bytesOut
      ? [hostSet(sentSet(number, family), family, { timeout: Math.ceil(bytesOut.per / 1_000) })]
      : []),
  ];
}

function meterChains({ limits }: Meter, number: number, family: Family): Chain[] {
  const { newConnections, concurrentConnections, bytesOut } = limits;
  const count = (op: 'add' | 'update', set: string, over: LimitName, stmt: Statement): Statement[] => [
    { set: { op, elem: ctAddress(family, 'saddr', 'original'), set: `@${set}`, stmt: [stmt] } },
    { goto: { target: overChain(over) } },
  ];
  const protectedFirst: Statement[] = [{ jump: { target: `spared${family}` } }];
  const connections = [
    ...(newConnections
      ? [count('update', rateSet(number, family), 'newConnections', { limit: rateOf(newConnections) })]
      : []),
    ...(concurrentConnections
      ? [
          count('add', openSet(number, family), 'concurrentConnections', {
            'ct count': { val: concurrentConnections, inv: true },
          }),
        ]
      : []),
  ];
  const bytes = bytesOut
    ? [
        count('add', sentSet(number, family), 'bytesOut', {
          quota: { val: bytesOut.max, val_unit: 'bytes', inv: true },
        }),
      ]
    : [];
  return [
    { name: connectionChain(number, family), rules: connections },
    { name: bytesChain(number, family), rules: bytes },
  ]
    .filter(({ rules }) => rules.length > 0)
    .map(({ name, rules }) => ({ name, rules: [protectedFirst, ...rules] }));
}

function overChains(limit: LimitName, denyWith: LimitPlan['denyWith']): Chain[] {
  const refuse: Statement = denyWith === 'reject' ? { goto: { target: 'rejected' } } : drop;
  return [
    {
      name: overChain(limit),
      rules: [
        [{ counter: limit === 'bytesOut' ? 'metered' : 'limited' }],
        [{ jump: { target: `tell_${limit}` } }],
        [refuse],
      ],
    },
    // A quota is used up in the midst of a connection.
    { name: `tell_${limit}`, rules: tellingRules(limit, { of: limit === 'bytesOut' ? 'all' : 'first' }) },
  ];
}

function askedChain(family: Family, meters: readonly Meter[]): Chain {
  const first = ctState('new');
  const sending: Statement = {
    match: { op: '==', left: { ct: { key: 'direction' } }, right: 'original' },
  };
  const isMetered = meters.some(({ limits }) => limits.bytesOut !== undefined);
  const isLimited = meters.some(
    ({ limits }) => limits.newConnections !== undefined || limits.concurrentConnections !== undefined,
  );
  return {
    name: `asked${family}`,
    rules: [
      ...(isLimited ? askedMapRules(family, [first], `limited${family}`) : []),
      ...(isMetered ? askedMapRules(family, [sending], `metered${family}`) : []),
    ],
  };
}

function hookChain(hook: Hook): Chain {
  const pairs = FAMILIES.map((family): MapPair => [`ipv${family}`, { goto: { target: `asked${family}` } }]);
  return {
    name: hook,
    rules: [...(hook === 'forward' ? [] : [loopbackRule(hook)]), [byFamily({ set: pairs })]],
  };
}

function overChain(limit: LimitName): string {
  return `over_${limit}`;
}

const rateSet = (number: number, family: Family) => `rate${number}v${family}`;
const openSet = (number: number, family: Family) => `open${number}v${family}`;
const sentSet = (number: number, family: Family) => `sent${number}v${family}`;

type Rate = NonNullable<Limits['newConnections']>;

/** Whole connections in the shortest unit that has them: a policy gives them a second, minute or hour. */
function rateOf({ rate, burst }: Rate) {
  const exact = UNITS.find(([, seconds]) => isWhole(rate * seconds));
  const [per, seconds] = exact ?? UNITS[UNITS.length - 1];
  return { rate: Math.max(1, Math.round(rate * seconds)), burst, per, inv: true } as const;
}

function isWhole(number: number): boolean {
  return number >= 1 && Math.abs(number - Math.round(number)) < 1e-6 * number;
}

/** Until a bucket is full again nothing of it is forgotten. */
function memoryOf({ rate, burst }: Rate): number {
  return Math.max(SHORTEST_MEMORY, Math.ceil(burst / rate) + 1);
}
