/**
 * From where people run Penstock: addresses that called the API with a token that may change something, and those that
 * a session on this machine came from (sshd(8), SSH_CONNECTION). They are protected from automatic actions for a while
 * after they were last seen.
 *
 *   (unknown) -- note --> known until last seen + KEPT_MS -- time --> (unknown)
 *                            |  ^
 *                            +--+ note: news only when half of the time is over, so that the record stays short
 *
 * One token cannot push out what others are protected by: each has its own few places.
 */
import { type Address, parseAddress } from '../address/address.ts';

/** ms. A night and the next day's start; a lease is seldom shorter. */
export const KEPT_MS = 24 * 3_600_000;
const MAX_PER_ACTOR = 16;
const MAX_IN_ALL = 256;

/** `local` and `port`: the end on this machine. All addresses are canonical text. */
export interface OperatorPath {
  readonly address: string;
  readonly via: 'api' | 'ssh';
  readonly local: string;
  readonly port: number;
}

export interface Operator extends OperatorPath {
  /** The name of the token. */
  readonly actor: string;
  /** Protected until then, ms since the epoch. */
  readonly untilMs: number;
}

export class Operators {
  /** The one seen longest ago first. */
  readonly #known = new Map<string, Operator>();
  #addresses: readonly Address[] = [];
  /** The list above holds until then, ms since the epoch. */
  #sameUntilMs = Number.NEGATIVE_INFINITY;

  /** @returns what is to be recorded, if it is news */
  note(path: OperatorPath, actor: string, nowMs: number): Operator | undefined {
    const key = keyOf(path, actor);
    const before = this.#known.get(key);
    const isNews = before === undefined || before.untilMs - nowMs < KEPT_MS / 2;
    const operator = { ...path, actor, untilMs: nowMs + KEPT_MS };
    this.#put(key, operator);
    return isNews ? operator : undefined;
  }

  /** Take back what was recorded; the oldest first. @throws AddressError when the text of an address is none */
  restore(operator: Operator): void {
    this.#put(keyOf(operator, operator.actor), operator);
  }

  /** Those that are protected now. */
  current(nowMs: number): Operator[] {
    for (const [key, { untilMs }] of this.#known) if (untilMs <= nowMs) this.#known.delete(key);
    return [...this.#known.values()];
  }

  /** Each address once. Asked for each decision: made anew only when something changes. */
  addresses(nowMs: number): readonly Address[] {
    if (nowMs >= this.#sameUntilMs) {
      const operators = this.current(nowMs);
      const texts = new Set(operators.map(({ address }) => address));
      this.#addresses = [...texts].map(parseAddress);
      this.#sameUntilMs = Math.min(...operators.map(({ untilMs }) => untilMs));
    }
    return this.#addresses;
  }

  #put(key: string, operator: Operator): void {
    this.#sameUntilMs = Number.NEGATIVE_INFINITY;
    this.#known.delete(key);
    const ofActor = [...this.#known].filter(([, { actor }]) => actor === operator.actor);
    if (ofActor.length >= MAX_PER_ACTOR) this.#known.delete(ofActor[0][0]);
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MAX_IN_ALL && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(key, operator);
  }
}

function keyOf({ address, via, local, port }: OperatorPath, actor: string): string {
  return `${actor} ${via} ${address} ${local} ${port}`;
}
