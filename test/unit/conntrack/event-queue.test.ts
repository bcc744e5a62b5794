import type { NetlinkSocket, Received } from 'node-netlink';
import { describe, expect, it } from 'vitest';
import { ConntrackDecodeError } from '../../../src/conntrack/errors.ts';
import { EventQueue } from '../../../src/conntrack/event-queue.ts';
import { type EventKind, eventBytes } from './event-frame.ts';

/** What the kernel has, one after another; what is not bytes is what `receive` says then. */
class FakeKernel implements Pick<NetlinkSocket, 'receive' | 'view'> {
  readonly queue: (Uint8Array<ArrayBuffer> | 'overrun' | 'foreign')[] = [];
  view = new DataView(new ArrayBuffer(0));

  receive(): Received {
    const next = this.queue.shift();
    if (next === undefined) return 'empty';
    if (typeof next === 'string') return next;
    this.view = new DataView(next.buffer);
    return next.length;
  }
}

function setUp() {
  const kernel = new FakeKernel();
  const queue = new EventQueue(kernel);
  const taken: string[] = [];
  const send = (kind: EventKind, port: number, id = port) => kernel.queue.push(eventBytes(kind, port, id));
  const take = ({ event, original, id }: { event: string; original: { sourcePort: number }; id: number }) =>
    taken.push(`${event} ${original.sourcePort}${id === original.sourcePort ? '' : ` ${id}`}`);
  return { kernel, queue, taken, send, take };
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describe('events are taken', () => {
  it('with those of connections that begin or go on before those of connections that have ended', () => {
    const { queue, taken, send, take } = setUp();
    for (const [kind, port] of [
      ['destroy', 1],
      ['destroy', 2],
      ['new', 3],
      ['update', 4],
    ] as const)
      send(kind, port);
    expect(queue.drain(take, 100)).toEqual({ events: 4, lost: false, more: false });
    expect(taken).toEqual(['new 3', 'update 4', 'destroy 1', 'destroy 2']);
  });

  it('in the order of the kernel when a tuple begins again', () => {
    const { queue, taken, send, take } = setUp();
    send('destroy', 7, 1);
    send('destroy', 1);
    send('new', 2);
    send('destroy', 7, 2);
    send('new', 7, 3);
    send('destroy', 3);
    send('destroy', 7, 3);
    queue.drain(take, 100);
    expect(taken).toEqual([
      ...['new 2', 'destroy 7 1', 'destroy 1', 'destroy 7 2', 'new 7 3', 'destroy 3', 'destroy 7 3'],
    ]);
  });

  it('so that one that begins meanwhile waits for a few ends only', () => {
    const { queue, taken, send, take } = setUp();
    for (const port of numbers(1, 300)) send('destroy', port);
    queue.drain((entry) => {
      if (taken.length === 0) send('new', 1_000);
      take(entry);
    }, 1_000);
    expect(taken.indexOf('new 1000')).toBeLessThanOrEqual(8);
    expect(taken).toHaveLength(301);
  });

  it('all, when more have ended than can be put aside', () => {
    const { queue, taken, send, take } = setUp();
    for (const port of numbers(1, 2_000)) send('destroy', port);
    send('new', 3_000);
    while (queue.drain(take, 100).more);
    const ends = taken.filter((told) => told !== 'new 3000');
    expect(ends).toEqual(numbers(1, 2_000).map((port) => `destroy ${port}`));
    expect(taken.indexOf('new 3000')).toBeLessThan(1_600);
  });

  it('up to a limit, with the rest at the next time', () => {
    const { queue, taken, send, take } = setUp();
    for (const port of numbers(1, 3)) send('new', port);
    send('destroy', 4);
    expect(queue.drain(take, 2)).toEqual({ events: 2, lost: false, more: true });
    expect(queue.drain(take, 2)).toEqual({ events: 2, lost: false, more: true });
    expect(queue.drain(take, 2)).toEqual({ events: 0, lost: false, more: false });
    expect(taken).toEqual(['new 1', 'new 2', 'new 3', 'destroy 4']);
  });

  it('and what was lost or skipped is told', () => {
    const { kernel, queue, taken, send, take } = setUp();
    send('destroy', 1);
    kernel.queue.push('overrun', 'foreign');
    send('new', 2);
    expect(queue.drain(take, 100)).toEqual({ events: 0, lost: true, more: true });
    expect(queue.drain(take, 100)).toEqual({ events: 2, lost: false, more: false });
    expect(taken).toEqual(['new 2', 'destroy 1']);
  });

  it('but for one that makes no sense, which takes no other along', () => {
    const { kernel, queue, taken, send, take } = setUp();
    send('destroy', 7, 1);
    // CTA_TUPLE_REPLY is a type that nobody knows.
    const broken = eventBytes('destroy', 2, 2);
    broken[16 + 4 + 52 + 2] = 0x7f;
    kernel.queue.push(broken);
    send('destroy', 3);
    send('new', 7, 2);
    expect(() => queue.drain(take, 100)).toThrow(ConntrackDecodeError);
    queue.drain(take, 100);
    expect(taken).toEqual(['destroy 7 1', 'new 7 2', 'destroy 3']);
  });

  it('whatever comes that is shorter than an event, or longer than what can be put aside', () => {
    const { kernel, queue, taken, take } = setUp();
    kernel.queue.push(new Uint8Array(8));
    expect(() => queue.drain(take, 100)).toThrow();
    const long = new Uint8Array(1_400);
    long.set(eventBytes('destroy', 5, 5));
    // One more attribute that nobody asked for.
    const length = eventBytes('destroy', 5, 5).length;
    const view = new DataView(long.buffer);
    view.setUint32(0, long.length, true);
    view.setUint16(length, long.length - length, true);
    view.setUint16(length + 2, 1_000, true);
    kernel.queue.push(long);
    expect(queue.drain(take, 100)).toEqual({ events: 1, lost: false, more: false });
    expect(taken).toEqual(['destroy 5']);
  });
});
