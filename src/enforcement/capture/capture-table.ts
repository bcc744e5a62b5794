/**
 * Table `inet penstock_capture`: tells the packets of an incident, in both directions, to a group of nfnetlink_log of
 * its own. It is there only while packets are being caught, so that it costs nothing otherwise, and apart from
 * `inet penstock`, whose rules never change and are compared with what they should be (ruleset.ts).
 *
 *   hook forward, input, output, before the judgement of `inet penstock`, so that what that drops is seen too
 *     source . destination  in @pairN     caught
 *     destination . source  in @pairN     caught
 *     source, destination   in @hostN     caught
 *
 *   caught     so many a second, all together     log
 *
 * It passes everything on. Elements have timeouts: a table that a dead daemon left behind falls silent by itself.
 */
import { type Command, isNotFound, type NftablesDriver, type Statement } from 'node-nftables';
import { type Address, type Family, formatAddress } from '../../address/address.ts';
import { EnforcementError } from '../errors.ts';

export const CAPTURE_TABLE = { family: 'inet', name: 'penstock_capture' } as const;
/** One more than that of dropped packets. */
export const CAPTURE_GROUP = 4372;

const PLACE = { family: CAPTURE_TABLE.family, table: CAPTURE_TABLE.name } as const;
/** One less than that of `inet penstock`. */
const PRIORITY = -6;
const HOOKS = ['forward', 'input', 'output'] as const;
const FAMILIES: readonly Family[] = [4, 6];
/** Packets a second, and at once: what one thread that has other things to do reads easily. */
const RATE = { rate: 500, burst: 500, per: 'second' } as const;
const QUEUE = 16;
const MOST_ELEMENTS = 4_096;

/** Packets between a host and another, or all of the host. */
export interface CaughtPair {
  readonly host: Address;
  readonly other: Address | null;
}

export class CaptureTable {
  readonly #nft: Pick<NftablesDriver, 'run'>;

  constructor(nft: Pick<NftablesDriver, 'run'>) {
    this.#nft = nft;
  }

  /** Make it anew, without elements. @throws EnforcementError */
  install(): void {
    this.#run('catch packets', [
      { add: { table: CAPTURE_TABLE } },
      { delete: { table: CAPTURE_TABLE } },
      ...tableCommands(),
    ]);
  }

  /** @throws EnforcementError */
  remove(): void {
    this.#run('remove the table that catches packets', [
      { add: { table: CAPTURE_TABLE } },
      { delete: { table: CAPTURE_TABLE } },
    ]);
  }

  /** For whole seconds, 1 at least. @throws EnforcementError */
  arm(pairs: readonly CaughtPair[], forMs: number): void {
    const timeout = Math.max(1, Math.ceil(forMs / 1_000));
    this.#run(
      'catch packets',
      pairs.map((pair) => ({ add: { element: elementOf(pair, timeout) } })),
    );
  }

  /** Whoever is gone already is passed over. @throws EnforcementError */
  disarm(pairs: readonly CaughtPair[]): void {
    for (const pair of pairs) {
      try {
        this.#nft.run([{ delete: { element: elementOf(pair) } }]);
      } catch (error) {
        if (!isNotFound(error)) throw new EnforcementError('stop catching packets', error);
      }
    }
  }

  #run(operation: string, commands: readonly Command[]): void {
    try {
      this.#nft.run(commands);
    } catch (error) {
      throw new EnforcementError(operation, error);
    }
  }
}

function elementOf({ host, other }: CaughtPair, timeout?: number) {
  const [from, to] = [formatAddress(host), other && formatAddress(other)];
  const val = to === null ? from : { concat: [from, to] };
  const name = `${to === null ? 'host' : 'pair'}${host.family}`;
  return { ...PLACE, name, elem: [timeout === undefined ? val : { elem: { val, timeout } }] };
}

function tableCommands(): Command[] {
  const rule = (chain: string, expr: readonly Statement[]): Command => ({
    add: { rule: { ...PLACE, chain, expr } },
  });
  const set = (name: string, type: string | readonly string[]): Command => ({
    add: { set: { ...PLACE, name, type, flags: ['timeout'], size: MOST_ELEMENTS } },
  });
  return [
    { add: { table: CAPTURE_TABLE } },
    ...FAMILIES.flatMap((family) => [
      set(`pair${family}`, [`ipv${family}_addr`, `ipv${family}_addr`]),
      set(`host${family}`, `ipv${family}_addr`),
    ]),
    { add: { chain: { ...PLACE, name: 'caught' } } },
    rule('caught', [{ limit: RATE }, { log: { group: CAPTURE_GROUP, 'queue-threshold': QUEUE } }]),
    ...HOOKS.map(
      (hook): Command => ({
        add: { chain: { ...PLACE, name: hook, type: 'filter', hook, prio: PRIORITY, policy: 'accept' } },
      }),
    ),
    ...HOOKS.flatMap((hook) => FAMILIES.flatMap(rulesOf).map((statements) => rule(hook, statements))),
  ];
}

/** `goto`: what is told is told once. */
function rulesOf(family: Family): Statement[][] {
  const at = (field: 'saddr' | 'daddr') =>
    ({ payload: { protocol: family === 4 ? 'ip' : 'ip6', field } }) as const;
  const [source, destination] = [at('saddr'), at('daddr')];
  const caught: Statement = { goto: { target: 'caught' } };
  const within = (left: Parameters<typeof inSet>[0], name: string) => [
    inSet(left, `${name}${family}`),
    caught,
  ];
  return [
    within({ concat: [source, destination] }, 'pair'),
    within({ concat: [destination, source] }, 'pair'),
    within(source, 'host'),
    within(destination, 'host'),
  ];
}

function inSet(left: Extract<Statement, { match: unknown }>['match']['left'], name: string): Statement {
  return { match: { op: '==', left, right: `@${name}` } };
}
