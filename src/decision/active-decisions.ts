/**
 * Decisions by what they block, to ask in the hot path whether one concerns a flow, and to not propose a block twice.
 * The owner puts in those that stand in the kernel; those that wait for an answer may have an instance of their own.
 * A flow is judged as the kernel's sets judge its packets (enforcement/ruleset/blocks.ts).
 *
 * What stood at the start and has not changed since lies apart, in rows (stood-before.ts).
 */
import { type Address, addressBits, type Prefix, parseAddress, sameAddress } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';
import { parsePrefix, prefixContains } from '../address/prefix.ts';
import type { NeverBlockGuard } from '../policy/compiled-policy.ts';
import type { FlowQuestion } from '../policy/verdict.ts';
import type { Decision, DecisionState, Target } from './decision.ts';
import { isForbidden, touchesNeverBlock } from './guardrails.ts';
import { append, retain } from './lists-by-address.ts';
import { NetworkBlocks } from './network-blocks.ts';
import { AT } from './standing-row.ts';
import { StandingRows } from './standing-rows.ts';
import { StoodBefore } from './stood-before.ts';
import { type Subject, subjectOf } from './subject.ts';

/** `hostPort` as in Flow. */
type StandingFlow = FlowQuestion & { readonly hostPort: number };

/** What is told of a decision without reading the whole of it. */
export type Found = Pick<Decision, 'id'>;

interface FlowBlock {
  readonly decision: Decision;
  readonly destination: Address;
  readonly protocol: number;
  readonly port: number | null;
}

interface Quarantine {
  readonly decision: Decision;
  readonly allowTo: readonly Prefix[];
}

export class ActiveDecisions {
  #before = NOTHING_BEFORE;
  readonly #byId = new Map<string, Decision>();
  readonly #addresses = new AddressMap<Decision[]>();
  readonly #networks = new NetworkBlocks();
  /** By host. */
  readonly #flows = new AddressMap<FlowBlock[]>();
  readonly #quarantines = new AddressMap<Quarantine[]>();
  /** The same by id. */
  readonly #ofHosts = new Map<string, Decision>();
  /** Quarantines by the host that was named; they are also found by each address that they cover. */
  readonly #quarantined = new AddressMap<number>();
  /** By host: decisions that are about it. */
  readonly #blocked = new AddressMap<number>();

  get size(): number {
    return this.#byId.size + this.#before.size;
  }

