/**
 * What was already tried for an incident, so that a host that goes on misbehaving costs a look-up and not a decision
 * for each packet:
 *
 *   nothing to be done (alert only)      not again for this incident
 *   vetoed, or covered by a decision     again after RETRY_MS
 *   a person, or silence, said no        not again until the block would have ended
 */
import type { Address } from '../address/address.ts';
import { parseAddress } from '../address/address.ts';
import { parsePrefix } from '../address/prefix.ts';
import type { Decision, Target } from '../decision/decision.ts';

const RETRY_MS = 1_000;
/** Targets remembered as declined; the oldest is forgotten first. */
const MAX_DECLINED = 10_000;

interface Declined {
  readonly untilMs: number;
  /** What a deny list had blocked. */
  readonly denied: Address | undefined;
}

export class Attempts {
  /** By incident, then by service: not before this time. */
  readonly #notBefore = new Map<string, Map<number, number>>();
  /** By incident: the guardrail whose veto was recorded last. */
  readonly #vetoes = new Map<string, string>();
  /** By target: until when a no holds. */
  readonly #declined = new Map<string, Declined>();
  /** Changes whenever something was declined. */
  declines = 0;

  isDue(incident: string, service: number, nowMs: number): boolean {
    return nowMs >= (this.#notBefore.get(incident)?.get(service) ?? 0);
  }

  never(incident: string, service: number): void {
    this.#set(incident, service, Number.POSITIVE_INFINITY);
  }

  later(incident: string, service: number, nowMs: number): void {
    this.#set(incident, service, nowMs + RETRY_MS);
  }

  /** @returns whether this veto is news for the incident */
  veto(incident: string, guardrail: string): boolean {
    const news = this.#vetoes.get(incident) !== guardrail;
    this.#vetoes.set(incident, guardrail);
    return news;
  }

  /** Somebody, or nobody in time, said no to a block. */
  decline(decision: Decision, atMs: number): void {
    const { target, ttlMs } = decision;
    const key = targetKey(target);
    this.#declined.delete(key);
    this.#declined.set(key, { untilMs: atMs + ttlMs, denied: deniedBy(decision) });
    this.declines++;
    const [oldest] = this.#declined.keys();
    if (this.#declined.size > MAX_DECLINED && oldest !== undefined) this.#declined.delete(oldest);
  }

  isDeclined(target: Target, nowMs: number): boolean {
    if (this.#declined.size === 0) return false;
    const key = targetKey(target);
    const untilMs = this.#declined.get(key)?.untilMs;
    if (untilMs !== undefined && untilMs <= nowMs) this.#declined.delete(key);
    return untilMs !== undefined && untilMs > nowMs;
  }

  /** Addresses on deny lists whose block somebody, or silence, said no to: the lists must not block them meanwhile. */
  declinedDenials(nowMs: number): Address[] {
    return [...this.#declined.values()].flatMap(({ untilMs, denied }) =>
      denied !== undefined && untilMs > nowMs ? [denied] : [],
    );
  }

  /** The incident is closed. */
  forget(incident: string): void {
    this.#notBefore.delete(incident);
    this.#vetoes.delete(incident);
  }

  /** Another policy may answer otherwise. */
  forgetAll(): void {
    this.#notBefore.clear();
    this.#vetoes.clear();
  }

  #set(incident: string, service: number, notBefore: number): void {
    const services = this.#notBefore.get(incident) ?? new Map<number, number>();
    this.#notBefore.set(incident, services.set(service, notBefore));
  }
}

function deniedBy({ origin, target }: Decision): Address | undefined {
  if (origin.kind !== 'automatic' || origin.detector !== 'denyList' || target.kind === 'host')
    return undefined;
  return target.kind === 'flow' ? parseAddress(target.destination) : parsePrefix(target.prefix).address;
}

function targetKey(target: Target): string {
  switch (target.kind) {
    case 'flow':
      return `${target.host} ${target.destination} ${target.service.protocol} ${target.service.port}`;
    case 'destination':
      return target.prefix;
    case 'host':
      return `host ${target.host}`;
  }
}
