/**
 * Requests and dumps on a socket of their own. Everything is synchronous: the kernel handles a request inside
 * send(2), so that its answers are there when send returns, except the later parts of a dump.
 *
 *   request:  -> message(s), at least one with NLM_F_ACK     dump:  -> message with NLM_F_DUMP
 *             <- replies, if it reads                                <- entries, many a datagram
 *             <- NLMSG_ERROR 0 for each NLM_F_ACK,                   <- ...
 *                NLMSG_ERROR -errno for each that failed             <- NLMSG_DONE
 *
 * Multicast groups do not belong on this socket: a flood of events would push answers out of its queue.
 */
import { acknowledgedErrno, decodeFailure, isAcknowledgement } from './acknowledgement.ts';
import { NetlinkEncodeError, NetlinkError, NetlinkTimeoutError } from './errors.ts';
import { ENOBUFS, systemError } from './libc.ts';
import { NLM_F_DUMP_INTR, NLMSG_DONE, NLMSG_ERROR, NLMSG_NOOP } from './message.ts';
import { MessageCursor } from './message-cursor.ts';
import { MessageWriter } from './message-writer.ts';
import { Poller } from './poller.ts';
import type { ReadAhead } from './read-ahead.ts';
import type { Received } from './receiver.ts';
import { NetlinkSocket, type NetlinkSocketOptions } from './socket.ts';

export interface NetlinkClientOptions extends NetlinkSocketOptions {
  /** The longest silence of the kernel, in milliseconds, before a NetlinkTimeoutError. Default 5,000. */
  timeoutMs?: number;
}

export interface DumpResult {
  /** The table changed in a way that makes this dump inconsistent (NLM_F_DUMP_INTR): dump again. */
  interrupted: boolean;
}

/** What a message makes of the exchange. */
type Step = 'go on' | 'done';

const INSIDE = 'a request inside the answers to another';

/** So that whoever goes on sending cannot hold the thread. */
const MAX_DISCARDS = 100;

interface DatagramSource {
  /** Holds the last datagram, until the next `receive`. */
  readonly view: DataView;
  receive(): Received;
}

/** A dump taken in pieces. */
export interface DumpWalk extends DumpResult {
  /**
   * Pass on the entries of at most `maxDatagrams` datagrams (a few hundred entries each), without waiting.
   * @returns 'waiting' when the kernel is still at what comes next
   * @throws NetlinkError, and then the walk is over
   */
  step(onMessage: (message: MessageCursor) => void, maxDatagrams: number): 'more' | 'waiting' | 'done';
}

export class NetlinkClient implements Disposable {
  readonly socket: NetlinkSocket;
  readonly #writer = new MessageWriter();
  readonly #message = new MessageCursor();
  readonly #poller: Poller;
  readonly #timeoutMs: number;
  /** Holds what was sent last: our own, or what `repeat` was given. */
  #sent = this.#writer;
  #busy = false;
  /** The last exchange did not end well, and answers may be left in the queue. */
  #unread = false;
  #onEcho: ((message: MessageCursor) => void) | undefined;

  private constructor(socket: NetlinkSocket, timeoutMs: number) {
    this.socket = socket;
    this.#poller = new Poller([socket.fd]);
    this.#timeoutMs = timeoutMs;
  }

  /** Open a socket in the calling thread's network namespace. @throws NetlinkError */
  static open(options: NetlinkClientOptions): NetlinkClient {
    return new NetlinkClient(NetlinkSocket.open(options), options.timeoutMs ?? 5_000);
  }

  /**
   * Send the messages that `build` writes and wait for the acknowledgement of the last one with NLM_F_ACK, or for
   * the first error of any. Several messages make a batch; they go out in one send. Replies go to `onMessage`,
   * whose cursor is used again: copy what you keep. `onEcho` gets what the kernel tells of a change with NLM_F_ECHO
   * where that carries sequence number 0, as that of nf_tables does.
   * @throws NetlinkError with the kernel's errno and words; `sequence` tells which message of a batch
   * @throws NetlinkTimeoutError
   */
  request(
    operation: string,
    build: (writer: MessageWriter) => void,
    onMessage?: (message: MessageCursor) => void,
    onEcho?: (message: MessageCursor) => void,
  ): void {
    const writer = this.#compose(build);
    if (writer.acknowledgedSequence === 0) throw new NetlinkEncodeError(`${operation}: no NLM_F_ACK`);
    this.#onEcho = onEcho;
    this.#exchange(operation, this.#requestStep(operation, onMessage));
  }

