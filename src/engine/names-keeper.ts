/**
 * Names at work: DNS answers become addresses of the policy's sets before the client has them.
 *
 *   queue --> watch --> book --> named elements in the kernel --> shelf --> the answer goes on
 *                         |
 *                         +--> the matcher asks it at each judgement
 *
 * Off while the policy has no names. Then no table, no queue, nothing in the kernel.
 */
import { type Address, formatAddress, parseAddress } from '../address/address.ts';
import { AddressError } from '../address/errors.ts';
import { hostPrefix } from '../address/prefix.ts';
import type { Change } from '../enforcement/desired-state.ts';
import type { KernelElement } from '../enforcement/element.ts';
import type { Enforcer } from '../enforcement/enforcer.ts';
import type { QueueMeans } from '../enforcement/names/dns-table.ts';
import { NamedElements } from '../enforcement/names/named-elements.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { NameShelf } from '../ledger/name-shelf.ts';
import { type Found, withoutPrefixes } from '../names/dns/chain.ts';
import { DnsWatch, type WatchCounters } from '../names/dns-watch.ts';
import {
  type AddressChange,
  MAX_HOLD_MS,
  NAME_BOOK_LIMITS,
  NameBook,
  type NameLink,
} from '../names/name-book.ts';
import { isLinkScope } from '../policy/matcher/link-scope.ts';
import { NamePatterns } from '../policy/name-patterns.ts';
import type { NameSource } from '../policy/names.ts';
import type { Policy } from '../policy/policy.ts';
import { DnsTap, type NamesKernel } from './dns-tap.ts';
import type { Journal } from './journal.ts';
import { TimeHistogram } from './measure/time-histogram.ts';
import type { InForce } from './policy-keeper.ts';
import type { SideMended } from './side-tables.ts';

const SWEEP_EVERY_MS = 2_000;
/** How long an address is kept at a time while a connection to it lives. */
const KEEP_MS = 30_000;
/** What a daemon that was away for less still knows; the kernel's elements last as long. */
const AWAY_MS = 10 * 60_000;
/** Time for a first walk through conntrack, which shows what lives. */
const GRACE_MS = 60_000;

export interface NamesParts {
  readonly kernel: NamesKernel;
  readonly enforcer: Pick<Enforcer, 'hold' | 'carryOut'>;
  readonly flows: Pick<FlowTable, 'matching'>;
  readonly shelf: NameShelf;
  readonly journal: Pick<Journal, 'log'>;
}

export interface NamesCounters extends WatchCounters {
  /** Addresses that were not learnt for want of room, in the book or in the kernel. */
  refused: number;
  /** Answers that named an address of ours, or one that no packet leaves the link for. */
  withheld: number;
  /** Times packets were lost before we read them. */
  lost: number;
}

export class NamesKeeper implements Disposable {
  readonly book = new NameBook(new NamePatterns([]));
  /** How long each packet was held, until what it taught stood in the kernel. */
  readonly holds = new TimeHistogram();
  readonly #parts: NamesParts;
  readonly #watch: DnsWatch;
  readonly #elements = new NamedElements();
  readonly #tap: DnsTap;
  #inForce: InForce | undefined;
  #turns = -1;
  #sweepAt = 0;
  #restored = false;
  #withheld = 0;
  #noRoom = 0;
  readonly #said = new Set<string>();
  /** Until when the shelf has it. */
  readonly #saved = new WeakMap<NameLink, number>();

  constructor(parts: NamesParts) {
    this.#parts = parts;
    this.#tap = new DnsTap(parts.kernel, parts.journal);
    this.#watch = new DnsWatch((name) => this.#setsOf(name, Date.now()).length > 0);
  }

  /** For the matcher. */
  get source(): NameSource {
    return { setsOf: (address) => this.book.setsOfAddress(address) };
  }

  /** The same names for a policy that is not in force. */
  sourceFor(policy: Policy): NameSource {
    const patterns = patternsOf(policy);
    if (patterns.empty) return { setsOf: () => [] };
    const match = (address: Address) =>
      new Set(this.book.namesOf(address).flatMap((name) => patterns.match(withoutPrefixes(name))));
    return { setsOf: (address) => [...match(address)].sort((x, y) => x - y) };
  }

