/**
 * DNS over TCP: the connections between clients and resolvers, each with its two streams of messages.
 *
 *   client SYN ---> begins a conversation       resolver SYN ---> its answers begin
 *   RST of either, or silence: forgotten
 *
 * A connection whose SYN was not seen (it is older than this process) is not followed.
 */
import { formatAddress } from '../../address/address.ts';
import { FLAG_RST, FLAG_SYN, type Segment } from '../packet.ts';
import type { Exchange } from '../pending-queries.ts';
import { MessageStream } from './message-stream.ts';

const MAX_CONVERSATIONS = 2_048;
const MAX_A_CLIENT = 64;
const SILENT_MS = 120_000;

interface Conversation {
  readonly client: string;
  readonly queries: MessageStream;
  answers: MessageStream | undefined;
  untilMs: number;
}

export class Conversations {
  /** The one heard last at the end. */
  readonly #standing = new Map<string, Conversation>();
  readonly #byClient = new Map<string, number>();

  get size(): number {
    return this.#standing.size;
  }

  /** Messages that the segment completes. */
  take(exchange: Exchange, side: 'query' | 'answer', segment: Segment, nowMs: number): Uint8Array[] {
    const client = formatAddress(exchange.client);
    const key = `${client} ${exchange.clientPort} ${formatAddress(exchange.resolver)}`;
    const { flags, sequence, data } = segment;
    if (flags & FLAG_RST) {
      this.#forget(key);
      return [];
    }
    const first = (sequence + 1) >>> 0;
    if (flags & FLAG_SYN && side === 'query') this.#begin(key, client, first, nowMs);
    const conversation = this.#standing.get(key);
    if (conversation === undefined) return [];
    this.#hear(key, conversation, nowMs);
    if (flags & FLAG_SYN && side === 'answer') conversation.answers = new MessageStream(first);
    const stream = side === 'query' ? conversation.queries : conversation.answers;
    // Data may come with the SYN (RFC 7413): its number is that of the byte before them.
    return stream?.take(flags & FLAG_SYN ? first : sequence, data) ?? [];
  }

  #begin(key: string, client: string, sequence: number, nowMs: number): void {
    this.#forget(key);
    this.#makeRoom(nowMs);
    const held = this.#byClient.get(client) ?? 0;
    if (held >= MAX_A_CLIENT) this.#forgetOldestOf(client);
    this.#byClient.set(client, (this.#byClient.get(client) ?? 0) + 1);
    const queries = new MessageStream(sequence);
    this.#standing.set(key, { client, queries, answers: undefined, untilMs: nowMs + SILENT_MS });
  }

  #hear(key: string, conversation: Conversation, nowMs: number): void {
    conversation.untilMs = nowMs + SILENT_MS;
    this.#standing.delete(key);
    this.#standing.set(key, conversation);
  }

  #makeRoom(nowMs: number): void {
    for (const [key, { untilMs }] of this.#standing) {
      if (untilMs > nowMs && this.#standing.size < MAX_CONVERSATIONS) return;
      this.#forget(key);
    }
  }

  #forgetOldestOf(client: string): void {
    const oldest = this.#standing.entries().find(([, conversation]) => conversation.client === client);
    if (oldest !== undefined) this.#forget(oldest[0]);
  }

  #forget(key: string): void {
    const conversation = this.#standing.get(key);
    if (conversation === undefined) return;
    this.#standing.delete(key);
    const held = (this.#byClient.get(conversation.client) ?? 1) - 1;
    if (held === 0) this.#byClient.delete(conversation.client);
    else this.#byClient.set(conversation.client, held);
  }
}