  /** Take over what stood at the start; nothing of it may be here already. */
  adopt(before: StoodBefore): void {
    const { rows } = before;
    this.#before = before;
    for (const row of before.left())
      if (rows.isFlow(row)) count(this.#blocked, rows.address(row, AT.host), 1);
  }

  /** The whole of each: what stood at the start is read. @throws LedgerError */
  values(): Decision[] {
    const { rows } = this.#before;
    const stood = [...this.#before.left()].flatMap((row) => this.#before.get(rows.id(row)) ?? []);
    return [...stood, ...this.#byId.values()];
  }

  /** Those that automation made of what a never-block list keeps; no others are read. @throws LedgerError */
  forbiddenBy(guard: NeverBlockGuard): Decision[] {
    const before = this.#before;
    const { rows } = before;
    const isForbiddenRow = (row: number) =>
      rows.isAutomatic(row) && touchesNeverBlock(rows.subject(row), guard) !== undefined;
    const stood = before.left().filter(isForbiddenRow).toArray();
    const others = this.#byId.values().filter((decision) => isForbidden(decision, guard));
    return [...stood.flatMap((row) => before.get(rows.id(row)) ?? []), ...others];
  }

  /** Those of whole hosts. */
  quarantines(): Iterable<Decision> {
    return this.#ofHosts.values();
  }

  /** Hosts that are quarantined. */
  get quarantinedHosts(): number {
    return this.#quarantined.size;
  }

  /** Hosts that have a block of their own, or are quarantined. */
  get blockedHosts(): number {
    return this.#blocked.size;
  }

  isBlockedHost(host: Address): boolean {
    return this.#blocked.get(host) !== undefined;
  }

  /** @throws LedgerError when it has to be read and cannot */
  get(id: string): Decision | undefined {
    return this.#byId.get(id) ?? this.#before.get(id);
  }

  /** Whether it is here, and in which state; nothing is read. */
  stateOf(id: string): DecisionState | undefined {
    const row = this.#before.rowOf(id);
    if (row < 0) return this.#byId.get(id)?.state;
    return this.#before.rows.isProvisional(row) ? 'provisional' : 'active';
  }

  /**
   * Put in, or in the place of the decision with the same id.
   * @throws AddressError when the text of an address or prefix is none
   */
  put(decision: Decision): void {
    this.drop(decision.id);
    const { target } = decision;
    switch (target.kind) {
      case 'flow':
        append(this.#flows, parseAddress(target.host), {
          decision,
          destination: parseAddress(target.destination),
          ...target.service,
        });
        break;
      case 'destination':
        this.#putPrefix(decision, parsePrefix(target.prefix));
        break;
      case 'host': {
        const allowTo = target.allowTo.map(parsePrefix);
        for (const address of quarantinedAddresses(decision))
          append(this.#quarantines, address, { decision, allowTo });
        count(this.#quarantined, parseAddress(target.host), 1);
        this.#ofHosts.set(decision.id, decision);
      }
    }
    this.#byId.set(decision.id, decision);
    this.#countHost(target, 1);
  }

  drop(id: string): void {
    const row = this.#before.letGo(id);
    if (row >= 0 && this.#before.rows.isFlow(row))
      count(this.#blocked, this.#before.rows.address(row, AT.host), -1);
    const decision = this.#byId.get(id);
    if (decision === undefined) return;
    this.#byId.delete(id);
    this.#ofHosts.delete(id);
    const { target } = decision;
    this.#countHost(target, -1);
    const others = (entry: { decision: Decision }) => entry.decision.id !== id;
    if (target.kind === 'flow') retain(this.#flows, parseAddress(target.host), others);
    else if (target.kind === 'host') {
      for (const address of quarantinedAddresses(decision)) retain(this.#quarantines, address, others);
      count(this.#quarantined, parseAddress(target.host), -1);
    } else {
      const prefix = parsePrefix(target.prefix);
      if (isSingle(prefix)) retain(this.#addresses, prefix.address, (other) => other.id !== id);
      else this.#networks.drop(id, prefix);
    }
  }

  #countHost(target: Target, change: 1 | -1): void {
    if (target.kind === 'destination') return;
    count(this.#blocked, parseAddress(target.host), change);
  }

  #putPrefix(decision: Decision, prefix: Prefix): void {
    if (isSingle(prefix)) append(this.#addresses, prefix.address, decision);
    else this.#networks.put(decision, prefix);
  }

  /** A decision that blocks this flow. */
  find(flow: StandingFlow): Found | undefined {
    const { host, destination, translated } = flow;
    return (
      this.#findDestination(destination) ??
      this.#findDestination(translated) ??
      this.#findDestination(host) ??
      this.#findFlow(host, translated, flow.protocol, flow.translatedPort) ??
      this.#findFlow(translated, host, flow.protocol, flow.hostPort) ??
      this.#findQuarantine(host, translated) ??
      this.#findQuarantine(translated, host)
    );
  }

  #findDestination(address: Address): Found | undefined {
    const single = this.#addresses.get(address)?.[0];
    return single ?? this.#foundBefore(this.#before.findDestination(address)) ?? this.#networks.find(address);
  }

  /** The set of flows sees packets after NAT, of either direction. `port` is that of `peer`. */
  #findFlow(host: Address, peer: Address, protocol: number, port: number | null): Found | undefined {
    const blocks = this.#flows.get(host);
    const found = blocks?.find((block) => block.protocol === protocol && isAt(block, peer, port));
    return found?.decision ?? this.#foundBefore(this.#before.findFlow(host, peer, protocol, port));
  }

  #foundBefore(row: number): Found | undefined {
    return row < 0 ? undefined : { id: this.#before.rows.id(row) };
  }

  /** The exceptions of all quarantines of one host hold together. */
  #findQuarantine(host: Address, peer: Address): Decision | undefined {
    const quarantines = this.#quarantines.get(host);
    if (quarantines === undefined) return undefined;
    const isException = quarantines.some(({ allowTo }) =>
      allowTo.some((prefix) => prefixContains(prefix, peer)),
    );
    return isException ? undefined : quarantines[0].decision;
  }

  /**
   * A decision that blocks all that the target would.
   * @throws AddressError when the text of an address or prefix is none
   */
  covering(target: Target): Found | undefined {
    return this.coveringAll(subjectOf(target));
  }

  /** The same, of what a target is made of. */
  coveringAll(subject: Subject): Found | undefined {
    switch (subject.kind) {
      case 'flow':
        return this.#coveringFlow(subject);
      case 'destination':
        return this.#coveringPrefix(subject.network);
      case 'host': {
        const quarantines = this.#quarantines.get(subject.host) ?? [];
        const exceptions = quarantines.flatMap((quarantine) => quarantine.allowTo);
        const isAllowed = (exception: Prefix) =>
          subject.allowTo.some((allowed) => contains(allowed, exception));
        return exceptions.every(isAllowed) ? quarantines[0]?.decision : undefined;
      }
    }
  }

  #coveringFlow({ host, network, service }: Extract<Subject, { kind: 'flow' }>): Found | undefined {
    const { protocol, port } = service;
    const peer = network.address;
    return (
      this.#findFlow(host, peer, protocol, port) ??
      this.#findDestination(peer) ??
      this.#findDestination(host) ??
      this.#findQuarantine(host, peer) ??
      this.#findQuarantine(peer, host)
    );
  }

  #coveringPrefix(prefix: Prefix): Found | undefined {
    if (!isSingle(prefix)) return this.#networks.covering(prefix);
    return this.#findDestination(prefix.address);
  }
}

const NOTHING_BEFORE = new StoodBefore(new StandingRows(new Uint8Array()), () => {
  throw new Error('nothing stood before');
});

function quarantinedAddresses({ target, coverage }: Decision): Address[] {
  return target.kind === 'host' ? [target.host, ...(coverage?.addresses ?? [])].map(parseAddress) : [];
}

function count(map: AddressMap<number>, address: Address, change: 1 | -1): void {
  const sum = (map.get(address) ?? 0) + change;
  if (sum > 0) map.set(address, sum);
  else map.delete(address);
}

function isAt(block: FlowBlock, address: Address, port: number | null): boolean {
  return sameAddress(block.destination, address) && (block.port === null || block.port === port);
}

function contains(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && prefixContains(outer, inner.address);
}

function isSingle({ address, length }: Prefix): boolean {
  return length === addressBits(address.family);
}
