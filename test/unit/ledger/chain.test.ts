import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryHash, GENESIS, nextRow } from '../../../src/ledger/chain.ts';
import { anyText } from './any-text.ts';
import { opened, proposed } from './samples.ts';

/** As the ledger holds it: `nextRow` lets no lone surrogate in. */
const wellFormed = anyText().map((text) => text.toWellFormed());

const row = fc.record({
  seq: fc.nat(),
  at_ms: fc.double({ noNaN: true, noDefaultInfinity: true }),
  type: wellFormed,
  actor: wellFormed,
  subject: fc.option(wellFormed),
  body: wellFormed,
  previous_hash: wellFormed,
});

test('the hash is that of the documented text', () => {
  const draft = { ...opened(7), atMs: 1_760_000_000_000.25 };
  const text = `["${'0'.repeat(64)}",1,1760000000000.25,"incident.opened","penstock","I7",${JSON.stringify(JSON.stringify(draft.body))}]`;
  expect(nextRow(GENESIS, draft).hash).toBe(createHash('sha256').update(text).digest('hex'));
});

test('rows that differ in any field have different hashes', () => {
  fc.assert(
    fc.property(row, row, (a, b) => {
      const same = JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b));
      expect(entryHash(a) === entryHash(b)).toBe(same);
    }),
  );
});

test('text cannot wander from one field into the next', () => {
  const fields = { seq: 1, at_ms: 1, type: 't', actor: 'a","b', subject: 'c', body: '', previous_hash: '' };
  expect(entryHash(fields)).not.toBe(entryHash({ ...fields, actor: 'a', subject: 'b","c' }));
});

test('a subject of none is not the empty subject', () => {
  const fields = { seq: 1, at_ms: 1, type: 't', actor: 'a', body: '', previous_hash: '' };
  expect(entryHash({ ...fields, subject: null })).not.toBe(entryHash({ ...fields, subject: '' }));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a time of %s is refused', (atMs) => {
  expect(() => nextRow(GENESIS, { ...proposed(1), atMs })).toThrow(
    expect.objectContaining({ code: 'PENSTOCK_LEDGER_ENTRY_INVALID' }),
  );
});
