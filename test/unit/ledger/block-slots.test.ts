import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBlock, writeBlock } from '../../../src/ledger/block-slots.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { SLOT_BYTES, SlotReader, SlotWriter } from '../../../src/ledger/slots.ts';
import { anyDrafts } from './any-drafts.ts';
import { anomaly, opened, proposed } from './samples.ts';

const ROOM = 8_192;
const AT = { atMs: 1.125 };
const BLOCK: EntryDraft[] = [
  { ...opened(1), ...AT },
  { ...proposed(1), ...AT },
];
const ofFlow = (reason = 'r'): EntryDraft => ({
  ...proposed(1, {
    reason,
    target: {
      kind: 'flow',
      host: '10.1.0.10',
      destination: '192.0.2.1',
      service: { protocol: 1, port: null },
    },
  }),
  ...AT,
});

/** Undefined when they have no place in slots. */
function written(drafts: readonly EntryDraft[]): Uint8Array | undefined {
  const memory = new ArrayBuffer(ROOM);
  const to = new SlotWriter(memory);
  return writeBlock(to, drafts) ? new Uint8Array(memory, 0, to.length) : undefined;
}

test('what goes into slots comes back as JSON would keep it, to the letter', () => {
  let count = 0;
  fc.assert(
    fc.property(anyDrafts, (drafts) => {
      const bytes = written(drafts);
      if (bytes === undefined) return;
      count += 1;
      expect(JSON.stringify(readBlock(new SlotReader(bytes)))).toBe(JSON.stringify(drafts));
    }),
  );
  expect(count).toBeGreaterThan(0);
});

test.each([
  ['a destination', BLOCK],
  ['a flow', [BLOCK[0], ofFlow()]],
])('a block of %s goes there', (_, drafts) => {
  const bytes = written(drafts);
  expect(bytes && readBlock(new SlotReader(bytes))).toEqual(JSON.parse(JSON.stringify(drafts)));
  // What tells it from JSON.
  expect(bytes?.[0]).not.toBe('['.charCodeAt(0));
});

test.each<[string, EntryDraft]>([
  ['without a time', proposed(1)],
  ['of another type', { ...proposed(1), ...AT, type: 'decision.expired' } as EntryDraft],
  ['of an anomaly', { type: 'incident.opened', actor: 'penstock', ...AT, body: { incident: anomaly(1) } }],
  ['of a quarantine', { ...proposed(1, { action: 'quarantine' }), ...AT }],
  ['of a host', { ...proposed(1, { target: { kind: 'host', host: 'h', allowTo: [] } }), ...AT }],
  ["of a person's word", { ...proposed(1, { origin: { kind: 'manual', actor: 'laptop' } }), ...AT }],
  ['that takes two persons', { ...proposed(1, { persons: 2 }), ...AT }],
  ['that is settled', { ...proposed(1, { enforcement: { status: 'none' } }), ...AT }],
  ['that is longer than its room', ofFlow('r'.repeat(ROOM / 2))],
  ['that is much longer', ofFlow('r'.repeat(70_000))],
])('one %s has no place there', (_, draft) => {
  expect(written([draft])).toBeUndefined();
  expect(written([...BLOCK, draft])).toBeUndefined();
});

test('any text that just fits is taken', () => {
  const around = written([ofFlow('')])?.length ?? 0;
  const most = (ROOM - around) / 2 + 3;
  const drafts = [ofFlow('\ud800'.repeat(most))];
  expect(readBlock(new SlotReader(written(drafts) ?? new Uint8Array()))).toEqual(drafts);
  expect(written([ofFlow('\ud800'.repeat(most + 1))])).toBeUndefined();
});

describe('what is no block is none, whatever it is', () => {
  const sound = written([BLOCK[0], ofFlow()]) as Uint8Array;

  /** @returns whether it is taken for a block */
  function isRead(bytes: Uint8Array): boolean {
    const drafts = readBlock(new SlotReader(bytes));
    for (const { type, body } of drafts ?? []) {
      expect(['incident.opened', 'decision.proposed']).toContain(type);
      expect(Object.keys(body)).toEqual([type === 'incident.opened' ? 'incident' : 'decision']);
    }
    return drafts !== undefined;
  }

  test('bytes at random', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        expect(isRead(bytes)).toBe(false);
      }),
    );
  });

  test('a block with some bytes changed', () => {
    const changes = fc.array(fc.tuple(fc.nat({ max: sound.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(changes, (all) => {
        const bytes = new Uint8Array(sound);
        for (const [at, value] of all) bytes[at] = value;
        isRead(bytes);
      }),
    );
  });

  test('a block that is cut anywhere', () => {
    const ends = Array.from({ length: sound.length / SLOT_BYTES }, (_, slots) => slots * SLOT_BYTES);
    const whole = ends.filter((end) => isRead(sound.subarray(0, end)));
    // A number that says what it is, and one entry of the two.
    expect(whole).toEqual([SLOT_BYTES, written([BLOCK[0]])?.length]);
  });

  test('lists that say that they have no end', () => {
    const bytes = new Uint8Array(sound);
    const numbers = new Float64Array(bytes.buffer);
    for (const count of [Number.MAX_VALUE, Number.POSITIVE_INFINITY, -1, Number.NaN]) {
      for (let at = 1; at < numbers.length; at++) {
        const before = numbers[at];
        numbers[at] = count;
        isRead(bytes);
        numbers[at] = before;
      }
    }
  });
});
