/**
 * Watches DNS between clients and the policy's resolvers, packet by packet, and says what an answer teaches:
 *
 *   question of a name that matters ----> pending
 *   answer: to a pending question, by the way it left, whole, without error, its aliases in order ----> Lesson
 *   anything else ----> nothing
 *
 * Not one packet is judged here: all go on, as the rules say.
 */
import type { Address, Prefix } from '../address/address.ts';
import { prefixContains } from '../address/prefix.ts';
import { type Found, follow } from './dns/chain.ts';
import { isResponse, readAnswer, readQuery } from './dns/message.ts';
import { readSegment, type Segment, TCP, UDP } from './packet.ts';
import { type Exchange, PendingQueries } from './pending-queries.ts';
import { NF_INET_LOCAL_IN, NF_INET_LOCAL_OUT, type QueuedPacket } from './queue/message.ts';
import { Conversations } from './tcp/conversations.ts';

const DNS_PORT = 53;

export interface WatchCounters {
  /** Packets from or to a resolver. */
  packets: number;
  /** Questions of names that the policy has. */
  questions: number;
  /** Answers that taught something. */
  learnt: number;
  /** Answers from a resolver that fit no question that was seen, or came by another way. */
  unasked: number;
  /** Answers to a question that were truncated, or whose aliases make no sense. */
  unusable: number;
}

export class DnsWatch {
  readonly counters: WatchCounters = { packets: 0, questions: 0, learnt: 0, unasked: 0, unusable: 0 };
  readonly #pending = new PendingQueries();
  readonly #conversations = new Conversations();
  readonly #matters: (name: string) => boolean;
  #resolvers: readonly Prefix[] = [];

  /** `matters`: the policy has the name, or one in whose place it is asked for. */
  constructor(matters: (name: string) => boolean) {
    this.#matters = matters;
  }

  set resolvers(resolvers: readonly Prefix[]) {
    this.#resolvers = resolvers;
  }

  /** What the packet teaches. Its bytes are not kept. */
  take({ payload, cut, hook, inDevice, outDevice }: QueuedPacket, nowMs: number): Found[] {
    const segment = cut ? undefined : readSegment(payload);
    if (segment === undefined) return [];
    if (segment.destinationPort === DNS_PORT && this.#isResolver(segment.destination)) {
      this.#query(segment, hook === NF_INET_LOCAL_IN ? 0 : outDevice, nowMs);
    } else if (segment.sourcePort === DNS_PORT && this.#isResolver(segment.source)) {
      return this.#answer(segment, hook === NF_INET_LOCAL_OUT ? 0 : inDevice, nowMs);
    }
    return [];
  }

  #query(segment: Segment, device: number, nowMs: number): void {
    const { source: client, sourcePort: clientPort, destination: resolver } = segment;
    const exchange = { client, clientPort, resolver };
    for (const message of this.#messages(exchange, 'query', segment, nowMs)) {
      if (isResponse(message)) continue;
      const question = readQuery(message);
      if (question === undefined || !this.#matters(question.name)) continue;
      this.counters.questions += 1;
      this.#pending.ask(exchange, question, device, nowMs);
    }
  }

  #answer(segment: Segment, device: number, nowMs: number): Found[] {
    const { destination: client, destinationPort: clientPort, source: resolver } = segment;
    const exchange = { client, clientPort, resolver };
    const lessons: Found[] = [];
    for (const message of this.#messages(exchange, 'answer', segment, nowMs)) {
      const found = this.#learn(exchange, message, device, nowMs);
      if (found !== undefined) lessons.push(found);
    }
    return lessons;
  }

  #learn(exchange: Exchange, message: Uint8Array, device: number, nowMs: number): Found | undefined {
    const answer = readAnswer(message);
    if (answer === undefined || !this.#matters(answer.name)) return undefined;
    if (!this.#pending.answer(exchange, answer, device, nowMs)) {
      this.counters.unasked += 1;
      return undefined;
    }
    if (answer.rcode !== 0) return undefined;
    const found = answer.truncated ? undefined : follow(answer);
    if (found === undefined) this.counters.unusable += 1;
    else if (found.addresses.length + found.targets.length > 0) this.counters.learnt += 1;
    return found;
  }

  #messages(exchange: Exchange, side: 'query' | 'answer', segment: Segment, nowMs: number): Uint8Array[] {
    this.counters.packets += 1;
    if (segment.protocol === UDP) return [segment.data];
    return segment.protocol === TCP ? this.#conversations.take(exchange, side, segment, nowMs) : [];
  }

  #isResolver(address: Address): boolean {
    return this.#resolvers.some((prefix) => prefixContains(prefix, address));
  }
}
