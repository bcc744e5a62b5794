/**
 * Events in the order in which they are worth knowing: connections that begin or go on before connections that have
 * ended, of which the kernel tells hundreds at once while a block waits behind them.
 *
 *   kernel --- begun, changed ---------------------------------> taken at once
 *          \-- ended --> put aside --> some, when nothing waits in the kernel --> taken
 *                                  \-- all, when the same tuple begins again ---> taken
 *
 * So of one connection, and of one tuple, events are taken in the kernel's order: all that was sent before the end of a
 * connection has been taken before the end is. On two sockets that order would be lost: a connection that is opened anew
 * while its predecessor is in TIME_WAIT ends the one and begins the other with the same packet. Whoever counts connections
 * counts some too many for a moment, as the kernel does until it collects what has expired.
 */
import { MessageCursor, type NetlinkSocket, type Received } from 'node-netlink';
import { ConntrackDecoder } from './decoder.ts';
import { EndedEvents } from './ended-events.ts';
import { type ConntrackEntry, emptyEntry } from './entry.ts';
import { conntrackError } from './errors.ts';

/** Ends that are taken before the kernel is asked again: some 30 microseconds' worth. */
const ENDS_AT_A_TIME = 8;

/** Used again by the next drain. */
export interface Drained {
  /** Events handed over. */
  readonly events: number;
  /** The queue overflowed and events are gone (ENOBUFS): dump. */
  readonly lost: boolean;
  /** The limit was reached; there may be more. */
  readonly more: boolean;
}

export class EventQueue {
  readonly #kernel: Pick<NetlinkSocket, 'receive' | 'view'>;
  readonly #ended = new EndedEvents();
  readonly #decoder = new ConntrackDecoder();
  readonly #message = new MessageCursor();
  readonly #event = emptyEntry();
  readonly #drained = { events: 0, lost: false, more: false };

  constructor(kernel: Pick<NetlinkSocket, 'receive' | 'view'>) {
    this.#kernel = kernel;
  }

  /**
   * Hand over what waits, without blocking, until there were `limit` events; a tuple that begins again may bring some
   * more. The entry is used again for the next event. What is put aside waits where poll(2) does not see it: go on until
   * there is no `more`.
   * @throws ConntrackDecodeError; the event is lost
   * @throws ConntrackKernelError
   */
  drain(onEntry: (entry: ConntrackEntry) => void, limit: number): Drained {
    const drained = this.#drained;
    drained.events = 0;
    drained.lost = false;
    drained.more = false;
    while (!drained.more) {
      const received = this.#receive();
      if (received === 'empty' && this.#ended.count === 0) break;
      if (received === 'overrun') drained.lost = true;
      else if (received === 'empty') drained.events += this.#takeEnded(ENDS_AT_A_TIME, onEntry);
      else if (received !== 'foreign') drained.events += this.#sort(received, onEntry);
      drained.more = received === 'foreign' || drained.events >= limit;
    }
    return drained;
  }

  #receive(): Received {
    try {
      return this.#kernel.receive();
    } catch (error) {
      throw conntrackError(error);
    }
  }

  #sort(length: number, onEntry: (entry: ConntrackEntry) => void): number {
    const { view } = this.#kernel;
    const isEnd = EndedEvents.isOne(view, length);
    let events = 0;
    try {
      if (!isEnd && this.#ended.mayHave(view, length)) events = this.#takeEnded(this.#ended.count, onEntry);
      else if (isEnd && this.#ended.isFull) events = this.#takeEnded(ENDS_AT_A_TIME, onEntry);
    } finally {
      if (isEnd) this.#ended.put(view, length);
      else events += this.#take(view, length, onEntry);
    }
    return events;
  }

  #takeEnded(most: number, onEntry: (entry: ConntrackEntry) => void): number {
    let events = 0;
    for (let left = Math.min(most, this.#ended.count); left > 0; left--)
      events += this.#take(this.#ended.take(), this.#ended.length, onEntry);
    return events;
  }

  #take(view: DataView<ArrayBuffer>, length: number, onEntry: (entry: ConntrackEntry) => void): number {
    const message = this.#message.load(view, length);
    let count = 0;
    while (message.next()) {
      this.#decoder.decode(message, this.#event);
      count += 1;
      onEntry(this.#event);
    }
    return count;
  }
}