  /**
   * As `request`, of what the caller's own writer holds from an earlier time: only the sequence numbers become others. For
   * what is sent again and again with a few bytes changed, at a fraction of the cost of writing it.
   * @returns why it was refused, when it was
   * @throws NetlinkTimeoutError
   */
  repeat(operation: string, written: MessageWriter): NetlinkError | undefined {
    if (this.#busy) throw new NetlinkEncodeError(INSIDE);
    if (this.#unread) this.#discard();
    written.renumber(this.#sent.sequence);
    this.#sent = written;
    this.#unread = true;
    try {
      this.socket.send(written.bytes, written.length);
      const received = this.socket.receive();
      const isAcknowledged = isAcknowledgement(this.socket.view, received, written.acknowledgedSequence);
      this.#unread = !isAcknowledged;
      if (!isAcknowledged) this.#answers(operation, this.#requestStep(operation), received);
      return undefined;
    } catch (error) {
      if (error instanceof NetlinkError) return error;
      throw error;
    }
  }

  /**
   * Send the dump request that `build` writes and pass every entry to `onMessage`, whose cursor is used again. A dump
   * that the kernel calls interrupted is done again, up to `attempts` in all, so an entry may come more than once.
   * @throws NetlinkError also for the error in NLMSG_DONE
   * @throws NetlinkTimeoutError
   */
  dump(
    operation: string,
    build: (writer: MessageWriter) => void,
    onMessage: (message: MessageCursor) => void,
    attempts = 1,
  ): DumpResult {
    let interrupted = true;
    for (let attempt = 0; interrupted && attempt < attempts; attempt++) {
      interrupted = this.#dumpOnce(operation, build, onMessage);
    }
    return { interrupted };
  }

  /**
   * Begin a dump that the owner takes in pieces, doing other work between them: the kernel makes the next part only
   * when one is read. No other request may be made on this client before it is done. `ahead` reads it in a thread of
   * its own, so that the kernel works on while entries are passed on.
   */
  walk(operation: string, build: (writer: MessageWriter) => void, ahead?: ReadAhead): DumpWalk {
    const walk = { interrupted: false };
    this.#compose(build);
    if (this.#unread) this.#discard();
    this.#busy = true;
    this.#unread = true;
    const over = <T>(result: T): T => {
      ahead?.end();
      this.#busy = false;
      return result;
    };
    try {
      this.socket.send(this.#writer.bytes, this.#writer.length);
      ahead?.begin(this.socket);
    } catch (error) {
      throw over(error);
    }
    return Object.assign(walk, {
      step: (onMessage: (message: MessageCursor) => void, maxDatagrams: number) => {
        try {
          const step = this.#dumpStep(operation, walk, onMessage);
          const state = this.#piece(operation, maxDatagrams, step, ahead ?? this.socket);
          if (state !== 'done') return state;
          this.#unread = false;
          return over('done' as const);
        } catch (error) {
          throw over(error);
        }
      },
    });
  }

  /** The messages of the last request, as they were sent. To be read before the next. */
  get sent(): MessageCursor {
    return new MessageCursor().load(this.#sent.view, this.#sent.length);
  }

  close(): void {
    this.socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #dumpOnce(
    operation: string,
    build: (writer: MessageWriter) => void,
    onMessage: (message: MessageCursor) => void,
  ): boolean {
    const result = { interrupted: false };
    this.#compose(build);
    this.#exchange(operation, this.#dumpStep(operation, result, onMessage));
    return result.interrupted;
  }

  #requestStep(operation: string, onMessage?: (message: MessageCursor) => void) {
    return (message: MessageCursor): Step => {
      if (message.type !== NLMSG_ERROR) {
        onMessage?.(message);
        return 'go on';
      }
      if (acknowledgedErrno(message) !== 0) throw new NetlinkError(decodeFailure(message, operation));
      return message.sequence === this.#sent.acknowledgedSequence ? 'done' : 'go on';
    };
  }

  #dumpStep(operation: string, result: DumpResult, onMessage: (message: MessageCursor) => void) {
    return (message: MessageCursor): Step => {
      if (message.flags & NLM_F_DUMP_INTR) result.interrupted = true;
      if (message.type !== NLMSG_ERROR && message.type !== NLMSG_DONE) {
        onMessage(message);
        return 'go on';
      }
      if (acknowledgedErrno(message) !== 0) throw new NetlinkError(decodeFailure(message, operation));
      return 'done';
    };
  }

  #piece(
    operation: string,
    maxDatagrams: number,
    step: (message: MessageCursor) => Step,
    source: DatagramSource,
  ): 'more' | 'waiting' | 'done' {
    for (let taken = 0; taken < maxDatagrams; taken++) {
      const received = source.receive();
      if (received === 'empty') return 'waiting';
      if (received === 'overrun') throw systemError(operation, ENOBUFS);
      if (received === 'foreign') continue;
      if (this.#datagram(received, step, source.view) === 'done') return 'done';
    }
    return 'more';
  }

  #compose(build: (writer: MessageWriter) => void): MessageWriter {
    if (this.#busy) throw new NetlinkEncodeError(INSIDE);
    this.#writer.sequence = this.#sent.sequence;
    this.#sent = this.#writer;
    build(this.#writer.reset());
    return this.#writer;
  }

  #exchange(operation: string, step: (message: MessageCursor) => Step): void {
    if (this.#unread) this.#discard();
    this.#busy = true;
    this.#unread = true;
    try {
      this.socket.send(this.#writer.bytes, this.#writer.length);
      this.#answers(operation, step, this.socket.receive());
      this.#unread = false;
    } finally {
      this.#busy = false;
      this.#onEcho = undefined;
    }
  }

  /**
   * Take datagrams, the first of which is received, until `step` is done. An overrun is reported at the end, so that a
   * refusal is heard first.
   */
  #answers(operation: string, step: (message: MessageCursor) => Step, first: Received): void {
    let overrun = false;
    for (let received = first; ; received = this.socket.receive()) {
      if (received === 'overrun') overrun = true;
      else if (received === 'empty' && overrun) break;
      else if (received === 'empty') this.#wait(operation);
      else if (received !== 'foreign' && this.#datagram(received, step) === 'done') break;
    }
    if (overrun) throw systemError(operation, ENOBUFS);
  }

  #wait(operation: string): void {
    if (this.#poller.wait(this.#timeoutMs) === 0) throw new NetlinkTimeoutError(operation, this.#timeoutMs);
  }

  #datagram(length: number, step: (message: MessageCursor) => Step, view: DataView = this.socket.view): Step {
    const message = this.#message.load(view, length);
    while (message.next()) {
      if (message.sequence === 0) this.#onEcho?.(message);
      if (message.type === NLMSG_NOOP || !this.#isOurs(message.sequence)) continue;
      if (step(message) === 'done') return 'done';
    }
    return 'go on';
  }

  /** Answers to a request that was given up carry an older sequence number. */
  #isOurs(sequence: number): boolean {
    const { firstSequence, sequence: lastSequence } = this.#sent;
    return (sequence - firstSequence) >>> 0 <= (lastSequence - firstSequence) >>> 0;
  }

  /**
   * Read away what an exchange that failed has left, also the rest of a dump, which would keep the socket busy, and a
   * queue full of other processes' datagrams, of which `receive` skips only some at once.
   */
  #discard(): void {
    for (let turn = 0; turn < MAX_DISCARDS && this.#poller.wait(0) > 0; turn++)
      while (this.socket.receive() !== 'empty');
    this.#unread = false;
  }
}
