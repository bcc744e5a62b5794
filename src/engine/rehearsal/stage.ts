/**
 * The way from an event to the acknowledged element, with parts of its own that nobody sees:
 *
 *   entry --> table --> judge --> responder --> desk --> ledger in memory
 *                                                 |
 *                                                 +----> the kernel, or nobody
 *
 * The classes are the real ones, so that what V8 learns here serves in earnest. There are two kinds, for no one of them
 * shows V8 everything: what one asks of the kernel is for a generation of the ruleset that has passed, which the kernel
 * refuses before it looks into it (nf_tables_valid_genid in net/netfilter/nf_tables_api.c) and which ends as if it had gone
 * well, for V8 counts what returns and not what throws; the other's goes well and reaches no kernel.
 */
import type { NftablesDriver, RulesetMonitorDriver, SetElementsDriver } from 'node-nftables';
import { ipv4 } from '../../address/address.ts';
import { emptyEntry } from '../../conntrack/entry.ts';
import type { Surroundings } from '../../decision/surroundings.ts';
import { Enforcer } from '../../enforcement/enforcer.ts';
import { KernelTable } from '../../enforcement/kernel-table.ts';
import { FlowTable } from '../../flow/flow-table.ts';
import { Ledger } from '../../ledger/ledger.ts';
import type { Policy } from '../../policy/policy.ts';
import type { BlockLatency } from '../block-latency.ts';
import { HostCensus } from '../host-census.ts';
import { Journal } from '../journal.ts';
import type { ConntrackEvents } from '../kernel.ts';
import { KernelKeeper } from '../kernel-keeper.ts';
import { MeasuredElements } from '../measure/measured-elements.ts';
import { PolicyKeeper } from '../policy-keeper.ts';
import { ResponsePath } from '../response-path.ts';
import type { SideTables } from '../side-tables.ts';
import { ALLOWED, DENIED, HOSTS, rehearsalPolicy } from './rehearsal-policy.ts';

const UDP = 17;
const MAX_FLOWS = 4_096;
/** As many as there are. */
const MANY_HOSTS = 256;
/** As in earnest. To V8 a list that `flatMap` made may have holes, and one with nothing in it is of another kind again. */
const LOOPBACK = 0x7f00_0001;
const SURROUNDINGS: Surroundings = {
  ownAddresses: { addresses: [ipv4(LOOPBACK)] },
  gateways: { addresses: [LOOPBACK].flatMap((word) => [ipv4(word)]) },
  resolvers: { addresses: [] },
};

export interface StageKernel {
  /** The stage closes them. */
  readonly elements: Pick<SetElementsDriver, 'apply' | 'get' | 'close'>;
  readonly conntrack: Pick<ConntrackEvents, 'delete'>;
  /** What was asked is there when it is read back. */
  readonly obeys: boolean;
}

export class Stage implements Disposable {
  readonly #ledger = Ledger.inMemory();
  readonly #table = new FlowTable({ isOurs: () => false, maxFlows: MAX_FLOWS });
  readonly #census = new HostCensus();
  readonly #path: ResponsePath;
  readonly #entry = emptyEntry();
  readonly #elements: StageKernel['elements'];
  readonly #latency: BlockLatency;
  #played = 0;

  /** `latency` hears of each block, and nobody else does. */
  constructor(policy: Policy, { elements, conntrack, obeys }: StageKernel, latency: BlockLatency) {
    this.#elements = elements;
    this.#latency = latency;
    const journal = new Journal(this.#ledger, () => {});
    // Nothing here may make or read a table.
    const nobody = {} as NftablesDriver & RulesetMonitorDriver & SideTables;
    const measured = new MeasuredElements(elements as SetElementsDriver);
    const enforcer = new Enforcer(new KernelTable(nobody, measured));
    const keeper = new KernelKeeper({
      ...{ enforcer, journal, ourThread: 0 },
      ...{ monitor: nobody, sideTables: nobody },
    });
    const policies = new PolicyKeeper(
      () => true,
      (next) => this.#path.judge.changePolicy(next, this.#table, Date.now()),
    );
    this.#path = new ResponsePath({
      ...{ ledger: this.#ledger, journal, enforcer, conntrack, policies, table: this.#table },
      keeper: obeys ? keeper : { verify: (change, nowMs) => void enforcer.verify(change, nowMs) },
      ...{ latency, census: this.#census },
      covered: (decision) => decision,
      ...{ onQuarantines: () => {}, onCaseClosed: () => {}, onAllowed: () => {} },
    });
    this.#path.surroundings = SURROUNDINGS;
    policies.enforce(rehearsalPolicy(policy));
    const { original, reply } = this.#entry;
    for (const tuple of [original, reply]) {
      tuple.source.family = tuple.destination.family = 4;
      tuple.protocol = UDP;
      tuple.sourcePort = tuple.destinationPort = 4_433;
    }
  }

  /** A connection that the policy allows, and one that it does not, from the event to the outcome. */
  play(): void {
    this.#played += 1;
    this.#begin(ALLOWED.address.d + this.#played);
    this.#end();
    this.#begin(DENIED.address.d + this.#played);
    this.#end();
    // As the loop does at the end of a turn: what waits to be told would grow for ever.
    this.#latency.announce(() => {});
  }

  #begin(destination: number): void {
    const entry = this.#entry;
    // One that goes on and on, and many that do it now and then.
    const host = HOSTS.address.d + (this.#played % 2 === 0 ? 0 : this.#played % MANY_HOSTS);
    entry.original.source.d = entry.reply.destination.d = host;
    entry.original.destination.d = entry.reply.source.d = destination;
    entry.event = 'new';
    entry.eventAtMs = Number(Temporal.Now.instant().epochNanoseconds) / 1e6;
    entry.id = (entry.id + 1) >>> 0;
    this.#observe();
  }

  #end(): void {
    this.#entry.event = 'destroy';
    this.#observe();
  }

  #observe(): void {
    const nowMs = Date.now();
    this.#table.observe(this.#entry, nowMs, (change) => {
      if (change.kind === 'started') this.#census.add(change.flow.host);
      this.#path.judge.take(change, this.#entry, nowMs);
    });
  }

  [Symbol.dispose](): void {
    this.#ledger.close();
    this.#elements.close();
  }
}
