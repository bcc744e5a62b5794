/**
 * What guardrails need to know, kept over restarts by the ledger: how much automation has done of late, whether the
 * circuit breaker lets it, and from where people run Penstock.
 */
import { type Address, addressBits, formatAddress, type Prefix } from '../address/address.ts';
import { AddressMap } from '../address/address-map.ts';
import type { ActiveDecisions } from '../decision/active-decisions.ts';
import { BlockRate } from '../decision/block-rate.ts';
import { type BreakerState, CircuitBreaker } from '../decision/circuit-breaker.ts';
import { CAPS, checkManual, type GuardrailContext, type GuardrailName } from '../decision/guardrails.ts';
import { type OperatorPath, Operators } from '../decision/operators.ts';
import type { Subject } from '../decision/subject.ts';
import type { Surroundings } from '../decision/surroundings.ts';
import type { FlowTable } from '../flow/flow-table.ts';
import type { EntryDraft } from '../ledger/entry.ts';
import { LedgerError } from '../ledger/errors.ts';
import type { LedgerQueries } from '../ledger/queries.ts';
import type { CompiledPolicy } from '../policy/compiled-policy.ts';
import type { Actor, Outcome } from './commands.ts';
import type { Journal } from './journal.ts';
import { type CutPath, cutPaths } from './operator-path.ts';
import type { InForce } from './policy-keeper.ts';

const HOUR_MS = 3_600_000;
/** What is usual is a matter of one day (circuit-breaker.ts). */
const LOOK_BACK_MS = 24 * HOUR_MS;
const MOST_LOOKED_BACK = 20_000;
const MOST_OPERATORS = 1_000;
/** While the breaker is off, or before a policy is in force. */
const DEFAULT_WINDOW_MS = 600_000;

export interface SafeguardParts {
  readonly journal: Journal;
  readonly inForce: () => InForce;
  readonly surroundings: () => Surroundings | undefined;
  readonly active: Pick<ActiveDecisions, 'quarantinedHosts' | 'blockedHosts' | 'isBlockedHost'>;
  readonly knownHosts: () => number;
  /** Hosts of ours with a standing connection into a network, each as often as it has one. */
  readonly hostsTalkingTo: (network: Prefix) => Iterable<Address>;
  /** How many standing connections have an end at this address; counting ends above `enough`. */
  readonly connectionsWith: (address: Address, enough: number) => number;
}

