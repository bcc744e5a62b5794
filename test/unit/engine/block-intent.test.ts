import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readBlock, writeBlock } from '../../../src/ledger/block-slots.ts';
import type { EntryDraft } from '../../../src/ledger/entry.ts';
import { SlotReader, SlotWriter } from '../../../src/ledger/slots.ts';
import type { EntryText } from '../flow/entry.ts';
import { Bench, LISTED, VIOLATION } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(() => bench[Symbol.dispose]());

test.each<[string, EntryText]>([
  ['what no rule allows', VIOLATION],
  ['what a deny list holds', LISTED],
])('the entries of a block of %s go into slots, and come back to the letter', (_, flow) => {
  const intend = vi.spyOn(bench.engine.ledger, 'intend');
  bench.see(flow);
  const drafts: readonly EntryDraft[] = intend.mock.calls[0][0];
  expect(drafts.map(({ type }) => type)).toEqual(['incident.opened', 'decision.proposed']);
  const memory = new ArrayBuffer(8_192);
  const to = new SlotWriter(memory);
  expect(writeBlock(to, drafts)).toBe(true);
  const read = readBlock(new SlotReader(new Uint8Array(memory, 0, to.length)));
  expect(JSON.stringify(read)).toBe(JSON.stringify(drafts));
});
