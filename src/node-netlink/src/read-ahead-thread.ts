/** The reading thread's entry: takes a dump's datagrams into the ring while its owner decodes those before. */
import { workerData } from 'node:worker_threads';
import { NetlinkError, NetlinkTruncatedError } from './errors.ts';
import { EIO, EMSGSIZE, ENOBUFS } from './libc.ts';
import { NLMSG_DONE, NLMSG_ERROR } from './message.ts';
import { MessageCursor } from './message-cursor.ts';
import { Poller } from './poller.ts';
import * as ring from './read-ahead-ring.ts';
import { DatagramReceiver } from './receiver.ts';

/** How soon it sees that it is to stop when the kernel or the owner is silent. */
const LOOK_UP_MS = 50;

const { control, places } = ring.ringIn(workerData as ring.RingMemory);
const views = places.map(({ buffer, byteOffset, length }) => new DataView(buffer, byteOffset, length));
const receiver = new DatagramReceiver();
const message = new MessageCursor();

become(ring.STARTING, ring.IDLE);
for (;;) {
  Atomics.wait(control, ring.STATE, ring.IDLE);
  const state = Atomics.load(control, ring.STATE);
  if (state === ring.CLOSED) break;
  if (state === ring.READING) readDump();
  become(ring.READING, ring.IDLE);
  become(ring.STOPPING, ring.IDLE);
}

function become(from: number, to: number): void {
  Atomics.compareExchange(control, ring.STATE, from, to);
  Atomics.notify(control, ring.STATE);
}

function readDump(): void {
  const fd = Atomics.load(control, ring.DESCRIPTOR);
  const poller = new Poller([fd]);
  while (Atomics.load(control, ring.STATE) === ring.READING) {
    if (!hasRoom()) continue;
    const place = ring.placeOf(control[ring.WRITTEN]);
    const result = receive(fd, places[place]);
    if (result === 0) poller.wait(LOOK_UP_MS);
    else if (!put(place, result)) return;
  }
}

function hasRoom(): boolean {
  const taken = Atomics.load(control, ring.TAKEN);
  if (((control[ring.WRITTEN] - taken) | 0) < ring.PLACES) return true;
  Atomics.wait(control, ring.TAKEN, taken, LOOK_UP_MS);
  return false;
}

/** Bytes, 0 when nothing is there, or -errno. */
function receive(fd: number, bytes: Uint8Array): number {
  try {
    const received = receiver.receive(fd, bytes);
    if (received === 'overrun') return -ENOBUFS;
    return typeof received === 'number' ? received : 0;
  } catch (error) {
    if (error instanceof NetlinkTruncatedError) return -EMSGSIZE;
    return error instanceof NetlinkError ? -error.errno : -EIO;
  }
}

/** @returns whether more of the dump comes */
function put(place: number, result: number): boolean {
  const goesOn = result > 0 && !isLast(views[place], result);
  control[ring.resultOf(place)] = result;
  Atomics.add(control, ring.WRITTEN, 1);
  return goesOn;
}

/** The dump ends with it; so it does, for this thread, when it cannot be understood. */
function isLast(view: DataView, length: number): boolean {
  message.load(view, length);
  try {
    while (message.next()) if (message.type === NLMSG_DONE || message.type === NLMSG_ERROR) return true;
    return false;
  } catch {
    return true;
  }
}
