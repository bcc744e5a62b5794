/**
 * Decisions by what they block, to ask in the hot path whether one concerns a flow, and to not propose a block twice.
 * The owner puts in those that stand in the kernel; those that wait for an answer may have an instance of their own.
 * A flow is judged as the kernel's sets judge its packets (enforcement/ruleset/blocks.ts).
 */
import { type Address, addressBits, type Prefix, parseAddress, sameAddress } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';
import { parsePrefix, prefixContains } from '../address/prefix.ts';
import type { FlowQuestion } from '../policy/verdict.ts';
import type { Decision, Target } from './decision.ts';
import { append, retain } from './lists-by-address.ts';
import { NetworkBlocks } from './network-blocks.ts';

/** `hostPort` as in Flow. */
type StandingFlow = FlowQuestion & { readonly hostPort: number };

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
    return this.#byId.size;
  }

  values(): Iterable<Decision> {
    return this.#byId.values();
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

  get(id: string): Decision | undefined {
    return this.#byId.get(id);
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
    const host = parseAddress(target.host);
    const count = (this.#blocked.get(host) ?? 0) + change;
    if (count > 0) this.#blocked.set(host, count);
    else this.#blocked.delete(host);
  }

  #putPrefix(decision: Decision, prefix: Prefix): void {
    if (isSingle(prefix)) append(this.#addresses, prefix.address, decision);
    else this.#networks.put(decision, prefix);
  }

  /** A decision that blocks this flow. */
  find(flow: StandingFlow): Decision | undefined {
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

  #findDestination(address: Address): Decision | undefined {
    const [single] = this.#addresses.get(address) ?? NONE;
    return single ?? this.#networks.find(address);
  }

  /** The set of flows sees packets after NAT, of either direction. `port` is that of `peer`. */
  #findFlow(host: Address, peer: Address, protocol: number, port: number): Decision | undefined {
    const blocks = this.#flows.get(host);
    return blocks?.find((block) => block.protocol === protocol && isAt(block, peer, port))?.decision;
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
  covering(target: Target): Decision | undefined {
    switch (target.kind) {
      case 'flow':
        return this.#coveringFlow(target);
      case 'destination':
        return this.#coveringPrefix(parsePrefix(target.prefix));
      case 'host': {
        const allowTo = target.allowTo.map(parsePrefix);
        const quarantines = this.#quarantines.get(parseAddress(target.host)) ?? [];
        const exceptions = quarantines.flatMap((quarantine) => quarantine.allowTo);
        return exceptions.every((exception) => allowTo.some((allowed) => contains(allowed, exception)))
          ? quarantines[0]?.decision
          : undefined;
      }
    }
  }

  #coveringFlow({ host, destination, service }: Extract<Target, { kind: 'flow' }>): Decision | undefined {
    const [from, to] = [parseAddress(host), parseAddress(destination)];
    const { protocol, port } = service;
    const equal = this.#flows
      .get(from)
      ?.find((block) => block.protocol === protocol && isAt(block, to, port));
    return (
      equal?.decision ??
      this.#findDestination(to) ??
      this.#findDestination(from) ??
      this.#findQuarantine(from, to) ??
      this.#findQuarantine(to, from)
    );
  }

  #coveringPrefix(prefix: Prefix): Decision | undefined {
    const [single] = (isSingle(prefix) && this.#addresses.get(prefix.address)) || NONE;
    return single ?? this.#networks.covering(prefix);
  }
}

const NONE: readonly Decision[] = [];

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