export class Safeguards {
  readonly operators = new Operators();
  readonly #parts: SafeguardParts;
  readonly #breaker = new CircuitBreaker(DEFAULT_WINDOW_MS);
  readonly #minute = new BlockRate();
  readonly #hour = new BlockRate(HOUR_MS);
  readonly #context: { -readonly [K in keyof GuardrailContext]: GuardrailContext[K] } = {
    guardrails: undefined,
    neverBlock: undefined,
    surroundings: undefined,
    operators: undefined,
    breaker: undefined,
    blocksInLastMinute: undefined,
    blocksInLastHour: undefined,
    quarantinedHosts: undefined,
    knownHosts: undefined,
    touchedHosts: (subject, enough) => this.#touchedHosts(subject, enough),
  };
  /** The breaker opened and the ledger did not take it. */
  #unrecorded: EntryDraft | undefined;

  constructor(parts: SafeguardParts) {
    this.#parts = parts;
  }

  get breaker(): BreakerState {
    return this.#breaker.state;
  }

  /** What the last run knew: a restart makes nothing forgotten, and closes nothing. */
  restore(queries: LedgerQueries, nowMs: number): void {
    const sinceMs = nowMs - LOOK_BACK_MS;
    const newest = { order: 'newest', sinceMs } as const;
    const acted = queries.automaticDecisionTimes({ newest: MOST_LOOKED_BACK, sinceMs });
    for (const atMs of acted) this.#count(atMs);
    const seen = queries.entries({ ...newest, type: 'operator.seen', limit: MOST_OPERATORS });
    for (const entry of seen.toReversed()) {
      if (entry.type === 'operator.seen') this.operators.restore({ ...entry.body, actor: entry.actor });
    }
    const [last] = queries.entries({ type: 'breaker', order: 'newest', limit: 1 });
    if (last?.type === 'breaker.opened') this.#breaker.open(last.actor, last.body.reason, last.atMs);
  }

  changePolicy({ compiled }: InForce): void {
    this.#breaker.changeWindow(compiled.guardrails.circuitBreaker?.withinMs ?? DEFAULT_WINDOW_MS);
  }

  /** As it is now: the next call tells the next in its place. */
  context(nowMs: number): GuardrailContext {
    const { inForce, surroundings, active, knownHosts } = this.#parts;
    const { guardrails, neverBlock } = inForce().compiled;
    const context = this.#context;
    context.guardrails = guardrails;
    context.neverBlock = neverBlock;
    context.surroundings = surroundings();
    context.operators = this.operators.addresses(nowMs);
    context.breaker = this.#breaker.state;
    context.blocksInLastMinute = this.#minute.count(nowMs);
    context.blocksInLastHour = this.#hour.count(nowMs);
    context.quarantinedHosts = active.quarantinedHosts;
    context.knownHosts = knownHosts();
    return context;
  }

  /** Why a quarantine must not be extended to an address; undefined when it may. */
  protection(address: Address, nowMs: number): string | undefined {
    const target = { kind: 'host', host: formatAddress(address), allowTo: [] } as const;
    return checkManual(target, this.context(nowMs))?.reason;
  }

  /** Addresses that no automatic action may block, as far as they are known. */
  kept(nowMs: number): readonly Address[] {
    const surroundings = this.#parts.surroundings();
    const readings = surroundings
      ? [surroundings.ownAddresses, surroundings.gateways, surroundings.resolvers]
      : [];
    return [...readings.flatMap(({ addresses }) => addresses ?? []), ...this.operators.addresses(nowMs)];
  }

  /** An automatic decision is being made. */
  acted(nowMs: number): void {
    this.#count(nowMs);
    this.#openAtSpike(nowMs);
  }

  /** A guardrail refused to act upon an incident. */
  vetoed(incident: string, guardrail: GuardrailName, nowMs: number): void {
    const settings = this.#settings;
    if (settings === null || !CAPS.includes(guardrail)) return;
    this.#breaker.veto(incident, nowMs, settings);
    this.#openAtSpike(nowMs);
  }

  /** Somebody works from there. */
  noteOperator(path: OperatorPath, actor: Actor, nowMs: number): Record<never, never> {
    const news = this.operators.note(path, actor, nowMs);
    if (news === undefined) return {};
    const { actor: _, ...body } = news;
    this.#record({ type: 'operator.seen', actor, atMs: nowMs, body });
    return {};
  }

  /** Paths of operators that the kernel would cut if this policy were in force. */
  cutPaths(next: CompiledPolicy, table: FlowTable, nowMs: number): CutPath[] {
    const ownAddresses = this.#parts.surroundings()?.ownAddresses;
    return cutPaths({ operators: this.operators.current(nowMs), ownAddresses, next, table }, nowMs);
  }

  /** @throws LedgerError, and then it is open all the same */
  openByHand(actor: Actor, reason: string, nowMs: number): Outcome<BreakerState> {
    if (!this.#breaker.open(actor, reason, nowMs))
      return refuseConflict('the circuit breaker is open already');
    this.#parts.journal.write([{ type: 'breaker.opened', actor, atMs: nowMs, body: { reason } }], {
      sync: true,
    });
    return { ok: true, result: this.#breaker.state };
  }

  /** @throws LedgerError, and then it stays open */
  close(actor: Actor, reason: string, nowMs: number): Outcome<BreakerState> {
    if (this.#breaker.state.state === 'closed') return refuseConflict('the circuit breaker is closed');
    const { journal } = this.#parts;
    const before = this.#unrecorded === undefined ? [] : [this.#unrecorded];
    journal.write([...before, { type: 'breaker.closed', actor, atMs: nowMs, body: { reason } }], {
      sync: true,
    });
    this.#unrecorded = undefined;
    this.#breaker.close();
    return { ok: true, result: this.#breaker.state };
  }

  /** Record what could not be recorded when it happened. */
  catchUp(): void {
    const draft = this.#unrecorded;
    this.#unrecorded = undefined;
    if (draft) this.#recordOpening(draft);
  }

  get #settings() {
    return this.#parts.inForce().compiled.guardrails.circuitBreaker;
  }

  #count(atMs: number): void {
    this.#minute.record(atMs);
    this.#hour.record(atMs);
    this.#breaker.block(atMs);
  }

  #openAtSpike(nowMs: number): void {
    const settings = this.#settings;
    const reason = settings === null ? undefined : this.#breaker.spike(settings, nowMs);
    if (reason === undefined || !this.#breaker.open('penstock', reason, nowMs)) return;
    this.#recordOpening({ type: 'breaker.opened', actor: 'penstock', atMs: nowMs, body: { reason } });
  }

  /** It must outlive a power cut: who starts again must not block on. */
  #recordOpening(draft: EntryDraft): void {
    if (!this.#record(draft)) this.#unrecorded = draft;
  }

  #record(draft: EntryDraft): boolean {
    const { journal } = this.#parts;
    try {
      journal.write([draft], { sync: true });
      return true;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      journal.log('error', `not recorded: ${draft.type}: ${error.message}`);
      return false;
    }
  }

  /**
   * Hosts that have a block of their own, and those that this block would take a connection from. They are told apart
   * only where even one host a connection would be too many.
   */
  #touchedHosts({ host, network }: Subject, enough: number): number {
    const { active } = this.#parts;
    const { blockedHosts } = active;
    if (host !== null) return blockedHosts + (active.isBlockedHost(host) ? 0 : 1);
    const most = blockedHosts + this.#connectionsInto(network, enough - blockedHosts);
    return most <= enough ? most : blockedHosts + this.#othersTalkingTo(network, enough - blockedHosts);
  }

  /** `enough` or fewer are all there are. */
  #connectionsInto({ address, length }: Prefix, enough: number): number {
    const isSingle = length === addressBits(address.family);
    return isSingle ? this.#parts.connectionsWith(address, enough) : Number.POSITIVE_INFINITY;
  }

  /** Hosts without a block of their own; counting ends above `enough`. */
  #othersTalkingTo(network: Prefix, enough: number): number {
    const { active, hostsTalkingTo } = this.#parts;
    const others = new AddressMap<true>();
    for (const talker of hostsTalkingTo(network)) {
      if (!active.isBlockedHost(talker)) others.set(talker, true);
      if (others.size > enough) break;
    }
    return others.size;
  }
}

function refuseConflict(message: string): Outcome<never> {
  return { ok: false, refusal: { code: 'conflict', message } };
}
