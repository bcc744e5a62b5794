/**
 * The whole table in pieces, so that a thread with other duties (a block to push) is never away for long: a dump of
 * a million entries takes seconds, a piece of it well under a millisecond. A walk that is wanted at once reads a large
 * table in a thread beside this one, where there is a processor for it: then it takes as long as the kernel needs.
 */
import { availableParallelism } from 'node:os';
import {
  type DumpWalk,
  type MessageCursor,
  type MessageWriter,
  NETLINK_NETFILTER,
  NetlinkClient,
  ReadAhead,
} from 'node-netlink';
import { ConntrackDecoder } from './decoder.ts';
import { type ConntrackEntry, emptyEntry } from './entry.ts';
import { conntrackError } from './errors.ts';
import { writeDump } from './filter.ts';
import { conntrackCount } from './limit.ts';

/** From so many entries on, a tenth of a second's work, a thread to read them is worth its start and its memory. */
const ENTRIES_FOR_A_THREAD = 50_000;
/**
 * The kernel makes a part of a dump as long as the longest buffer that a socket ever had for one, of 32 KiB at most
 * (netlink_dump in net/netlink/af_netlink.c): 130 entries, for which an event would wait half a millisecond. In parts of
 * 34 a walk takes no longer.
 */
const CALM_DATAGRAM_BYTES = 8_192;

export type WalkState = 'more' | 'waiting' | 'done' | 'interrupted';

export class ConntrackWalk implements Disposable {
  /** For a walk that is waited for, and for one that goes on beside other work. */
  readonly #urgent: NetlinkClient;
  readonly #calm: NetlinkClient;
  readonly #decoder = new ConntrackDecoder();
  readonly #entry = emptyEntry();
  #ahead: ReadAhead | undefined;
  #walk: DumpWalk | undefined;

  private constructor(urgent: NetlinkClient, calm: NetlinkClient) {
    this.#urgent = urgent;
    this.#calm = calm;
  }

  /** In the calling thread's network namespace. @throws ConntrackKernelError */
  static open(): ConntrackWalk {
    using resources = new DisposableStack();
    const open = (datagramBytes?: number) =>
      resources.use(
        NetlinkClient.open({ protocol: NETLINK_NETFILTER, ...(datagramBytes && { datagramBytes }) }),
      );
    try {
      const walk = new ConntrackWalk(open(), open(CALM_DATAGRAM_BYTES));
      resources.move();
      return walk;
    } catch (error) {
      throw conntrackError(error);
    }
  }

  get running(): boolean {
    return this.#walk !== undefined;
  }

  /** @throws ConntrackKernelError */
  start({ urgent = false } = {}): void {
    const request = (writer: MessageWriter) => writeDump(writer, {});
    try {
      const client = urgent ? this.#urgent : this.#calm;
      this.#walk = client.walk('conntrack dump', request, urgent ? this.#reader() : undefined);
    } catch (error) {
      throw conntrackError(error);
    }
  }

  /**
   * Hand over the entries of the next few datagrams. The entry is used again.
   * @returns 'waiting' when there is nothing to hand over yet; 'interrupted' when it is done but the kernel calls it
   *   inconsistent (NLM_F_DUMP_INTR)
   * @throws ConntrackDecodeError, ConntrackKernelError, and then the walk is over
   */
  step(onEntry: (entry: ConntrackEntry) => void, maxDatagrams: number): WalkState {
    const walk = this.#walk;
    if (walk === undefined) return 'done';
    const take = (message: MessageCursor) => {
      this.#decoder.decode(message, this.#entry);
      onEntry(this.#entry);
    };
    let state: 'more' | 'waiting' | 'done';
    try {
      state = walk.step(take, maxDatagrams);
    } catch (error) {
      this.#walk = undefined;
      throw conntrackError(error);
    }
    if (state !== 'done') return state;
    this.#walk = undefined;
    return walk.interrupted ? 'interrupted' : 'done';
  }

  close(): void {
    // First, so that the thread does not read from a descriptor that is another file's by then.
    this.#ahead?.close();
    this.#urgent.close();
    this.#calm.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #reader(): ReadAhead | undefined {
    if (availableParallelism() > 1 && conntrackCount() >= ENTRIES_FOR_A_THREAD)
      this.#ahead ??= new ReadAhead();
    return this.#ahead;
  }
}
