/**
 * Table `inet penstock_names`: hands DNS with the policy's resolvers to the queue that names are learnt from. It is
 * there only while the policy has names, and apart from `inet penstock`, so that it costs nothing otherwise, and
 * because nft can list the rule below that some kernels need and cannot write it.
 *
 *   hook forward, input, output, behind the judgement of `inet penstock`
 *     to port 53 of a resolver                               (questions)    queue
 *     from port 53 of a resolver, reply to a connection      (answers)      queue
 *
 *   queue    expression `queue num N [bypass]`; where the kernel has none the target NFQUEUE of x_tables
 *
 * With `bypass` DNS passes unseen while nobody reads the queue; without it is dropped.
 */
import {
  type Command,
  type Expression,
  isAlreadyExists,
  isNotFound,
  type NftablesDriver,
  NftablesError,
  type QueueRule,
  type SetElementsDriver,
  type Statement,
} from 'node-nftables';
import { type Address, type Family, formatAddress, type Prefix } from '../../address/address.ts';
import { lastAddress } from '../../address/prefix.ts';
import { EnforcementError } from '../errors.ts';

export const DNS_TABLE = { family: 'inet', name: 'penstock_names' } as const;
const PLACE = { family: DNS_TABLE.family, table: DNS_TABLE.name } as const;

/** One more than that of `inet penstock`: what that drops need not be looked at. */
const PRIORITY = -4;
const HOOKS = ['forward', 'input', 'output'] as const;
const FAMILIES: readonly Family[] = [4, 6];
const DNS_PORT = 53;
const RESOLVER_SETS = FAMILIES.map((family) => ({
  ...PLACE,
  name: `resolver${family}`,
  type: `ipv${family}_addr`,
  flags: ['interval' as const],
}));

/** How packets get to the queue. */
export type QueueMeans = 'expression' | 'target';

export interface DnsTableSettings {
  readonly resolvers: readonly Prefix[];
  readonly queue: QueueRule;
}

/** Adds the rule that nft cannot write. */
export type AddTarget = (chain: typeof PLACE & { readonly name: string }, rule: QueueRule) => void;

/** It changed while it was read; it is looked at again. */
const UNKNOWN = 'unknown';

type Elements = Pick<SetElementsDriver, 'captureTable' | 'list'>;

export class DnsTable {
  readonly #nft: Pick<NftablesDriver, 'run'>;
  readonly #elements: Elements;
  readonly #addTarget: AddTarget;
  /** What the kernel had when the table had just been made. */
  #made: string | undefined;

  constructor(nft: Pick<NftablesDriver, 'run'>, elements: Elements, addTarget: AddTarget) {
    this.#nft = nft;
    this.#elements = elements;
    this.#addTarget = addTarget;
  }

  /**
   * Make the table anew; what was there stays until it is replaced.
   * @throws EnforcementError; with the errno ENOENT the kernel cannot hand packets to a queue
   */
  install(settings: DnsTableSettings): QueueMeans {
    try {
      const means = this.#installBest(settings);
      this.#made = this.#content();
      return means;
    } catch (error) {
      this.remove();
      throw new EnforcementError('hand DNS to a queue', error);
    }
  }

  /** @throws EnforcementError */
  remove(): void {
    this.#made = undefined;
    try {
      this.#nft.run([{ add: { table: DNS_TABLE } }, { delete: { table: DNS_TABLE } }]);
    } catch (error) {
      throw new EnforcementError('remove the table for DNS', error);
    }
  }

