import fc from 'fast-check';
import { MessageCursor, MessageWriter } from 'node-netlink';
import { expect, it } from 'vitest';
import { writeChanges } from '../../../src/node-nftables/src/elements/batch.ts';
import type { ElementChange } from '../../../src/node-nftables/src/elements/change.ts';
import { Confirmation } from '../../../src/node-nftables/src/elements/confirmation.ts';
import type { SetElement } from '../../../src/node-nftables/src/elements/element.ts';
import { exceptions, flows, hosts, nets, verdicts } from './contract/table.ts';

const SETS = { hosts, flows, nets, exceptions, verdicts };
const WIDTHS = { hosts: 4, flows: 16, nets: 4, exceptions: 8, verdicts: 4 };

const anyChange = fc.constantFrom(...(Object.keys(SETS) as (keyof typeof SETS)[])).chain((name) => {
  const anyKey = fc.uint8Array({ minLength: WIDTHS[name], maxLength: WIDTHS[name] });
  const anyElement = fc
    .tuple(anyKey, fc.constantFrom(undefined, 60_000, 3_600_000))
    .map(
      ([key, timeoutMs]): SetElement =>
        name === 'verdicts' ? { key, value: { drop: null } } : { key, ...(timeoutMs && { timeoutMs }) },
    );
  return fc.record({
    set: fc.constant(SETS[name]),
    action: fc.constantFrom('create' as const, 'delete' as const),
    elements: fc.array(anyElement, { maxLength: 5 }),
  });
});

/** What the kernel would tell: the requests again, an element a message, with what is left of its time. */
function told(changes: readonly ElementChange[]): Uint8Array<ArrayBuffer>[] {
  const single = changes.flatMap(({ action, set, elements }) =>
    elements.map((element): ElementChange => {
      const { timeoutMs: expiresInMs } = element;
      return { action, set, elements: [{ ...element, ...(expiresInMs && { expiresInMs }) }] };
    }),
  );
  return single.map((change) => {
    const writer = new MessageWriter();
    writeChanges(writer, [change], false);
    return writer.bytes.slice(0, writer.length);
  });
}

function isConfirmed(changes: readonly ElementChange[], messages: readonly Uint8Array<ArrayBuffer>[]) {
  const confirmation = new Confirmation(changes);
  for (const bytes of messages) {
    const cursor = new MessageCursor().load(new DataView(bytes.buffer));
    while (cursor.next()) confirmation.take(cursor);
  }
  return confirmation.isWhole();
}

it('what is told just as it was given is confirmed, and nothing else is', () => {
  fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 4 }), fc.nat(), fc.nat(7), (changes, at, bit) => {
      const messages = told(changes);
      expect(isConfirmed(changes, messages)).toBe(true);
      if (messages.length === 0) return;
      const place = at % messages.length;
      expect(isConfirmed(changes, messages.toSpliced(place, 1)), 'one is missing').toBe(false);
      expect(isConfirmed(changes, messages.toSpliced(place, 0, messages[place])), 'one too many').toBe(false);
      // The key is the first thing in an element: nfgenmsg, table, set, four nests.
      const other = messages[place].slice();
      const names = 4 + 2 * 4 + 12 + ((setNameOf(changes, place).length + 4) & ~3);
      other[16 + names + 4 * 4] ^= 1 << bit;
      expect(isConfirmed(changes, messages.with(place, other)), 'another key').toBe(false);
    }),
    { numRuns: 500 },
  );
});

function setNameOf(changes: readonly ElementChange[], place: number): string {
  return changes.flatMap(({ set, elements }) => elements.map(() => set.name))[place];
}

it('another life is not confirmed', () => {
  const change = (timeoutMs: number): ElementChange[] => [
    { action: 'create', set: hosts, elements: [{ key: Uint8Array.of(192, 0, 2, 1), timeoutMs }] },
  ];
  expect(isConfirmed(change(60_000), told(change(60_004)))).toBe(true);
  expect(isConfirmed(change(60_000), told(change(61_000)))).toBe(false);
  expect(isConfirmed(change(60_000), told(change(59_000)))).toBe(false);
});
