/**
 * Questions that were asked and not answered yet, as they passed here. An answer that fits none changes nothing.
 *
 *   client address  ->  client port . resolver address . id  ->  name, type, the interface it left by
 *
 * Conntrack has matched addresses and ports already. The id and the name make a blind guess 65,536 times harder, and
 * an inside host that answers itself in the resolver's name comes in by another interface than the one its question
 * left by.
 */
import { type Address, formatAddress } from '../address/address.ts';
import type { Question } from './dns/message.ts';

const MAX_CLIENTS = 8_192;
/** So that a host that asks without end loses its own questions and nobody else's. */
const MAX_A_CLIENT = 512;
/** Resolvers ask again after 5 s by default (resolv.conf(5)), and conntrack forgets after 30 s. */
const WAIT_MS = 30_000;

export interface Exchange {
  readonly client: Address;
  readonly clientPort: number;
  readonly resolver: Address;
}

interface Pending {
  readonly name: string;
  readonly type: string;
  readonly device: number;
  readonly untilMs: number;
}

export class PendingQueries {
  /** Both in the order in which they were asked last. */
  readonly #clients = new Map<string, Map<string, Pending>>();

  get size(): number {
    return this.#clients.values().reduce((sum, { size }) => sum + size, 0);
  }

  /** `device`: by which the question leaves; 0 when it is for this machine. */
  ask(exchange: Exchange, { id, name, type }: Question, device: number, nowMs: number): void {
    const client = formatAddress(exchange.client);
    const pending = this.#clients.get(client) ?? new Map<string, Pending>();
    this.#clients.delete(client);
    this.#makeRoom(nowMs);
    this.#clients.set(client, pending);
    const key = keyOf(exchange, id);
    pending.delete(key);
    makeRoom(pending, MAX_A_CLIENT, ({ untilMs }) => untilMs <= nowMs);
    pending.set(key, { name, type, device, untilMs: nowMs + WAIT_MS });
  }

  /**
   * Whether this answers what was asked; then it is answered. `device`: by which the answer comes; 0 when it is of
   * this machine.
   */
  answer(exchange: Exchange, { id, name, type }: Question, device: number, nowMs: number): boolean {
    const client = formatAddress(exchange.client);
    const pending = this.#clients.get(client);
    const key = keyOf(exchange, id);
    const asked = pending?.get(key);
    if (pending === undefined || asked === undefined || asked.untilMs <= nowMs) return false;
    if (asked.name !== name || asked.type !== type || asked.device !== device) return false;
    pending.delete(key);
    if (pending.size === 0) this.#clients.delete(client);
    return true;
  }

  #makeRoom(nowMs: number): void {
    const over = (pending: Map<string, Pending>) => pending.values().every(({ untilMs }) => untilMs <= nowMs);
    makeRoom(this.#clients, MAX_CLIENTS, over);
  }
}

/** Drop the oldest while they are over, and the very oldest when there are too many. */
function makeRoom<T>(map: Map<string, T>, limit: number, over: (value: T) => boolean): void {
  for (const [key, value] of map) {
    if (map.size < limit && !over(value)) return;
    map.delete(key);
  }
}

function keyOf({ clientPort, resolver }: Exchange, id: number): string {
  return `${clientPort} ${formatAddress(resolver)} ${id}`;
}
