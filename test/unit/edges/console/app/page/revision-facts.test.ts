import { describe, expect, test } from 'vitest';
import {
  kindWords,
  pairOf,
  searchOfPair,
  targetWords,
  trialWords,
} from '../../../../../../src/edges/console/app/page/revision-facts.ts';

const END = { atMs: 1, actor: 'mona', reason: '', revision: null };
const TRIAL = { restoreTo: 2, deadlineMs: 9 };

test('a rollback says to which revision', () => {
  expect(kindWords({ kind: 'rollback', restoredFrom: 3 })).toBe('rollback to 3');
  expect(kindWords({ kind: 'policy', restoredFrom: null })).toBe('policy');
});

describe('what became of a trial', () => {
  test.each([
    [null, null],
    [{ ...TRIAL, state: 'waiting', end: null }, 'waits to be confirmed'],
    [{ ...TRIAL, state: 'confirmed', end: { ...END, cause: 'confirmed' } }, 'confirmed by mona'],
    [{ ...TRIAL, state: 'reverted', end: { ...END, cause: 'reboot' } }, 'taken back: reboot'],
  ] as const)('%#', (trial, words) => {
    expect(trialWords({ trial })?.words ?? null).toBe(words);
  });
});

test('two revisions are in the address only as numbers', () => {
  expect(pairOf('?from=3&to=12')).toEqual({ from: '3', to: '12' });
  expect(pairOf('?from=-3&to=1e9')).toEqual({ from: '', to: '' });
  expect(pairOf(searchOfPair({ from: '7', to: '' }))).toEqual({ from: '7', to: '' });
  expect(searchOfPair({ from: '', to: '' })).toBe('');
});

test('a target is told by what it stops', () => {
  expect(targetWords({ kind: 'destination', prefix: '198.51.100.0/24' })).toBe('198.51.100.0/24');
  expect(targetWords({ kind: 'host', host: '10.1.0.10', allowTo: [] })).toBe('10.1.0.10');
  const service = { protocol: 6, port: 443 };
  expect(targetWords({ kind: 'flow', host: '10.1.0.10', destination: '198.51.100.66', service })).toBe(
    '10.1.0.10 → 198.51.100.66',
  );
});
