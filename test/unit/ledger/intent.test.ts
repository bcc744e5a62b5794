import { expect, test } from 'vitest';
import { Ledger } from '../../../src/ledger/ledger.ts';
import { verify } from '../../../src/ledger/verification.ts';
import { freshPath, openLedger, openReader } from './files.ts';
import { opened, proposed, revision } from './samples.ts';

const LATER = { sync: false };

test('what was intended is recorded before what is appended next, in one go', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  ledger.append([opened(1)], LATER);
  ledger.intend([proposed(1), revision(1)]);
  expect(openReader(path).head().seq).toBe(1);
  const entries = ledger.append([opened(2)], LATER);
  expect(entries.map(({ seq, subject }) => [seq, subject])).toEqual([
    [2, 'D1'],
    [3, '1'],
    [4, 'I2'],
  ]);
  expect(ledger.append([], LATER)).toEqual([]);
  expect(verify(path)).toEqual({ sound: true, head: ledger.head });
});

test('a writer that dies leaves it to the next, once and with its own time', () => {
  const path = freshPath();
  const first = Ledger.open(path);
  first.append([opened(1)], LATER);
  first.intend([{ ...proposed(1), atMs: 1.125 }]);
  first.close();
  for (let start = 0; start < 2; start++) {
    const next = Ledger.open(path);
    expect(next.queries.entries({ limit: 10 })).toMatchObject([
      { subject: 'I1' },
      { subject: 'D1', atMs: 1.125 },
    ]);
    next.close();
  }
  expect(verify(path).sound).toBe(true);
});

test('one that was carried out is not carried out again', () => {
  const path = freshPath();
  const first = Ledger.open(path);
  first.intend([proposed(1)]);
  first.append([opened(1)], LATER);
  first.close();
  expect(openLedger(path).head.seq).toBe(2);
});

test('another one first records what the one before owes', () => {
  const ledger = openLedger();
  ledger.intend([proposed(1)]);
  ledger.intend([proposed(2)]);
  expect(ledger.head.seq).toBe(1);
  expect(ledger.append([opened(1)], LATER).map(({ subject }) => subject)).toEqual(['D2', 'I1']);
});

test('what was done and could not be appended follows what was intended', () => {
  const path = freshPath();
  const ledger = openLedger(path);
  ledger.intend([proposed(1)]);
  ledger.owe([opened(1)]);
  expect(ledger.append([opened(2)], LATER).map(({ subject }) => subject)).toEqual(['D1', 'I1', 'I2']);
  expect(verify(path)).toEqual({ sound: true, head: ledger.head });
});
