/** Whatever the kernel sends, and whenever: each event once, of one connection and of one tuple in its order. */
import fc from 'fast-check';
import type { NetlinkSocket, Received } from 'node-netlink';
import { expect, it } from 'vitest';
import { EventQueue } from '../../../src/conntrack/event-queue.ts';
import { type EventKind, eventBytes } from './event-frame.ts';

interface Sent {
  readonly kind: EventKind;
  readonly port: number;
}

/** A wave of events reaches the queue at once, the next one so many looks later. */
const wave = fc.record({
  looks: fc.nat(40),
  events: fc.oneof(
    fc.array(
      fc.record({ kind: fc.constantFrom('new', 'update', 'destroy'), port: fc.integer({ min: 1, max: 6 }) }),
      { maxLength: 40 },
    ),
    // What garbage collection ends.
    fc
      .integer({ min: 1, max: 700 })
      .map((count) => Array.from({ length: count }, (_, i) => ({ kind: 'destroy', port: i % 900 }))),
  ),
});

class Kernel implements Pick<NetlinkSocket, 'receive' | 'view'> {
  view = new DataView(new ArrayBuffer(0));
  sent = 0;
  readonly #waves: { looks: number; events: readonly Sent[] }[];
  readonly #queue: Uint8Array<ArrayBuffer>[] = [];

  constructor(waves: readonly { looks: number; events: readonly Sent[] }[]) {
    this.#waves = waves.map((each) => ({ ...each }));
  }

  get isSilent(): boolean {
    return this.#waves.length === 0;
  }

  receive(): Received {
    const [wave] = this.#waves;
    if (wave && wave.looks-- <= 0) {
      this.#waves.shift();
      for (const { kind, port } of wave.events) this.#queue.push(eventBytes(kind, port, this.sent++));
    }
    const next = this.#queue.shift();
    if (next === undefined) return 'empty';
    this.view = new DataView(next.buffer);
    return next.length;
  }
}

it('keeps the order that matters', () => {
  fc.assert(
    fc.property(fc.array(wave, { maxLength: 6 }), fc.integer({ min: 1, max: 600 }), (waves, limit) => {
      const kernel = new Kernel(waves as never);
      const queue = new EventQueue(kernel);
      const taken: { event: string; port: number; id: number }[] = [];
      const take = (entry: { event: string; original: { sourcePort: number }; id: number }) =>
        taken.push({ event: entry.event, port: entry.original.sourcePort, id: entry.id });
      let more = true;
      for (let rounds = 0; more || !kernel.isSilent; rounds++) {
        more = queue.drain(take, limit).more;
        expect(rounds).toBeLessThan(10_000);
      }
      expect(taken.map(({ id }) => id).sort((a, b) => a - b)).toEqual(
        Array.from({ length: kernel.sent }, (_, i) => i),
      );
      const ports = Map.groupBy(taken, ({ port }) => port);
      const kinds = Map.groupBy(taken, ({ event }) => event === 'destroy');
      for (const { id } of [...ports.values(), ...kinds.values()].flatMap(unordered))
        throw new Error(`event ${id} is too late`);
      // All that was sent before an end has been taken before it.
      const begun = (kinds.get(false) ?? []).map(({ id }) => id);
      let next = 0;
      for (const { event, id } of taken) {
        if (event !== 'destroy') next++;
        else expect(begun[next] ?? Number.POSITIVE_INFINITY).toBeGreaterThan(id);
      }
    }),
  );
});

function unordered(events: readonly { id: number }[]): { id: number }[] {
  return events.filter(({ id }, i) => i > 0 && events[i - 1].id > id);
}
