/**
 * Connections that were tried of late, so that the retries of one are one attempt, as they are one entry of conntrack
 * where nothing is dropped. It is over when nothing was seen of it for as long as conntrack would wait for an answer.
 */
import type { LoggedPacket } from '../nflog/packet.ts';

const TCP = 6;
/** nf_conntrack_tcp_timeout_syn_sent, nf_conntrack_udp_timeout, nf_conntrack_generic_timeout as they come. */
const TCP_MS = 120_000;
const OTHER_MS = 30_000;
/** Beyond this the oldest is forgotten, and its next retry is an attempt of its own. */
const CAPACITY = 65_536;

type Tuple = Pick<
  LoggedPacket,
  'protocol' | 'source' | 'destination' | 'sourcePort' | 'destinationPort' | 'icmpType'
>;

export class RecentAttempts {
  /** When each is over; what was seen last comes last. */
  readonly #overAt = new Map<string, number>();
  readonly #capacity: number;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#overAt.size;
  }

  /** Take note of a packet. @returns whether it begins an attempt */
  isNew(packet: Tuple, nowMs: number): boolean {
    const key = keyOf(packet);
    const overAt = this.#overAt.get(key);
    this.#overAt.delete(key);
    const isNew = overAt === undefined || overAt <= nowMs;
    this.#overAt.set(key, nowMs + (packet.protocol === TCP ? TCP_MS : OTHER_MS));
    const [oldest] = this.#overAt.keys();
    if (this.#overAt.size > this.#capacity && oldest !== undefined) this.#overAt.delete(oldest);
    return isNew;
  }
}

function keyOf({ protocol, source, destination, sourcePort, destinationPort, icmpType }: Tuple): string {
  const from = source.family === 4 ? source.d : `${source.a}:${source.b}:${source.c}:${source.d}`;
  const to =
    destination.family === 4
      ? destination.d
      : `${destination.a}:${destination.b}:${destination.c}:${destination.d}`;
  return `${protocol} ${from} ${sourcePort} ${to} ${destinationPort} ${icmpType}`;
}