  /** Readable while DNS waits; undefined while nobody watches. */
  get fd(): number | undefined {
    return this.#tap.fd;
  }

  /** Why names are not watched although the policy has some. */
  get failure(): string | undefined {
    return this.#tap.failure;
  }

  get means(): QueueMeans | undefined {
    return this.#tap.means;
  }

  get counters(): NamesCounters {
    const refused = this.book.refused + this.#noRoom;
    return { ...this.#watch.counters, refused, withheld: this.#withheld, lost: this.#tap.lost };
  }

  /** What is known of earlier, before the first policy is put in force. */
  restore(policy: Policy, nowMs: number): void {
    if (this.#restored) return;
    this.#restored = true;
    const patterns = patternsOf(policy);
    if (patterns.empty) return;
    this.book.changePatterns(patterns);
    this.#trying(() => {
      for (const stored of this.#parts.shelf.take(nowMs - AWAY_MS, NAME_BOOK_LIMITS.links)) {
        const sets = patterns.match(stored.name);
        const address = addressOf(stored.address);
        if (sets.length === 0 || address === undefined) continue;
        this.book.learn(stored.name, sets, [
          { address, untilMs: Math.max(Math.min(stored.untilMs, nowMs + MAX_HOLD_MS), nowMs + GRACE_MS) },
        ]);
      }
    });
  }

  /** Before anything is judged by the policy: its sets have other places. */
  changePolicy(next: InForce, nowMs: number): void {
    this.restore(next.policy, nowMs);
    const isFirst = this.#inForce === undefined;
    this.#inForce = next;
    this.book.changePatterns(patternsOf(next.policy));
    this.#watch.resolvers = next.policy.names?.resolvers ?? [];
    this.#turns = next.compiled.turns(nowMs);
    // What the kernel has of an earlier process is compared as soon as somebody holds it.
    if (isFirst) this.#parts.enforcer.hold(this.#elements);
    this.#putAll(nowMs);
    this.#tap.change(next.policy.names);
  }

  /** Why this policy cannot be put in force on this machine; undefined when it can. */
  objection({ addressSets }: Policy): string | undefined {
    return addressSets.some(({ fqdns }) => fqdns.length > 0) ? this.#tap.objection() : undefined;
  }

