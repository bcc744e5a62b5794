/**
 * The whole table in pieces, so that a thread with other duties (a block to push) is never away for long: a dump of
 * a million entries takes seconds, a piece of it well under a millisecond.
 */
import {
  type DumpWalk,
  type MessageCursor,
  type MessageWriter,
  NETLINK_NETFILTER,
  NetlinkClient,
} from 'node-netlink';
import { ConntrackDecoder } from './decoder.ts';
import { type ConntrackEntry, emptyEntry } from './entry.ts';
import { conntrackError } from './errors.ts';
import { writeDump } from './filter.ts';

export class ConntrackWalk implements Disposable {
  readonly #client: NetlinkClient;
  readonly #decoder = new ConntrackDecoder();
  readonly #entry = emptyEntry();
  #walk: DumpWalk | undefined;

  private constructor(client: NetlinkClient) {
    this.#client = client;
  }

  /** In the calling thread's network namespace. @throws ConntrackKernelError */
  static open(): ConntrackWalk {
    try {
      return new ConntrackWalk(NetlinkClient.open({ protocol: NETLINK_NETFILTER }));
    } catch (error) {
      throw conntrackError(error);
    }
  }

  get running(): boolean {
    return this.#walk !== undefined;
  }

  /** @throws ConntrackKernelError */
  start(): void {
    try {
      this.#walk = this.#client.walk('conntrack dump', (writer: MessageWriter) => writeDump(writer, {}));
    } catch (error) {
      throw conntrackError(error);
    }
  }

  /**
   * Hand over the entries of the next few datagrams. The entry is used again.
   * @returns 'interrupted' when it is done but the kernel calls it inconsistent (NLM_F_DUMP_INTR)
   * @throws ConntrackDecodeError, ConntrackKernelError, and then the walk is over
   */
  step(onEntry: (entry: ConntrackEntry) => void, maxDatagrams: number): 'more' | 'done' | 'interrupted' {
    const walk = this.#walk;
    if (walk === undefined) return 'done';
    const take = (message: MessageCursor) => {
      this.#decoder.decode(message, this.#entry);
      onEntry(this.#entry);
    };
    let state: 'more' | 'done';
    try {
      state = walk.step(take, maxDatagrams);
    } catch (error) {
      this.#walk = undefined;
      throw conntrackError(error);
    }
    if (state === 'more') return 'more';
    this.#walk = undefined;
    return walk.interrupted ? 'interrupted' : 'done';
  }

  close(): void {
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