  /** How the table differs from what was made last, in words; undefined when it does not. */
  difference(): string | undefined {
    const content = this.#content();
    if (content === UNKNOWN || (content !== undefined && content === this.#made)) return undefined;
    return `table ${DNS_TABLE.family} ${DNS_TABLE.name} ${content === undefined ? 'is missing' : 'has other rules'}`;
  }

  /** All of the table in a form of which only equality counts; undefined when there is none. */
  #content(): string | undefined {
    try {
      const image = this.#elements.captureTable(DNS_TABLE);
      if (image === undefined) return undefined;
      const ranges = RESOLVER_SETS.flatMap((set) => this.#elements.list(set));
      const texts = ranges.map(({ key, keyEnd }) => [key, keyEnd ?? key].map(hex).join('-')).sort();
      return [image.fingerprint, ...texts].join(' ');
    } catch (error) {
      if (!(error instanceof NftablesError)) throw error;
      return isNotFound(error) ? 'without sets' : UNKNOWN;
    }
  }

  #installBest({ resolvers, queue }: DnsTableSettings): QueueMeans {
    const flags = queue.bypass ? { flags: ['bypass' as const] } : {};
    try {
      this.#nft.run(tableCommands(resolvers, [{ queue: { num: queue.queue, ...flags } }]));
      return 'expression';
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#nft.run(tableCommands(resolvers, []));
    this.#addTarget({ ...PLACE, name: 'queue' }, queue);
    return 'target';
  }
}

/** Whether a failure says that this kernel has neither expression nor target. */
export function hasNoQueue(error: unknown): boolean {
  const cause = error instanceof EnforcementError ? error.cause : error;
  return cause instanceof NftablesError && (isNotFound(cause) || isAlreadyExists(cause));
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function tableCommands(resolvers: readonly Prefix[], queue: readonly Statement[]): Command[] {
  const chain = (name: string): Command => ({ add: { chain: { ...PLACE, name } } });
  const rule = (name: string, expr: readonly Statement[]): Command => ({
    add: { rule: { ...PLACE, chain: name, expr } },
  });
  return [
    { add: { table: DNS_TABLE } },
    { delete: { table: DNS_TABLE } },
    { add: { table: DNS_TABLE } },
    ...FAMILIES.map((family) => resolverSet(family, resolvers)),
    chain('queue'),
    chain('dns'),
    ...HOOKS.map(
      (hook): Command => ({
        add: { chain: { ...PLACE, name: hook, type: 'filter', hook, prio: PRIORITY, policy: 'accept' } },
      }),
    ),
    ...(queue.length > 0 ? [rule('queue', queue)] : []),
    ...dnsRules().map((statements) => rule('dns', statements)),
    ...HOOKS.flatMap((hook) => [rule(hook, port('dport')), rule(hook, port('sport'))]),
  ];
}

function resolverSet(family: Family, resolvers: readonly Prefix[]): Command {
  const elem = resolvers.filter(({ address }) => address.family === family).map(rangeOf);
  const set = { ...RESOLVER_SETS[FAMILIES.indexOf(family)], 'auto-merge': true };
  return { add: { set: elem.length === 0 ? set : { ...set, elem } } };
}

function rangeOf(prefix: Prefix): Expression {
  const [first, last] = [formatAddress(prefix.address), formatAddress(lastAddress(prefix) as Address)];
  return first === last ? first : { range: [first, last] };
}

/** The only rules that other packets meet. */
function port(field: 'dport' | 'sport'): Statement[] {
  return [
    { match: { op: '==', left: { meta: { key: 'l4proto' } }, right: { set: ['tcp', 'udp'] } } },
    { match: { op: '==', left: { payload: { protocol: 'th', field } }, right: DNS_PORT } },
    { goto: { target: 'dns' } },
  ];
}

function dnsRules(): Statement[][] {
  const direction = (value: 'original' | 'reply'): Statement => ({
    match: { op: '==', left: { ct: { key: 'direction' } }, right: value },
  });
  return FAMILIES.flatMap((family) => {
    const at = (field: 'saddr' | 'daddr'): Statement => ({
      match: {
        op: '==',
        left: { payload: { protocol: family === 4 ? 'ip' : 'ip6', field } },
        right: `@resolver${family}`,
      },
    });
    return [
      [direction('original'), at('daddr'), { goto: { target: 'queue' } }],
      [direction('reply'), at('saddr'), { goto: { target: 'queue' } }],
    ];
  });
}