  /** Take DNS packets that wait, some at once. @returns whether more may wait */
  drain(nowMs: number): boolean {
    return this.#tap.drain((packet) => {
      const takenAt = performance.now();
      for (const found of this.#watch.take(packet, nowMs)) this.#learn(found, nowMs);
      this.holds.since(takenAt);
    });
  }

  /** What time brings: addresses that are over, schedules, a table that somebody took away. */
  chores(nowMs: number): void {
    const inForce = this.#inForce;
    if (inForce === undefined || performance.now() < this.#sweepAt) return;
    this.#sweepAt = performance.now() + SWEEP_EVERY_MS;
    if (inForce.policy.names === null) return;
    this.#put(
      this.book.expire(nowMs, (address) => (this.#lives(address) ? nowMs + KEEP_MS : undefined)),
      nowMs,
    );
    const turns = inForce.compiled.turns(nowMs);
    if (turns !== this.#turns) this.#putAll(nowMs);
    this.#turns = turns;
    this.#prolong(nowMs);
    this.#tap.tend();
  }

  /** Somebody may have changed the table that shows us DNS. */
  mendTable(): SideMended {
    return this.#tap.mend();
  }

  [Symbol.dispose](): void {
    this.#tap[Symbol.dispose]();
  }

  #setsOf(name: string, nowMs: number): readonly number[] {
    return this.book.setsOfName(withoutPrefixes(name), nowMs);
  }

  #learn({ name: asked, addresses, targets }: Found, nowMs: number): void {
    const floorMs = this.#inForce?.policy.names?.ttlFloorMs ?? 0;
    const name = withoutPrefixes(asked);
    const sets = this.#setsOf(asked, nowMs);
    const until = (ttl: number) => nowMs + Math.min(MAX_HOLD_MS, Math.max(ttl * 1_000, floorMs));
    for (const target of targets) this.book.expectTarget(target.name, sets, until(target.ttl));
    const usable = addresses.filter(({ address }) => this.#isUsable(address, name));
    const before = this.book.refused;
    const known = new Set(this.book.linksOf(name).map(({ address }) => formatAddress(address)));
    const changes = this.book.learn(
      name,
      sets,
      usable.map(({ address, ttl }) => ({ address, untilMs: until(ttl) })),
    );
    if (this.book.refused > before) this.#sayOnce(`no room for all addresses of ${name}`);
    this.#put(changes, nowMs);
    const fresh = this.book.linksOf(name).filter(({ address }) => !known.has(formatAddress(address)));
    if (fresh.length > 0) this.#save(fresh);
  }

  /** A name must not open a way to what is ours, nor to what is no destination at all. */
  #isUsable(address: Address, name: string): boolean {
    const { family, a, d } = address;
    const nowhere = family === 4 ? d >>> 24 === 0 || d >>> 28 >= 14 : a >>> 24 === 0xff || a === 0;
    if (!nowhere && !isLinkScope(address) && !this.#inForce?.compiled.isOurs(address)) return true;
    this.#withheld += 1;
    this.#sayOnce(`${name} is said to be at ${formatAddress(address)}, which no rule by name can allow`);
    return false;
  }

  #putAll(nowMs: number): void {
    const known = new Set(this.book.addresses().map(({ address }) => formatAddress(address)));
    const gone = this.#elements.addresses().filter((address) => !known.has(formatAddress(address)));
    this.#put([...this.book.addresses(), ...gone.map(nothing)], nowMs);
  }

  #put(changes: readonly AddressChange[], nowMs: number): void {
    const compiled = this.#inForce?.compiled;
    if (compiled === undefined || changes.length === 0) return;
    const all: { [K in keyof Change]: KernelElement[] } = { add: [], refresh: [], remove: [] };
    for (const { address, sets, untilMs } of changes) {
      const boxes = sets.length === 0 ? [] : compiled.namedBoxes(address, nowMs);
      const change = this.#elements.put(address, boxes, untilMs, nowMs);
      if (change === undefined) {
        this.#noRoom += 1;
        this.#sayOnce('no room for more addresses of names in the kernel');
        continue;
      }
      all.add.push(...change.add);
      all.remove.push(...change.remove);
    }
    this.#carryOut(all, nowMs);
  }

  #prolong(nowMs: number): void {
    this.#carryOut({ add: [], refresh: this.#elements.prolong(nowMs), remove: [] }, nowMs);
    const links = this.book.links().filter(({ untilMs }) => untilMs > nowMs);
    const stale = links.filter((link) => (this.#saved.get(link) ?? 0) < link.untilMs - AWAY_MS / 2);
    if (stale.length > 0) this.#save(stale);
  }

  #carryOut(change: Change, nowMs: number): void {
    if (change.add.length + change.refresh.length + change.remove.length === 0) return;
    const done = this.#parts.enforcer.carryOut(change, nowMs);
    // The next look at everything mends it.
    if (!done.ok) this.#sayOnce(`addresses of names are not in the kernel: ${done.error}`);
  }

  #save(links: readonly NameLink[]): void {
    this.#trying(() => {
      this.#parts.shelf.save(
        links.map(({ name, address, untilMs }) => ({ name, address: formatAddress(address), untilMs })),
      );
      for (const link of links) this.#saved.set(link, link.untilMs);
    });
  }

  #trying(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      this.#sayOnce(`names are not saved: ${error.message}`);
    }
  }

  #lives(address: Address): boolean {
    return this.#parts.flows.matching({ kind: 'destination', prefix: hostPrefix(address) }).length > 0;
  }

  /** The same words again tell a person nothing. */
  #sayOnce(message: string): void {
    if (this.#said.has(message)) return;
    if (this.#said.size >= 1_000) this.#said.clear();
    this.#said.add(message);
    this.#parts.journal.log('warn', message);
  }
}

function nothing(address: Address): AddressChange {
  return { address, sets: [], untilMs: 0 };
}

function patternsOf({ addressSets }: Policy): NamePatterns {
  return new NamePatterns(addressSets.map(({ fqdns }) => fqdns));
}

function addressOf(text: string): Address | undefined {
  try {
    return parseAddress(text);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    return undefined;
  }
}
