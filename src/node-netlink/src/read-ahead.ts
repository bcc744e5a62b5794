/**
 * Reads a dump in a thread of its own. The kernel makes each part of a dump inside recv(2), which takes longer than
 * decoding it: so one thread waits for the kernel while the owner decodes what is there.
 *
 * Until the thread has started, the owner receives by itself. The thread stays for the next dump.
 */
import { Worker } from 'node:worker_threads';
import { ENOBUFS, ETIMEDOUT, systemError } from './libc.ts';
import * as ring from './read-ahead-ring.ts';
import type { Received } from './receiver.ts';
import type { NetlinkSocket } from './socket.ts';

/** It has no garbage, and little else. */
const HEAP = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16, stackSizeMb: 1 };
/** A thread that says nothing for so long is broken, and is not asked again. */
const SILENCE_MS = 5_000;

export class ReadAhead implements Disposable {
  readonly #ring: ring.Ring;
  readonly #views: readonly DataView[];
  /** The socket whose dump is read. */
  #socket: NetlinkSocket | undefined;
  /** The thread reads, or has read, this dump. */
  #handedOver = false;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** A place of the ring is in the owner's hands. */
  #holds = false;
  #heardAt = 0;
  #broken = false;

  constructor() {
    const memory = ring.ringMemory();
    this.#ring = ring.ringIn(memory);
    this.#views = this.#ring.places.map(
      ({ buffer, byteOffset, length }) => new DataView(buffer, byteOffset, length),
    );
    const thread = new Worker(new URL('./read-ahead-thread.ts', import.meta.url), {
      workerData: memory,
      resourceLimits: HEAP,
      name: 'read-ahead',
    });
    thread.on('error', () => {
      this.#broken = true;
    });
    // Whoever owns it ends it; a process that forgets to is not kept alive.
    thread.unref();
  }

  /** The thread has started, and reads nothing. */
  get ready(): boolean {
    return this.#state === ring.IDLE;
  }

  /** Holds the last datagram, until the next `receive`. */
  get view(): DataView {
    return this.#view;
  }

  /** Take part in the dump that was asked for on this socket; a dump before it must be over or given up. */
  begin(socket: NetlinkSocket): void {
    this.#socket = socket;
    this.#handedOver = false;
  }

  /** As of a socket; 'empty' also while the kernel is at the next part. @throws NetlinkError */
  receive(): Received {
    const socket = this.#socket;
    if (socket === undefined) return 'empty';
    if (!this.#handedOver && !this.#handOver(socket)) {
      this.#view = socket.view;
      return socket.receive();
    }
    return this.#take();
  }

  /** The dump is over or given up: the thread has let go of the socket when this returns. */
  end(): void {
    const { control } = this.#ring;
    this.#socket = undefined;
    this.#holds = false;
    if (!this.#handedOver) return;
    Atomics.compareExchange(control, ring.STATE, ring.READING, ring.STOPPING);
    while (this.#state === ring.STOPPING && !this.#broken)
      this.#broken = Atomics.wait(control, ring.STATE, ring.STOPPING, SILENCE_MS) === 'timed-out';
    Atomics.store(control, ring.TAKEN, Atomics.load(control, ring.WRITTEN));
  }

  close(): void {
    this.end();
    Atomics.store(this.#ring.control, ring.STATE, ring.CLOSED);
    Atomics.notify(this.#ring.control, ring.STATE);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #state(): number {
    return Atomics.load(this.#ring.control, ring.STATE);
  }

  /** @returns whether the thread reads from now on */
  #handOver({ fd }: NetlinkSocket): boolean {
    const { control } = this.#ring;
    if (this.#broken || this.#state !== ring.IDLE) return false;
    Atomics.store(control, ring.DESCRIPTOR, fd);
    Atomics.store(control, ring.STATE, ring.READING);
    Atomics.notify(control, ring.STATE);
    this.#handedOver = true;
    this.#heardAt = performance.now();
    return true;
  }

  #take(): Received {
    const { control } = this.#ring;
    if (this.#holds) {
      Atomics.add(control, ring.TAKEN, 1);
      Atomics.notify(control, ring.TAKEN);
    }
    const taken = control[ring.TAKEN];
    this.#holds = Atomics.load(control, ring.WRITTEN) !== taken;
    if (!this.#holds) return this.#silent();
    this.#heardAt = performance.now();
    const place = ring.placeOf(taken);
    const result = control[ring.resultOf(place)];
    if (result === -ENOBUFS) return 'overrun';
    if (result < 0) throw systemError('recvfrom', -result);
    this.#view = this.#views[place];
    return result;
  }

  #silent(): 'empty' {
    this.#broken ||= performance.now() - this.#heardAt > SILENCE_MS;
    if (this.#broken) throw systemError('recvfrom', ETIMEDOUT);
    return 'empty';
  }
}
